// The JVM as a runtime: how it is started. Program and bootstrap (../jvm/) lie in the runtime's folder, which is made of
// one JDK's modules when the project is built.
#include <stdio.h>

#include "jvm_table.h"
#include "loader.h"
#include "runtime.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct policy jvm_policy = {
    .runtime = "jvm",
    .arch = POLICY_ARCH,
    .audit_arch = POLICY_AUDIT,
    .allowed = jvm_allowed,
    .allowed_count = COUNT(jvm_allowed),
    .errnos = jvm_errnos,
    .errno_count = COUNT(jvm_errnos),
    .starts = jvm_starts,
    .start_count = COUNT(jvm_starts),
};

// Megabytes that the JVM itself takes of a job's memory: prepared classes, compiled code, its own structures.
enum { OWN_MEGABYTES = 24, LEAST_HEAP = 8 };

static void arguments(uint64_t memory_bytes, struct arguments *out) {
  uint64_t megabytes = memory_bytes >> 20;
  uint64_t heap = megabytes > OWN_MEGABYTES + LEAST_HEAP ? megabytes - OWN_MEGABYTES : LEAST_HEAP;
  snprintf(out->numbers[0], NUMBER_TEXT, "-Xmx%llum", (unsigned long long)heap);
  // What does not depend on the memory stands in the program itself (../jvm/abhaya-jvm.c).
  const char *const all[] = {"service", "--library-path", "lib", "bin/abhaya-jvm", out->numbers[0]};
  out->list[0] = NULL;
  for (size_t i = 0; i < COUNT(all); i++) add_argument(out, all[i]);
}

// The bootstrap has a jar of its own for it: it compiles, collects, makes lambdas, matches patterns and overflows a stack.
static const char canary[] = "abhaya canary";

extern const struct runtime art_runtime;

const struct runtime jvm_runtime = {
    .kind = RUNTIME_JVM,
    .other = &art_runtime,
    .policy = &jvm_policy,
    .program = LOADER,
    .arguments = arguments,
    .reserved_bytes = 24u << 20,
    .stack_bytes = 2u << 20,
    // A full heap is an error that the service may take; the JVM aborts for its own mistakes, and for those of Unsafe.
    .aborts_when_full = false,
    .canary = (const uint8_t *)canary,
    .canary_length = sizeof canary - 1,
    .canaries_in_one = true,
};
