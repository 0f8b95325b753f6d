// How programs lie in memory: what linkers make, what must be refused, and the promise that a process relies on.
#include <stdlib.h>
#include <string.h>

#include "../src/elf_file.h"
#include "../src/program_map.h"
#include "check.h"

enum { PAGE = 4096, SEGMENTS = 5, FILE_BYTES = 0xb0000 };

struct sample {
  elf_header header;
  elf_segment segments[SEGMENTS];
};

static elf_segment load(uint64_t offset, uint64_t address, uint64_t file, uint64_t memory, uint32_t flags) {
  return (elf_segment){.p_type = PT_LOAD, .p_offset = (__typeof__(((elf_segment *)0)->p_offset))offset,
                       .p_vaddr = (__typeof__(((elf_segment *)0)->p_vaddr))address,
                       .p_filesz = (__typeof__(((elf_segment *)0)->p_filesz))file,
                       .p_memsz = (__typeof__(((elf_segment *)0)->p_memsz))memory, .p_flags = flags, .p_align = PAGE};
}

// As GNU ld makes a static program: headers, code, constants, data with room for what starts as zero.
static struct sample good(void) {
  struct sample s;
  memset(&s, 0, sizeof s);
  s.header.e_type = ET_EXEC;
  s.header.e_phoff = sizeof s.header;
  s.header.e_phentsize = sizeof s.segments[0];
  s.header.e_phnum = SEGMENTS;
  s.header.e_entry = 0x401530;
  s.segments[0] = load(0, 0x400000, 0x518, 0x518, PF_R);
  s.segments[1] = load(0x1000, 0x401000, 0x7a211, 0x7a211, PF_R | PF_X);
  s.segments[2] = load(0x7c000, 0x47c000, 0x28d06, 0x28d06, PF_R);
  s.segments[3] = load(0xa55b8, 0x4a55b8, 0x9cd8, 0x40548, PF_R | PF_W);
  s.segments[4].p_type = PT_GNU_STACK;
  return s;
}

static bool map(const struct sample *s, struct program_map *out) {
  return map_program((const uint8_t *)s, sizeof *s, FILE_BYTES, PAGE, out);
}

static bool refused(const struct sample *s) {
  struct program_map out;
  return !map(s, &out);
}

static void usual(void) {
  struct program_map m;
  struct sample s = good();
  CHECK(map(&s, &m));
  CHECK(m.start == 0x400000 && m.length == 0xe6000 && m.independent == 0);
  CHECK(m.entry == 0x401530 && m.headers == 0x400000 + sizeof s.header && m.header_count == SEGMENTS);
  // One mapping does for all: file and memory differ by the same bytes.
  CHECK(m.map_count == 1 && m.maps[0].address == 0x400000 && m.maps[0].length == 0xb0000 && m.maps[0].offset == 0);
  CHECK(m.maps[0].rights == (RIGHT_READ | RIGHT_EXECUTE));
  CHECK(m.change_count == 4 && m.changes[0].rights == RIGHT_READ && m.changes[2].rights == RIGHT_READ);
  CHECK(m.changes[3].address == 0x4a5000 && m.changes[3].length == 0xb000);
  CHECK(m.changes[3].rights == (RIGHT_READ | RIGHT_WRITE));
  CHECK(m.ends[3].zero == 0x4af290 && m.ends[3].zero_length == 0x4b0000 - 0x4af290);
  CHECK(m.ends[3].room == 0x4b0000 && m.ends[3].room_length == 0x36000);
  // Data elsewhere in memory than in the file, as in a program that can be anywhere.
  s = good(), s.header.e_type = ET_DYN;
  s.segments[3].p_vaddr += 0x1000;
  CHECK(map(&s, &m) && m.independent == 1 && m.map_count == 2 && m.alignment == PAGE);
  CHECK(m.maps[1].rights == RIGHT_READ && m.maps[1].address == 0x4a6000 && m.maps[1].offset == 0xa5000);
  // Nothing of the file: zero from its first byte.
  s = good(), s.segments[3].p_filesz = 0;
  CHECK(map(&s, &m) && m.changes[3].length == 0 && m.ends[3].zero_length == 0);
  CHECK(m.ends[3].room == 0x4a5000 && m.ends[3].room_length == 0x41000);
  // A mapping of the file may not lie over room that has none, though its bytes would allow it.
  s = good(), s.segments[1].p_flags = PF_R | PF_W, s.segments[1].p_memsz = 0x7b000;
  s.segments[2].p_flags = PF_R | PF_X, s.header.e_entry = 0x47c000;
  CHECK(map(&s, &m) && m.map_count == 1);
  s.segments[1].p_filesz = 0x1000;
  CHECK(map(&s, &m) && m.map_count == 2 && m.maps[0].length == 0x2000 && m.maps[1].address == 0x47c000);
}

