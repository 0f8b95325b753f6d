// See program_map.h.
#include "program_map.h"

#include <string.h>

#include "elf_file.h"

enum { ALIGNMENT_MAX = 2 << 20 };
// Where programs can be on any machine of ours, with room for sums.
static const uint64_t ADDRESS_END = UINTPTR_MAX == UINT32_MAX ? 0xc0000000u : (uint64_t)1 << 47;

struct maker {
  struct program_map *map;
  uint64_t page, file_bytes;
  uint64_t end; // of what the segments so far take
  bool has_entry, has_headers;
  bool after_room; // the last segment ends in pages without a file
};

static uint64_t down(const struct maker *m, uint64_t value) { return value & ~(m->page - 1); }
static uint64_t up(const struct maker *m, uint64_t value) { return down(m, value + m->page - 1); }

static uint32_t rights_of(const elf_segment *s) {
  return ((s->p_flags & PF_R) != 0 ? RIGHT_READ : 0u) | ((s->p_flags & PF_W) != 0 ? RIGHT_WRITE : 0u) |
         ((s->p_flags & PF_X) != 0 ? RIGHT_EXECUTE : 0u);
}

// Where file and memory differ by the same bytes one mapping does for several segments.
static bool extends(const struct memory_part *last, uint64_t address, uint64_t offset) {
  return address - last->address == offset - last->offset;
}

static bool add_map(struct maker *m, uint64_t address, uint64_t length, uint64_t offset, uint32_t rights) {
  struct program_map *map = m->map;
  uint32_t wanted = RIGHT_READ | (rights & RIGHT_EXECUTE);
  struct memory_part *last = map->map_count == 0 ? NULL : &map->maps[map->map_count - 1];
  if (last != NULL && !m->after_room && extends(last, address, offset)) {
    last->length = address + length - last->address;
    last->rights |= wanted;
    return true;
  }
  if (map->map_count == MAPS_MAX) return false;
  map->maps[map->map_count++] = (struct memory_part){address, length, offset, wanted};
  return true;
}

// The table of segments, where this one has it in memory.
static void find_headers(struct maker *m, const elf_header *header, const elf_segment *s) {
  uint64_t table = (uint64_t)header->e_phnum * sizeof(elf_segment);
  if (header->e_phoff < s->p_offset || header->e_phoff + table > (uint64_t)s->p_offset + s->p_filesz) return;
  m->has_headers = true;
  m->map->headers = s->p_vaddr + (header->e_phoff - s->p_offset);
}

static bool add_segment(struct maker *m, const elf_header *header, const elf_segment *s) {
  struct program_map *map = m->map;
  const uint64_t from = s->p_vaddr, file = s->p_filesz, memory = s->p_memsz, offset = s->p_offset;
  if (memory == 0) return true;
  bool sane = from < ADDRESS_END && memory < ADDRESS_END && from + memory < ADDRESS_END && file <= memory &&
              offset <= m->file_bytes && file <= m->file_bytes - offset && (from - offset) % m->page == 0 &&
              (s->p_flags & PF_R) != 0 && map->change_count < CHANGES_MAX;
  // In order, and no page of two segments.
  if (!sane || down(m, from) < m->end || (memory > file && (s->p_flags & PF_W) == 0)) return false;
  uint64_t filled = up(m, from + file), end = up(m, from + memory);
  if (map->change_count == 0) map->start = down(m, from);
  uint32_t at = map->change_count++;
  if (file > 0) {
    if (!add_map(m, down(m, from), filled - down(m, from), down(m, offset), rights_of(s))) return false;
    map->changes[at] = (struct memory_part){down(m, from), filled - down(m, from), 0, rights_of(s)};
  }
  if (memory > file && file > 0) {
    map->ends[at].zero = from + file;
    map->ends[at].zero_length = (from + memory < filled ? from + memory : filled) - (from + file);
  }
  uint64_t room = file > 0 ? filled : down(m, from);
  m->after_room = end > room;
  if (m->after_room) {
    map->ends[at].room = room;
    map->ends[at].room_length = end - room;
  }
  m->end = end;
  map->length = end - map->start;
  if ((s->p_flags & PF_X) != 0 && header->e_entry >= from && header->e_entry < from + file) m->has_entry = true;
  find_headers(m, header, s);
  return true;
}

bool map_program(const uint8_t *head, size_t length, uint64_t file_bytes, uint64_t page, struct program_map *out) {
  elf_header header;
  struct maker m = {.map = out, .page = page, .file_bytes = file_bytes};
  memset(out, 0, sizeof *out);
  if (length < sizeof header) return false;
  memcpy(&header, head, sizeof header);
  if (header.e_phentsize != sizeof(elf_segment) || header.e_phoff > length ||
      header.e_phnum > (length - header.e_phoff) / sizeof(elf_segment))
    return false;
  for (size_t i = 0; i < header.e_phnum; i++) {
    elf_segment segment;
    memcpy(&segment, head + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type != PT_LOAD) continue;
    const uint64_t alignment = segment.p_align;
    if (alignment > ALIGNMENT_MAX || (alignment & (alignment - 1)) != 0) return false;
    if (alignment > out->alignment) out->alignment = alignment;
    if (!add_segment(&m, &header, &segment)) return false;
  }
  out->entry = header.e_entry;
  out->header_count = header.e_phnum;
  out->independent = header.e_type == ET_DYN;
  return m.has_entry && m.has_headers;
}
