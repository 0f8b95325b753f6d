// The last instruction of one program and the first of another, with the registers that the kernel's exec leaves.
#pragma once

#include <stdint.h>

static inline _Noreturn void jump_to(uintptr_t entry, uintptr_t stack) {
#if defined(__x86_64__)
  // rdx: a function to be called at exit; none.
  __asm__ volatile(
      "mov %1, %%rsp\n\t"
      "xor %%edx, %%edx\n\t"
      "xor %%ebp, %%ebp\n\t"
      "jmp *%0"
      :
      : "a"(entry), "c"(stack)
      : "memory");
#elif defined(__aarch64__)
  register uintptr_t to __asm__("x16") = entry;
  register uintptr_t sp __asm__("x17") = stack;
  __asm__ volatile(
      "mov sp, %1\n\t"
      "mov x0, #0\n\t"
      "mov x29, #0\n\t"
      "mov x30, #0\n\t"
      "br %0"
      :
      : "r"(to), "r"(sp)
      : "memory");
#elif defined(__arm__)
  // The entry's lowest bit chooses Thumb.
  register uintptr_t to __asm__("r4") = entry;
  register uintptr_t sp __asm__("r5") = stack;
  __asm__ volatile(
      "mov sp, %1\n\t"
      "mov r0, #0\n\t"
      "mov r11, #0\n\t"
      "mov lr, #0\n\t"
      "bx %0"
      :
      : "r"(to), "r"(sp)
      : "memory");
#else
#error "no jump for this architecture"
#endif
  __builtin_unreachable();
}
