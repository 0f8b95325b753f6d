// See print_policy.h. The tables' texts are ours: plain ASCII without quotes or backslashes (a test checks).
#include "print_policy.h"

#include <stdbool.h>

#include "policy.h"
#include "walk_filter.h"

// The names that the filter lets through, by following it; then those that it shows and the launcher lets go on, which is
// said apart. The table's order is kept; a call of the filter that isn't in the table comes last, and would be a fault.
struct listing {
  const struct policy *policy;
  const struct sock_filter *filter;
  size_t count, printed;
  FILE *out;
};

static bool in_table(const struct policy *p, uint32_t number) {
  for (size_t i = 0; i < p->allowed_count; i++)
    if ((uint32_t)p->allowed[i].number == number) return true;
  return false;
}

static void print_stray(uint32_t number, void *context) {
  struct listing *l = context;
  if ((walk_filter(l->filter, l->count, l->policy->audit_arch, number) & WALK_ALLOW) == 0) return;
  if (!in_table(l->policy, number)) fprintf(l->out, "%s\"syscall_%u\"", l->printed++ == 0 ? "" : ",", number);
}

static void print_allowed(const struct policy *p, const struct sock_filter *filter, size_t count, FILE *out) {
  struct listing l = {p, filter, count, 0, out};
  for (size_t i = 0; i < p->allowed_count; i++) {
    bool passes = (walk_filter(filter, count, p->audit_arch, (uint32_t)p->allowed[i].number) & WALK_ALLOW) != 0;
    if (passes || p->allowed[i].observed)
      fprintf(out, "%s\"%s\"", l.printed++ == 0 ? "" : ",", p->allowed[i].name);
  }
  visit_numbers(filter, count, print_stray, &l);
}

static void print_starts(const struct policy *p, FILE *out) {
  fprintf(out, ",\"start\":[");
  for (size_t i = 0; i < p->start_count; i++)
    fprintf(out, "%s{\"name\":\"%s\",\"errno\":\"%s\",\"why\":\"%s\"}", i == 0 ? "" : ",", p->starts[i].name,
            p->starts[i].error == 0 ? "" : error_name(p->starts[i].error), p->starts[i].why);
  fprintf(out, "]");
}

int print_policy(const struct policy *p, FILE *out) {
  struct sock_filter filter[FILTER_MAX];
  size_t count = build_filter(p, POLICY_MEMORY, filter);
  fprintf(out, "{\"runtime\":\"%s\",", p->runtime);
  if (p->flavour != NULL) fprintf(out, "\"flavour\":\"%s\",", p->flavour);
  fprintf(out, "\"arch\":\"%s\",\"allowed\":[", p->arch);
  print_allowed(p, filter, count, out);
  fprintf(out, "],\"observed\":[");
  for (size_t i = 0, printed = 0; i < p->allowed_count; i++)
    if (p->allowed[i].observed) fprintf(out, "%s\"%s\"", printed++ == 0 ? "" : ",", p->allowed[i].name);
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
  fprintf(out, ",\"filter\":");
  print_walk(filter, count, p->audit_arch, out);
  fprintf(out, "}\n");
  return fflush(out) == 0 ? 0 : 1;
}
