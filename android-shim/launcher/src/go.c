// Programs in Go: their table, and the variables that make its runtime get by with it. Go reads them before `main`; a program
// that changes them for itself runs into its own limits.
#include <stdio.h>

#include "direct.h"

#if defined(__LP64__)
#include "go_table.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct policy go_policy = {
    .runtime = "go",
    .arch = POLICY_ARCH,
    .audit_arch = POLICY_AUDIT,
    .allowed = go_allowed,
    .allowed_count = COUNT(go_allowed),
    .errnos = go_errnos,
    .errno_count = COUNT(go_errnos),
};

bool go_is_known(void) { return true; }
#else
static const struct policy go_policy = {.runtime = "go"};
bool go_is_known(void) { return false; }
#endif

enum { LIMIT_TEXT = 40 };

static char *const *environment(uint64_t memory_bytes) {
  static char limit[LIMIT_TEXT];
  // asyncpreemptoff: no signals between threads. harddecommit: memory is given back by mmap, as madvise does nothing.
  static char debug[] = "GODEBUG=asyncpreemptoff=1,harddecommit=1";
  static char processors[] = "GOMAXPROCS=1";
  static char zone[] = "TZ="; // UTC, without a look for a file
  static char *const all[] = {debug, processors, zone, limit, NULL};
  // What the program itself, its stacks and page tables take is not in Go's account.
  snprintf(limit, sizeof limit, "GOMEMLIMIT=%llu", (unsigned long long)(memory_bytes - memory_bytes / 8));
  return all;
}

const struct direct go_direct = {
    .kind = RUNTIME_GO,
    .policy = &go_policy,
    // A table of all arenas that there could be takes 32 MB of addresses, writable and never touched.
    .reserved_bytes = (uint64_t)40 << 20,
    // Reserved without rights: a bit for every page that there could be, in five levels, and arenas of 64 MB.
    .address_bytes = (uint64_t)3 << 30,
    .threads = 31,
    .descriptors = 5,
    .environment = environment,
};
