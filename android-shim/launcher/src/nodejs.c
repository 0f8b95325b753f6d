// Node.js as a runtime: how it is started. ../nodejs/program.js and ../nodejs/bootstrap.js are part of this program, so that
// they never differ from it.
#include <stdio.h>

#include "loader.h"
#include "nodejs_table.h"
#include "runtime.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

extern const char nodejs_bootstrap[];
__asm__(".section .rodata\n.global nodejs_bootstrap\nnodejs_bootstrap:\n.incbin \"" NODEJS_PROGRAM "\"\n.incbin \"" NODEJS_BOOTSTRAP
        "\"\n.byte 0\n.previous\n");

static const struct policy nodejs_policy = {
    .runtime = "nodejs",
    .arch = POLICY_ARCH,
    .audit_arch = POLICY_AUDIT,
    .allowed = nodejs_allowed,
    .allowed_count = COUNT(nodejs_allowed),
    .errnos = node_errnos,
    .errno_count = COUNT(node_errnos),
    .starts = node_starts,
    .start_count = COUNT(node_starts),
};

static void arguments(uint64_t memory_bytes, struct arguments *out) {
  // Of what is left beside the runtime itself, all may be the JavaScript heap: RLIMIT_DATA and the monitor hold the sum.
  uint64_t megabytes = memory_bytes >> 20, heap = megabytes > 36 ? megabytes - 24 : 12;
  snprintf(out->numbers[0], NUMBER_TEXT, "--max-old-space-size=%llu", (unsigned long long)heap);
  const char *const all[] = {
      "service",
      "--library-path",
      "lib",
      "bin/node",
      "--single-threaded",        // no collector and no compiler in other threads
      "--v8-pool-size=0",         //
      "--max-semi-space-size=2",  // a small young generation
      "--stack-size=900",         // kB, of the 2 MB that the process has
      "--disable-wasm-trap-handler", // else each WebAssembly memory reserves 8 GB
      "--disable-sigusr1",        // no debugger
      "--no-warnings",
      "--experimental-vm-modules",   // programs with import and export
      out->numbers[0],
      "-e",
      nodejs_bootstrap,
  };
  out->list[0] = NULL;
  for (size_t i = 0; i < COUNT(all); i++) add_argument(out, all[i]);
}

// What the runtime must be able to do after the lock: compile, collect, wait for a promise, run WebAssembly.
static const char canary[] =
    "module.exports = async (input) => {"
    "  const wasm = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));"
    "  await WebAssembly.instantiate(wasm);"
    "  let sum = 0;"
    "  for (let i = 0; i < 100; i++) sum += new Array(10000).fill(i).reduce((a, b) => a + b, 0);"
    "  await null;"
    "  return sum === 49500000 ? input : 'wrong';"
    "};";

const struct runtime nodejs_runtime = {
    .kind = RUNTIME_NODEJS,
    .policy = &nodejs_policy,
    .program = LOADER,
    .arguments = arguments,
    .reserved_bytes = 24u << 20,
    .stack_bytes = 2u << 20,
    .aborts_when_full = true,
    .canary = (const uint8_t *)canary,
    .canary_length = sizeof canary - 1,
};
