// Programs that are none.
#include <elf.h>
#include <link.h>
#include <string.h>

#include "../../src/elf_check.h"
#include "../../src/program_map.h"
#include "fuzz.h"

enum { PAGE = 4096 };

static bool is_within(const struct program_map *map, uint64_t address, uint64_t length) {
  return address >= map->start && length <= map->length && address - map->start <= map->length - length;
}

// What a process and the launcher rely on: all of it within the program's own pages, in order, nothing both writable and
// executable, and no change that would make code of what is none.
static void check_map(const uint8_t *data, size_t size) {
  struct program_map map;
  const uint64_t file_bytes = 1 << 20;
  if (!map_program(data, size, file_bytes, PAGE, &map)) return;
  PROMISE(map.map_count > 0 && map.map_count <= MAPS_MAX && map.change_count <= CHANGES_MAX);
  PROMISE(map.start % PAGE == 0 && map.length % PAGE == 0 && map.length > 0);
  bool entry = false;
  uint64_t end = map.start;
  for (size_t i = 0; i < map.map_count; i++) {
    const struct memory_part *part = &map.maps[i];
    PROMISE(part->address >= end && is_within(&map, part->address, part->length) && part->length > 0);
    PROMISE(part->address % PAGE == 0 && part->length % PAGE == 0 && part->offset % PAGE == 0);
    PROMISE(part->offset + part->length < file_bytes + PAGE && (part->rights & RIGHT_WRITE) == 0);
    end = part->address + part->length;
    if ((part->rights & RIGHT_EXECUTE) != 0 && map.entry >= part->address && map.entry < end) entry = true;
  }
  PROMISE(entry);
  for (size_t i = 0; i < map.change_count; i++) {
    const struct memory_part *part = &map.changes[i];
    PROMISE(part->length == 0 || is_within(&map, part->address, part->length));
    PROMISE(map.ends[i].zero_length < PAGE && map.ends[i].room % PAGE == 0 && map.ends[i].room_length % PAGE == 0);
    PROMISE(map.ends[i].room_length == 0 || is_within(&map, map.ends[i].room, map.ends[i].room_length));
  }
}

const unsigned fuzz_iterations = 100000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint64_t bytes = 0;
  const char *wrong = check_elf(data, size, &bytes);
  if (wrong == NULL) check_map(data, size);
  // At most one segment for each 32 bytes that were looked at, each of at most 2^40 bytes.
  if (wrong == NULL) PROMISE(size >= EI_NIDENT && bytes <= (size / sizeof(Elf32_Phdr)) * ((uint64_t)1 << 40));
  if (wrong != NULL) PROMISE(wrong[0] != '\0' && strlen(wrong) < 200 && bytes == 0);
  return 0;
}

// The start of this very program is an ELF header; a static one is made of it by leaving PT_INTERP out.
size_t fuzz_seeds(struct seed *out, size_t most) {
  static uint8_t own[ELF_HEAD_MAX], made[1024];
  FILE *file = fopen("/proc/self/exe", "rb");
  size_t length = file == NULL ? 0 : fread(own, 1, sizeof own, file);
  if (file != NULL) fclose(file);
  if (length < sizeof(ElfW(Ehdr)) || most < 2) return 0;
  out[0] = (struct seed){own, length};
  ElfW(Ehdr) header;
  memcpy(&header, own, sizeof header);
  header.e_phoff = sizeof header;
  header.e_phnum = 3;
  header.e_entry = 512;
  const ElfW(Phdr) segments[3] = {
      {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 4096, .p_memsz = 4096, .p_align = PAGE},
      {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 8192, .p_vaddr = 8192, .p_filesz = 100,
       .p_memsz = 65536, .p_align = PAGE},
      {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W},
  };
  memcpy(made, &header, sizeof header);
  memcpy(made + sizeof header, segments, sizeof segments);
  out[1] = (struct seed){made, sizeof header + sizeof segments};
  return 2;
}
