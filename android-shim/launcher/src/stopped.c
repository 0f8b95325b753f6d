// See stopped.h.
#include "stopped.h"

#include <linux/audit.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

// Headers older than Linux 3.4 and some C libraries lack it.
#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

enum stop_kind kind_of_stop(int status) {
  int signal = WSTOPSIG(status);
  switch (status >> 16) {
    case 0: return STOP_SIGNAL;
    case PTRACE_EVENT_SECCOMP: return STOP_CALL;
    case PTRACE_EVENT_EXEC: return STOP_EXEC;
    case PTRACE_EVENT_STOP:
      return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU ? STOP_GROUP : STOP_OTHER;
    default: return STOP_OTHER;
  }
}

struct layout {
  uint32_t audit_arch;
  uint8_t word_bytes, words;
  uint8_t number, arguments[6], result; // places
  bool number_is_written;
};

static const struct layout layouts[] = {
    // struct user_regs_struct: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip ...
    {AUDIT_ARCH_X86_64, 8, 27, 15, {14, 13, 12, 7, 9, 8}, 10, true},
    // The same process, gone over to 32-bit code: ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip ...
    {AUDIT_ARCH_I386, 4, 17, 11, {0, 1, 2, 3, 4, 5}, 6, true},
    // struct user_pt_regs: x0 to x30, sp, pc, pstate.
    {AUDIT_ARCH_AARCH64, 8, 34, 8, {0, 1, 2, 3, 4, 5}, 0, false},
    // struct pt_regs, also of a 32-bit process on aarch64: r0 to r15, cpsr, orig_r0, which is the first argument.
    {AUDIT_ARCH_ARM, 4, 18, 7, {17, 1, 2, 3, 4, 5}, 0, false},
};

static uint32_t compat_of(uint32_t audit_arch) {
  switch (audit_arch) {
    case AUDIT_ARCH_X86_64: return AUDIT_ARCH_I386;
    case AUDIT_ARCH_AARCH64: return AUDIT_ARCH_ARM;
    default: return 0;
  }
}

static const struct layout *find_layout(uint32_t audit_arch, size_t length) {
  for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
    const struct layout *layout = &layouts[i];
    bool possible = layout->audit_arch == audit_arch || layout->audit_arch == compat_of(audit_arch);
    if (possible && (size_t)layout->word_bytes * layout->words == length) return layout;
  }
  return NULL;
}

// Little-endian, as all of these machines are.
static uint64_t word_at(const struct layout *layout, const uint8_t *bytes, size_t place) {
  uint64_t word = 0;
  memcpy(&word, bytes + place * layout->word_bytes, layout->word_bytes);
  return word;
}

static void put_word(const struct layout *layout, uint8_t *bytes, size_t place, uint64_t word) {
  memcpy(bytes + place * layout->word_bytes, &word, layout->word_bytes);
}

bool read_registers(uint32_t audit_arch, uint64_t message, const uint8_t *bytes, size_t length,
                    struct seccomp_data *out) {
  const struct layout *layout = find_layout(audit_arch, length);
  if (layout == NULL) return false;
  memset(out, 0, sizeof *out);
  // 32-bit code of a 64-bit machine is foreign whatever else is said of it.
  out->arch = message == SHOWN_NATIVE ? layout->audit_arch : compat_of(audit_arch);
  out->nr = (int)(uint32_t)word_at(layout, bytes, layout->number);
  for (size_t i = 0; i < 6; i++) out->args[i] = word_at(layout, bytes, layout->arguments[i]);
  return true;
}

bool write_answer(uint32_t audit_arch, int64_t value, uint8_t *bytes, size_t length) {
  const struct layout *layout = find_layout(audit_arch, length);
  if (layout == NULL) return false;
  put_word(layout, bytes, layout->result, (uint64_t)value);
  if (layout->number_is_written) put_word(layout, bytes, layout->number, UINT64_MAX);
  return true;
}
