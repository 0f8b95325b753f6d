// Whether a file may be run as a native service: a static ELF for this machine, without executable data.
// Pure: it looks at the file's first bytes only. They are hostile.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { ELF_HEAD_MAX = 4096 };

// NULL when it may; else a sentence. *data_bytes is the memory of its writable segments.
const char *check_elf(const uint8_t *head, size_t length, uint64_t *data_bytes);
