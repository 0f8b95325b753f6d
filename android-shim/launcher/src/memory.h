// Memory of a process as spec 03 counts it, from /proc/<pid>/status. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct memory {
  uint64_t used_bytes; // RssAnon + RssShmem + VmSwap + VmPTE
  uint64_t peak_address_bytes; // VmPeak
  uint64_t data_bytes; // VmData
};

// False when the text has no RssAnon line (a process that has ended has none).
bool parse_memory(const char *status, struct memory *out);