static void hostile(void) {
  struct sample s = good();
  struct program_map m;
  bool all = true;
  for (size_t cut = 0; cut < sizeof s; cut++) all = all && !map_program((const uint8_t *)&s, cut, FILE_BYTES, PAGE, &m);
  CHECK(all);
  s = good(), s.header.e_entry = 0x47c000;
  CHECK(refused(&s)); // not code
  s = good(), s.header.e_entry = 0x401000 + 0x7a211;
  CHECK(refused(&s)); // behind it
  s = good(), s.segments[0].p_filesz = sizeof s.header;
  CHECK(refused(&s)); // the table of segments is not in memory
  s = good(), s.segments[2].p_vaddr = 0x47b000;
  CHECK(refused(&s)); // a page of two segments
  s = good(), s.segments[2].p_vaddr = 0x300000, s.segments[2].p_offset = 0;
  CHECK(refused(&s)); // out of order
  s = good(), s.segments[3].p_filesz = s.segments[3].p_memsz + 1;
  CHECK(refused(&s));
  s = good(), s.segments[3].p_filesz = FILE_BYTES;
  CHECK(refused(&s)); // more than there is
  s = good(), s.segments[3].p_offset += 1;
  CHECK(refused(&s)); // not at the same place of a page
  s = good(), s.segments[1].p_memsz += 0x1000;
  CHECK(refused(&s)); // code that the file does not have
  s = good(), s.segments[1].p_flags = PF_X;
  CHECK(refused(&s));
  s = good(), s.segments[3].p_memsz = (__typeof__(s.segments[3].p_memsz))UINT64_MAX;
  CHECK(refused(&s));
  s = good(), s.segments[3].p_vaddr = (__typeof__(s.segments[3].p_vaddr))UINT64_MAX - 0xa47;
  CHECK(refused(&s));
  s = good(), s.segments[0].p_align = 4 << 20;
  CHECK(refused(&s));
  s = good(), s.segments[0].p_align = 3;
  CHECK(refused(&s));
}

static void many(void) {
  struct {
    elf_header header;
    elf_segment segments[40];
  } s;
  struct program_map m;
  memset(&s, 0, sizeof s);
  s.header = good().header;
  s.header.e_entry = 0x400000;
  for (uint16_t count = 1; count <= 40; count++) {
    s.header.e_phnum = count;
    // No two in one mapping: each is a page further in memory than in the file.
    s.segments[count - 1] = load((uint64_t)(count - 1) * PAGE, 0x400000 + (uint64_t)(count - 1) * 2 * PAGE, PAGE, PAGE,
                                 PF_R | PF_X);
    bool made = map_program((const uint8_t *)&s, sizeof s, FILE_BYTES, PAGE, &m);
    if (made != (count <= MAPS_MAX)) CHECK(!"as many as there is room for");
  }
  CHECK(m.map_count <= MAPS_MAX && m.change_count <= CHANGES_MAX);
}

int main(void) {
  usual();
  hostile();
  many();
  return finish_checks();
}
