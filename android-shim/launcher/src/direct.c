// See direct.h.
#include "direct.h"

#include <stdio.h>
#include <string.h>

static char *const *no_environment(uint64_t memory_bytes) {
  static char *const none[] = {NULL};
  (void)memory_bytes;
  return none;
}

const struct direct native_direct = {
    .kind = RUNTIME_NATIVE,
    .policy = &native_policy,
    .environment = no_environment,
};

const struct direct *find_direct(enum runtime_kind kind) {
  if (kind == RUNTIME_GO && go_is_known()) return &go_direct;
  return kind == RUNTIME_NATIVE ? &native_direct : NULL;
}

const struct direct *find_direct_by_name(const char *name) {
  for (int kind = RUNTIME_NATIVE; kind <= RUNTIME_LAST; kind++) {
    const struct direct *direct = find_direct((enum runtime_kind)kind);
    if (direct != NULL && strcmp(direct->policy->runtime, name) == 0) return direct;
  }
  return NULL;
}
