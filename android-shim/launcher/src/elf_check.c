// See elf_check.h.
#include "elf_check.h"

#include <stdbool.h>
#include <string.h>

#include "elf_file.h"

const char *check_elf(const uint8_t *head, size_t length, uint64_t *data_bytes) {
  elf_header header;
  bool stack_declared = false;
  uint64_t data = 0;
  *data_bytes = 0;
  if (length < sizeof header || memcmp(head, ELFMAG, SELFMAG) != 0) return "the program is not an ELF file";
  memcpy(&header, head, sizeof header);
  if (header.e_ident[EI_CLASS] != EXPECTED_CLASS || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != EXPECTED_MACHINE)
    return "the program is made for another machine";
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) return "the program is not an executable";
  if (header.e_phentsize != sizeof(elf_segment) || header.e_phnum == 0 || header.e_phoff > length ||
      header.e_phnum > (length - header.e_phoff) / sizeof(elf_segment))
    return "the program's segment table is not within its first 4096 bytes";
  for (size_t i = 0; i < header.e_phnum; i++) {
    elf_segment segment;
    memcpy(&segment, head + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_INTERP) return "the program is not static";
    if (segment.p_type == PT_GNU_STACK) {
      stack_declared = true;
      if ((segment.p_flags & PF_X) != 0) return "the program asks for an executable stack";
    }
    if (segment.p_type != PT_LOAD) continue;
    if ((segment.p_flags & PF_W) == 0) continue;
    if ((segment.p_flags & PF_X) != 0) return "the program has memory both writable and executable";
    // In 64 bits on every architecture: a 32-bit size is always below the bound.
    const uint64_t memory_size = segment.p_memsz;
    if (memory_size > ((uint64_t)1 << 40)) return "the program's data is absurdly large";
    data += memory_size;
  }
  // Without the header the kernel makes the stack executable, and every readable mapping with it on some machines.
  if (!stack_declared) return "the program does not say that its stack is not executable (PT_GNU_STACK)";
  *data_bytes = data;
  return NULL;
}
