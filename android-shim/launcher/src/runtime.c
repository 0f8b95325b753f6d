// See runtime.h. The bootstrap (../nodejs/bootstrap.js) is part of this program, so that the two never differ.
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#define LOADER "lib/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define LOADER "lib/ld-linux-aarch64.so.1"
#else
#define LOADER "lib/ld-linux-armhf.so.3"
#endif

extern const char nodejs_bootstrap[];
__asm__(".section .rodata\n.global nodejs_bootstrap\nnodejs_bootstrap:\n.incbin \"" BOOTSTRAP "\"\n.byte 0\n.previous\n");

static bool refuse(struct nodejs *nodejs, const char *what) {
  snprintf(nodejs->message, sizeof nodejs->message, "%s: %s", what, strerror(errno));
  return false;
}

bool nodejs_open(struct nodejs *nodejs, const char *folder) {
  nodejs->folder_fd = nodejs->loader_fd = -1;
  snprintf(nodejs->folder, sizeof nodejs->folder, "%s", folder);
  nodejs->folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (nodejs->folder_fd < 0) return refuse(nodejs, "the runtime's folder");
  nodejs->loader_fd = openat(nodejs->folder_fd, LOADER, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (nodejs->loader_fd < 0) return refuse(nodejs, LOADER);
  return true;
}

void nodejs_arguments(uint64_t memory_bytes, struct arguments *out) {
  // Of what is left beside the runtime itself, all may be the JavaScript heap: RLIMIT_DATA and the monitor hold the sum.
  uint64_t megabytes = memory_bytes >> 20, heap = megabytes > 36 ? megabytes - 24 : 12;
  snprintf(out->numbers[0], NUMBER_TEXT, "--max-old-space-size=%llu", (unsigned long long)heap);
  const char *const fixed[] = {
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
      "--disallow-code-generation-from-strings", // of our own realm; the service's has its own rule
      out->numbers[0],
      "-e",
      nodejs_bootstrap,
  };
  size_t count = sizeof fixed / sizeof *fixed;
  _Static_assert(sizeof fixed / sizeof *fixed < ARGUMENTS_MAX, "too many arguments");
  for (size_t i = 0; i < count; i++) out->list[i] = (char *)(uintptr_t)fixed[i];
  out->list[count] = NULL;
}

void write_code_header(enum code_kind kind, uint32_t length, uint8_t out[CODE_HEADER]) {
  out[0] = (uint8_t)kind;
  for (size_t i = 0; i < 4; i++) out[1 + i] = (uint8_t)(length >> (24 - 8 * i));
}

// Length of the well-formed sequence at `at`, 0 where there is none (RFC 3629).
static size_t sequence(const uint8_t *at, size_t left) {
  if (at[0] < 0x80) return 1;
  size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
  if (at[0] < 0xc2 || at[0] > 0xf4 || left < length) return 0;
  for (size_t i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  uint8_t second = at[1];
  if ((at[0] == 0xe0 && second < 0xa0) || (at[0] == 0xed && second > 0x9f) || (at[0] == 0xf0 && second < 0x90) ||
      (at[0] == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

size_t clean_words(char *text, size_t length) {
  size_t out = 0;
  for (size_t at = 0; at < length;) {
    size_t size = sequence((const uint8_t *)text + at, length - at);
    if (size <= 1) {
      unsigned char c = (unsigned char)text[at++];
      text[out++] = size == 1 && c >= ' ' && c != 0x7f ? (char)c : size == 1 ? ' ' : '?';
    } else {
      memmove(text + out, text + at, size);
      out += size;
      at += size;
    }
  }
  while (out > 0 && text[out - 1] == ' ') out--;
  return out;
}
