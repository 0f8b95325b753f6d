// How a static ELF lies in memory: what a process that is there already must map to become it, as the kernel's own exec
// would. Pure. The launcher makes it from the file's head, which is hostile; the process follows it (load.c), and each of
// its mappings of the file is compared with it (spare.c).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAPS_MAX = 6, CHANGES_MAX = 12 };
enum { RIGHT_READ = 1, RIGHT_WRITE = 2, RIGHT_EXECUTE = 4 }; // the numbers of PROT_READ, PROT_WRITE, PROT_EXEC

struct memory_part {
  uint64_t address, length, offset; // whole pages; offset: in the file
  uint32_t rights;
};

// Addresses are the file's; those of a position-independent program are relative to where the process puts it.
struct program_map {
  uint64_t start, length;      // all of it
  uint64_t alignment;          // of where it is put, at most 2 MB
  uint64_t entry, headers;     // the first instruction, the segment table
  uint32_t header_count;
  uint32_t independent;        // of its position: 1
  uint32_t map_count, change_count;
  struct memory_part maps[MAPS_MAX];       // of the file, private, never writable at first
  struct memory_part changes[CHANGES_MAX]; // of rights, within the maps; what is writable is never executable
  struct {
    uint64_t zero, zero_length; // the rest of a page that the file does not fill
    uint64_t room, room_length; // whole pages without a file behind them
  } ends[CHANGES_MAX]; // of changes[i]; zero where there is none
};

// False for what only the kernel's exec should load: segments out of order or across each other, too many of them, an
// entry or a table that no segment has. `head` has passed check_elf. `page`: bytes, a power of two.
bool map_program(const uint8_t *head, size_t length, uint64_t file_bytes, uint64_t page, struct program_map *out);
