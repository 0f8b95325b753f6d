// What is measured, chosen by the first byte of the input. Only calls that every service may make, but one.
//   e  gives all of the input back        t  gives one byte back and ends
//   c  computes, and says how many ticks of the processor's clock that took (0 where it can't know)
//   d  gives one byte back, then makes a call that no service may make
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe.h"

enum { CHUNK = 65536, ROUNDS = 60000000 };

// A counter that user code reads without the kernel: a clock's call might be denied.
static uint64_t ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t now;
  __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(now));
  return now;
#else
  return 0;
#endif
}

static int put(const char *bytes, ssize_t length) {
  for (ssize_t done = 0; done < length;) {
    ssize_t written = write(1, bytes + done, (size_t)(length - done));
    if (written <= 0) return 1;
    done += written;
  }
  return 0;
}

static int compute(void) {
  uint64_t start = ticks(), state = 88172645463325252u;
  for (int i = 0; i < ROUNDS; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  uint64_t took = ticks() - start;
  char text[64];
  // The state is told too, or there would be nothing to compute.
  int length = snprintf(text, sizeof text, "%llu %llx\n", (unsigned long long)took, (unsigned long long)state);
  return put(text, length);
}

int work_main(void) {
  static char chunk[CHUNK];
  ssize_t length = read(0, chunk, sizeof chunk);
  if (length <= 0) return length < 0;
  if (chunk[0] == 'c') return compute();
  if (chunk[0] == 't') return put(chunk, 1);
  if (chunk[0] == 'd') {
    if (put(chunk, 1) != 0) return 1;
    return socket(AF_INET, SOCK_STREAM, 0) < 0;
  }
  for (; length > 0; length = read(0, chunk, sizeof chunk))
    if (put(chunk, length) != 0) return 1;
  return length < 0;
}
