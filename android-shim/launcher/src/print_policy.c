// See print_policy.h. The tables' texts are ours: plain ASCII without quotes or backslashes (a test checks).
#include "print_policy.h"

#include "policy.h"

static void print_starts(const struct policy *p, FILE *out) {
  fprintf(out, ",\"start\":[");
  for (size_t i = 0; i < p->start_count; i++)
    fprintf(out, "%s{\"name\":\"%s\",\"errno\":\"%s\",\"why\":\"%s\"}", i == 0 ? "" : ",", p->starts[i].name,
            p->starts[i].error == 0 ? "" : error_name(p->starts[i].error), p->starts[i].why);
  fprintf(out, "]");
}

int print_policy(const struct policy *p, FILE *out) {
  fprintf(out, "{\"runtime\":\"%s\",\"arch\":\"%s\",\"allowed\":[", p->runtime, p->arch);
  for (size_t i = 0; i < p->allowed_count; i++) fprintf(out, "%s\"%s\"", i == 0 ? "" : ",", p->allowed[i].name);
  fprintf(out, "],\"reasons\":{");
  for (size_t i = 0; i < p->allowed_count; i++)
    fprintf(out, "%s\"%s\":\"%s\"", i == 0 ? "" : ",", p->allowed[i].name, p->allowed[i].why);
  fprintf(out, "},\"checks\":{");
  for (size_t i = 0, printed = 0; i < p->allowed_count; i++) {
    if (p->allowed[i].when[0] == '\0') continue;
    fprintf(out, "%s\"%s\":\"%s\"", printed++ == 0 ? "" : ",", p->allowed[i].name, p->allowed[i].when);
  }
  fprintf(out, "},\"errno\":[");
  for (size_t i = 0; i < p->errno_count; i++)
    fprintf(out, "%s{\"name\":\"%s\",\"errno\":\"%s\",\"why\":\"%s\"}", i == 0 ? "" : ",", p->errnos[i].name,
            error_name(p->errnos[i].error), p->errnos[i].why);
  fprintf(out, "]");
  if (p->start_count > 0) print_starts(p, out);
  fprintf(out, "}\n");
  return fflush(out) == 0 ? 0 : 1;
}
