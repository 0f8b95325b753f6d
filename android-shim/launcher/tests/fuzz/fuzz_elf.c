// Programs that are none.
#include <elf.h>
#include <string.h>

#include "../../src/elf_check.h"
#include "fuzz.h"

const unsigned fuzz_iterations = 100000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint64_t bytes = 0;
  const char *wrong = check_elf(data, size, &bytes);
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
  if (length < sizeof(Elf64_Ehdr) || most < 2) return 0;
  out[0] = (struct seed){own, length};
  Elf64_Ehdr header;
  memcpy(&header, own, sizeof header);
  header.e_phoff = sizeof header;
  header.e_phnum = 3;
  const Elf64_Phdr segments[3] = {
      {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_memsz = 4096},
      {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_memsz = 65536},
      {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W},
  };
  memcpy(made, &header, sizeof header);
  memcpy(made + sizeof header, segments, sizeof segments);
  out[1] = (struct seed){made, sizeof header + sizeof segments};
  return 2;
}
