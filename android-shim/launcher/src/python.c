// CPython as a runtime: how it is started. The bootstrap (../python/bootstrap.py) is part of this program, so that the
// two never differ; what it loads lies in the runtime's folder.
#include <stdio.h>

#include "loader.h"
#include "python_table.h"
#include "runtime.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

extern const char python_bootstrap[];
__asm__(".section .rodata\n.global python_bootstrap\npython_bootstrap:\n.incbin \"" PYTHON_BOOTSTRAP "\"\n.byte 0\n.previous\n");

static const struct policy python_policy = {
    .runtime = "python",
    .arch = POLICY_ARCH,
    .audit_arch = POLICY_AUDIT,
    .allowed = python_allowed,
    .allowed_count = COUNT(python_allowed),
    .errnos = python_errnos,
    .errno_count = COUNT(python_errnos),
    .starts = python_starts,
    .start_count = COUNT(python_starts),
};

static void arguments(uint64_t memory_bytes, struct arguments *out) {
  (void)memory_bytes; // RLIMIT_DATA says it all: a MemoryError comes where it is reached
  const char *const all[] = {
      "service", "--library-path", "lib", "bin/python3.11",
      "-I",         // no environment, no folder of the user's
      "-S",         // no site packages
      "-B",         // writes no compiled modules
      "-X", "utf8", // whatever the locale
      "-c", python_bootstrap,
  };
  out->list[0] = NULL;
  for (size_t i = 0; i < COUNT(all); i++) add_argument(out, all[i]);
}

// What the runtime must be able to do after the lock: compile, collect, grow, and import what was not loaded before.
static const char canary[] =
    "import sys, json, decimal, difflib, zlib\n"
    "text = sys.stdin.read()\n"
    "grown = bytearray()\n"
    "for part in range(64): grown += bytes(65536)\n"
    "rings = [[] for _ in range(20000)]\n"
    "for ring in rings: ring.append(ring)\n"
    "del rings, ring\n"
    "third = str(decimal.Decimal(1) / 3)[:6]\n"
    "fine = len(zlib.compress(grown)) < 8192 and json.loads(json.dumps([third])) == ['0.3333']\n"
    "sys.stdout.write(text if fine else 'wrong')\n";

const struct runtime python_runtime = {
    .kind = RUNTIME_PYTHON,
    .policy = &python_policy,
    .program = LOADER,
    .arguments = arguments,
    .stack_bytes = 8u << 20,
    .canary = (const uint8_t *)canary,
    .canary_length = sizeof canary - 1,
};
