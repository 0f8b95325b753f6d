// See print_policy.h. The tables' texts are ours: plain ASCII without quotes or backslashes (a test checks).
#include "print_policy.h"

#include "policy.h"

int print_policy(FILE *out) {
  const struct policy *p = &native_policy;
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
  fprintf(out, "]}\n");
  return fflush(out) == 0 ? 0 : 1;
}
