// Runtimes whose service is the program that is executed: native ones, and those in Go, which need threads. They begin under
// the lock. See job.h.
#pragma once

#include <stdint.h>

#include "frames.h"
#include "policy.h"

struct direct {
  enum runtime_kind kind;
  const struct policy *policy; // its name is the runtime's
  uint64_t reserved_bytes;     // beside the job's memory in RLIMIT_DATA: mapped, and hardly touched
  uint64_t address_bytes;      // beside it in RLIMIT_AS
  uint32_t threads;            // beside the first one
  uint32_t descriptors;        // its hard limit: what we may put into its table; its own limit is 0
  // Ends with NULL; always at the same address, as the launcher compares it.
  char *const *(*environment)(uint64_t memory_bytes);
};

extern const struct direct native_direct;
extern const struct direct go_direct; // not on 32-bit machines: go_is_known says so
bool go_is_known(void);
// By kind or name; NULL where it is none of these.
const struct direct *find_direct(enum runtime_kind kind);
const struct direct *find_direct_by_name(const char *name);
