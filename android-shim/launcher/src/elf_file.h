// ELF as this machine has it.
#pragma once

#include <elf.h>

#if defined(__LP64__)
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_segment;
enum { EXPECTED_CLASS = ELFCLASS64 };
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_segment;
enum { EXPECTED_CLASS = ELFCLASS32 };
#endif

#if defined(__x86_64__)
enum { EXPECTED_MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { EXPECTED_MACHINE = EM_AARCH64 };
#else
enum { EXPECTED_MACHINE = EM_ARM };
#endif
