// Memory of a process as spec 03 counts it, from /proc/<pid>/status. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct memory {
  // RssAnon + RssShmem + VmSwap + VmPTE. Kernels before 4.5 don't tell files' pages from others: VmRSS stands for both.
  uint64_t used_bytes;
  uint64_t peak_address_bytes; // VmPeak
  uint64_t data_bytes; // VmData
};

// False when the text has neither RssAnon nor VmRSS (a process that has ended has none).
bool parse_memory(const char *status, struct memory *out);
