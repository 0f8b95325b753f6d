// What is read from hostile or foreign text: ELF heads and /proc/<pid>/status.
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/elf_check.h"
#include "../src/memory.h"
#include "check.h"

#if defined(__x86_64__)
enum { CLASS = ELFCLASS64, OTHER_CLASS = ELFCLASS32, MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { CLASS = ELFCLASS64, OTHER_CLASS = ELFCLASS32, MACHINE = EM_AARCH64 };
#else
enum { CLASS = ELFCLASS32, OTHER_CLASS = ELFCLASS64, MACHINE = EM_ARM };
#endif

// As the machine has them: ElfW is of the width of its words.
struct sample {
  ElfW(Ehdr) header;
  ElfW(Phdr) segments[3];
};

enum { HEAD_SIZE = sizeof(struct sample) };

// A program as a static linker makes it: code, data, a stack that isn't executable.
static struct sample good(void) {
  struct sample s;
  memset(&s, 0, sizeof s);
  memcpy(s.header.e_ident, ELFMAG, SELFMAG);
  s.header.e_ident[EI_CLASS] = CLASS;
  s.header.e_ident[EI_DATA] = ELFDATA2LSB;
  s.header.e_type = ET_EXEC;
  s.header.e_machine = MACHINE;
  s.header.e_phoff = sizeof s.header;
  s.header.e_phentsize = sizeof s.segments[0];
  s.header.e_phnum = 3;
  s.segments[0] = (ElfW(Phdr)){.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_memsz = 1000};
  s.segments[1] = (ElfW(Phdr)){.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_memsz = 2000};
  s.segments[2] = (ElfW(Phdr)){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
  return s;
}

static const char *verdict(const struct sample *s, size_t length) {
  uint64_t data = 0;
  // Exactly this long, so that a read past the end is seen by ASan.
  uint8_t *exact = malloc(length == 0 ? 1 : length);
  memcpy(exact, s, length);
  const char *answer = check_elf(exact, length, &data);
  free(exact);
  return answer;
}

static bool says(const struct sample *s, const char *part) {
  const char *answer = verdict(s, HEAD_SIZE);
  return answer != NULL && strstr(answer, part) != NULL;
}

static void elf(void) {
  struct sample s = good();
  uint64_t data = 0;
  CHECK(check_elf((const uint8_t *)&s, HEAD_SIZE, &data) == NULL && data == 2000);
  bool all_refused = true;
  for (size_t cut = 0; cut < HEAD_SIZE; cut++) all_refused = all_refused && verdict(&s, cut) != NULL;
  CHECK(all_refused);
  s = good(), s.header.e_ident[0] = 'X';
  CHECK(says(&s, "not an ELF"));
  s = good(), s.header.e_machine = EM_SPARC;
  CHECK(says(&s, "another machine"));
  s = good(), s.header.e_ident[EI_CLASS] = OTHER_CLASS;
  CHECK(says(&s, "another machine"));
  s = good(), s.header.e_type = ET_REL;
  CHECK(says(&s, "not an executable"));
  s = good(), s.header.e_phoff = (ElfW(Off))-10;
  CHECK(says(&s, "segment table"));
  s = good(), s.header.e_phnum = UINT16_MAX;
  CHECK(says(&s, "segment table"));
  s = good(), s.segments[0].p_type = PT_INTERP;
  CHECK(says(&s, "not static"));
  s = good(), s.segments[1].p_flags |= PF_X;
  CHECK(says(&s, "writable and executable"));
  s = good(), s.segments[2].p_flags |= PF_X;
  CHECK(says(&s, "executable stack"));
  s = good(), s.segments[2].p_type = PT_NULL;
  CHECK(says(&s, "PT_GNU_STACK"));
  s = good(), s.segments[1].p_memsz = (ElfW(Off))-1;
  if (CLASS == ELFCLASS64)
    CHECK(says(&s, "absurdly"));
  else // 4 GB at most: counted, and refused by what is asked for
    CHECK(check_elf((const uint8_t *)&s, HEAD_SIZE, &data) == NULL && data == UINT32_MAX);
}

static void memory(void) {
  struct memory m;
  // From a Debian 12 machine, kernel 6.18, shortened.
  const char status[] =
      "Name:\tservice\nUmask:\t0022\nState:\tR (running)\nVmPeak:\t    9000 kB\nVmSize:\t    8912 kB\nVmHWM:\t    "
      "4000 kB\nVmRSS:\t    3900 kB\nRssAnon:\t    1500 kB\nRssFile:\t    2400 kB\nRssShmem:\t      20 kB\nVmData:\t"
      "    1700 kB\nVmStk:\t     132 kB\nVmPTE:\t      44 kB\nVmSwap:\t       8 kB\nThreads:\t1\n";
  CHECK(parse_memory(status, &m));
  CHECK(m.used_bytes == (1500 + 20 + 44 + 8) * 1024);
  CHECK(m.peak_address_bytes == 9000 * 1024 && m.data_bytes == 1700 * 1024);
  // Linux 4.4: more than it has of its own, never less.
  CHECK(parse_memory("VmPeak:\t 900 kB\nVmRSS:\t 500 kB\nVmData:\t 300 kB\nVmPTE:\t 20 kB\nVmSwap:\t 7 kB\n", &m));
  CHECK(m.used_bytes == 527 * 1024 && m.data_bytes == 300 * 1024 && m.peak_address_bytes == 900 * 1024);
  CHECK(parse_memory("VmRSS:\t 0 kB\nRssAnon:\t 0 kB\n", &m) && m.used_bytes == 0);
  // A zombie has no memory lines.
  CHECK(!parse_memory("Name:\tservice\nState:\tZ (zombie)\nThreads:\t1\n", &m));
  CHECK(!parse_memory("", &m));
  CHECK(!parse_memory("no colon\nRssAnon without one\n", &m));
  // A name can't pose as a line: the kernel escapes newlines in it.
  CHECK(!parse_memory("Name:\tRssAnon: 5 kB\n", &m));
}

int main(void) {
  elf();
  memory();
  return finish_checks();
}
