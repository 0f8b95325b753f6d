// Following a filter through every way: what it finds in filters of ours is their table; and it sees planted faults.
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../src/direct.h"
#include "../src/policy.h"
#include "../src/print_policy.h"
#include "../src/runtime.h"
#include "../src/walk_filter.h"
#include "check.h"

static struct sock_filter filter[FILTER_MAX];
static size_t count;
static const struct policy *policy;

static const struct allowed_call *listed(uint32_t number) {
  for (size_t i = 0; i < policy->allowed_count; i++)
    if ((uint32_t)policy->allowed[i].number == number) return &policy->allowed[i];
  return NULL;
}

// Numbers whose answers are not those of the table.
static void compare(uint32_t number, void *context) {
  size_t *different = context;
  unsigned found = walk_filter(filter, count, policy->audit_arch, number);
  const struct allowed_call *call = listed(number);
  bool checked = call != NULL && (call->check_count > 0 || call->length_argument >= 0);
  unsigned expected = call == NULL || call->observed ? WALK_NOTIFY : checked ? WALK_ALLOW | WALK_NOTIFY : WALK_ALLOW;
  if (found != expected) ++*different;
  if (walk_filter(filter, count, ~policy->audit_arch, number) != WALK_NOTIFY) ++*different;
}

static size_t differences(void) {
  size_t different = 0;
  visit_numbers(filter, count, compare, &different);
  return different;
}

static void is_the_table(const struct policy *of) {
  policy = of;
  for (uint64_t memory = 1 << 20; memory <= (uint64_t)1 << 36; memory <<= 8) {
    count = build_filter(policy, memory, filter);
    CHECK(count > 0 && differences() == 0);
    count = build_traced_filter(policy, memory, filter);
    CHECK(count > 0 && differences() == 0);
  }
}

static void planted(void) {
  static struct sock_filter whole[FILTER_MAX];
  policy = &native_policy;
  count = build_filter(policy, POLICY_MEMORY, filter);
  memcpy(whole, filter, sizeof whole);
  // Another verdict, or one that isn't understood, changes what some call gets. Only the second verdict of a rule without
  // checks is never reached.
  size_t unseen = 0, unreached = 0;
  for (size_t i = 0; i < count; i++) {
    memcpy(filter, whole, sizeof whole);
    if (BPF_CLASS(filter[i].code) == BPF_RET) {
      filter[i].k = filter[i].k == SECCOMP_RET_ALLOW ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
      if (differences() == 0) unseen++;
    }
    filter[i].code = 0xffff;
    if (differences() == 0) unseen--, unreached--;
  }
  for (size_t i = 0; i < policy->allowed_count; i++)
    if (policy->allowed[i].check_count == 0 && policy->allowed[i].length_argument < 0) unreached++;
  CHECK(unseen == 0 && unreached == 0);
  memcpy(filter, whole, sizeof whole);
  for (size_t i = 0; i < count; i++)
    if (filter[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && filter[i].k == (uint32_t)policy->allowed[0].number)
      filter[i].k = 0x12345; // a number that no table knows is let through
  CHECK(differences() >= 2);
  memcpy(filter, whole, sizeof whole);
  size_t all = count;
  bool cut = true;
  for (count = 0; count < all; count++) cut = cut && differences() > 0;
  CHECK(cut);
  count = all;
  for (size_t i = 0; i < count; i++)
    if (filter[i].code == (BPF_RET | BPF_K)) filter[i].k = SECCOMP_RET_KILL_PROCESS;
  CHECK((walk_filter(filter, count, policy->audit_arch, 0) & WALK_OTHER) != 0);
}

static void endless_ways(void) {
  // Forks behind forks: 2^100 ways are not followed, and look wrong.
  struct sock_filter many[201];
  for (size_t i = 0; i < 100; i++) {
    many[2 * i] = (struct sock_filter){BPF_LD | BPF_W | BPF_ABS, 0, 0, 16};
    many[2 * i + 1] = (struct sock_filter){BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1};
  }
  many[200] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  CHECK((walk_filter(many, 201, AUDIT_ARCH_X86_64, 0) & WALK_OTHER) != 0);
}

static void printed(void) {
  char *text = NULL;
  size_t size = 0;
  count = build_filter(&native_policy, POLICY_MEMORY, filter);
  FILE *out = open_memstream(&text, &size);
  print_walk(filter, count, native_policy.audit_arch, out);
  fclose(out);
  CHECK(strstr(text, "\"others\":[]") != NULL && strstr(text, "\"foreign\":\"asked\"") != NULL);
  CHECK(strstr(text, "{\"name\":\"read\",\"always\":true}") != NULL);
  CHECK(strstr(text, "{\"name\":\"mprotect\",\"always\":false}") != NULL);
  CHECK(strstr(text, "exit_group") == NULL); // shown to the launcher
  free(text);
}

int main(void) {
  is_the_table(&native_policy);
  if (go_is_known()) is_the_table(go_direct.policy);
  for (const struct runtime *const *runtime = runtimes; *runtime != NULL; runtime++) is_the_table((*runtime)->policy);
  planted();
  endless_ways();
  printed();
  return finish_checks();
}
