// See memory.h.
#include "memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool parse_memory(const char *status, struct memory *out) {
  bool found = false;
  uint64_t resident = 0;
  *out = (struct memory){0, 0, 0};
  for (const char *line = status; line != NULL && *line != '\0';) {
    const char *colon = strchr(line, ':'), *next = strchr(line, '\n');
    size_t length = colon == NULL ? 0 : (size_t)(colon - line);
    if (colon != NULL && (next == NULL || colon < next)) {
      uint64_t bytes = (uint64_t)strtoull(colon + 1, NULL, 10) * 1024;
      bool anonymous = length == 7 && memcmp(line, "RssAnon", 7) == 0;
      found = found || anonymous;
      if (anonymous || (length == 8 && memcmp(line, "RssShmem", 8) == 0) ||
          (length == 6 && memcmp(line, "VmSwap", 6) == 0) || (length == 5 && memcmp(line, "VmPTE", 5) == 0))
        out->used_bytes += bytes;
      else if (length == 6 && memcmp(line, "VmPeak", 6) == 0)
        out->peak_address_bytes = bytes;
      else if (length == 6 && memcmp(line, "VmData", 6) == 0)
        out->data_bytes = bytes;
      else if (length == 5 && memcmp(line, "VmRSS", 5) == 0)
        resident = bytes;
    }
    line = next == NULL ? NULL : next + 1;
  }
  if (!found) out->used_bytes += resident;
  return found || resident > 0;
}
