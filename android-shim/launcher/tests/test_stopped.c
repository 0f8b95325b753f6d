// What a tracer sees of a stopped process: the stop's kind, and the call in the registers of each architecture.
#include <linux/audit.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <string.h>
#if defined(__x86_64__)
#include <sys/user.h>
#endif

#include "../src/stopped.h"
#include "check.h"

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

static int stopped_by(int signal, int event) { return event << 16 | signal << 8 | 0x7f; }

static void kinds(void) {
  CHECK(kind_of_stop(stopped_by(SIGTRAP, PTRACE_EVENT_SECCOMP)) == STOP_CALL);
  CHECK(kind_of_stop(stopped_by(SIGTRAP, PTRACE_EVENT_EXEC)) == STOP_EXEC);
  // A trap of the program's own is a signal, whatever its number reminds of.
  CHECK(kind_of_stop(stopped_by(SIGTRAP, 0)) == STOP_SIGNAL);
  CHECK(kind_of_stop(stopped_by(SIGSEGV, 0)) == STOP_SIGNAL);
  CHECK(kind_of_stop(stopped_by(SIGSTOP, 0)) == STOP_SIGNAL); // about to be delivered; the stop itself comes next
  const int stopping[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < 4; i++) CHECK(kind_of_stop(stopped_by(stopping[i], PTRACE_EVENT_STOP)) == STOP_GROUP);
  CHECK(kind_of_stop(stopped_by(SIGTRAP, PTRACE_EVENT_STOP)) == STOP_OTHER);
  CHECK(kind_of_stop(stopped_by(SIGTRAP, PTRACE_EVENT_CLONE)) == STOP_OTHER);
  CHECK(kind_of_stop(stopped_by(SIGTRAP, PTRACE_EVENT_EXIT)) == STOP_OTHER);
}

// Every place holds its own number, so that a wrong place is seen.
static size_t numbered_words(uint8_t *bytes, size_t words, size_t word_bytes, uint32_t base) {
  memset(bytes, 0, REGISTERS_MAX);
  for (uint32_t i = 0; i < words; i++) {
    uint32_t value = base + i;
    memcpy(bytes + i * word_bytes, &value, 4);
  }
  return words * word_bytes;
}

static bool has(const struct seccomp_data *call, uint32_t arch, uint32_t number, const uint32_t arguments[6]) {
  bool fine = call->arch == arch && call->nr == (int)number;
  for (size_t i = 0; i < 6; i++) fine = fine && call->args[i] == arguments[i];
  return fine;
}

static void x86_64(void) {
  uint8_t bytes[REGISTERS_MAX];
  struct seccomp_data call;
  size_t length = numbered_words(bytes, 27, 8, 100);
  // rdi rsi rdx r10 r8 r9
  CHECK(read_registers(AUDIT_ARCH_X86_64, SHOWN_NATIVE, bytes, length, &call));
  CHECK(has(&call, AUDIT_ARCH_X86_64, 115, (uint32_t[]){114, 113, 112, 107, 109, 108}));
  // int 0x80 from 64-bit code: the same registers, another entry.
  CHECK(read_registers(AUDIT_ARCH_X86_64, SHOWN_FOREIGN, bytes, length, &call));
  CHECK(call.arch == AUDIT_ARCH_I386 && call.nr == 115);
  CHECK(write_answer(AUDIT_ARCH_X86_64, -38, bytes, length));
  int64_t result, number;
  memcpy(&result, bytes + 10 * 8, 8);
  memcpy(&number, bytes + 15 * 8, 8);
  CHECK(result == -38 && number == -1);
  // Code of 32 bits: ebx ecx edx esi edi ebp; never taken for the native entry.
  length = numbered_words(bytes, 17, 4, 200);
  for (uint64_t message = SHOWN_NATIVE; message <= SHOWN_FOREIGN; message++) {
    CHECK(read_registers(AUDIT_ARCH_X86_64, message, bytes, length, &call));
    CHECK(has(&call, AUDIT_ARCH_I386, 211, (uint32_t[]){200, 201, 202, 203, 204, 205}));
  }
#if defined(__x86_64__)
  struct user_regs_struct own;
  memset(&own, 0, sizeof own);
  own.orig_rax = 59;
  own.rdi = 1, own.rsi = 2, own.rdx = 3, own.r10 = 4, own.r8 = 5, own.r9 = UINT64_MAX;
  CHECK(read_registers(AUDIT_ARCH_X86_64, SHOWN_NATIVE, (const uint8_t *)&own, sizeof own, &call));
  CHECK(call.nr == 59 && call.args[0] == 1 && call.args[1] == 2 && call.args[2] == 3);
  CHECK(call.args[3] == 4 && call.args[4] == 5 && call.args[5] == UINT64_MAX);
  CHECK(write_answer(AUDIT_ARCH_X86_64, 7, (uint8_t *)&own, sizeof own));
  CHECK(own.rax == 7 && own.orig_rax == UINT64_MAX && own.rdi == 1);
#endif
}

static void aarch64(void) {
  uint8_t bytes[REGISTERS_MAX], before[REGISTERS_MAX];
  struct seccomp_data call;
  size_t length = numbered_words(bytes, 34, 8, 300);
  CHECK(read_registers(AUDIT_ARCH_AARCH64, SHOWN_NATIVE, bytes, length, &call));
  CHECK(has(&call, AUDIT_ARCH_AARCH64, 308, (uint32_t[]){300, 301, 302, 303, 304, 305}));
  memcpy(before, bytes, sizeof bytes);
  CHECK(write_answer(AUDIT_ARCH_AARCH64, -25, bytes, length));
  int64_t result;
  memcpy(&result, bytes, 8);
  CHECK(result == -25 && memcmp(bytes + 8, before + 8, REGISTERS_MAX - 8) == 0); // x8 stays: the number is set apart
  // A 32-bit process on the same kernel.
  length = numbered_words(bytes, 18, 4, 400);
  CHECK(read_registers(AUDIT_ARCH_AARCH64, SHOWN_NATIVE, bytes, length, &call));
  CHECK(has(&call, AUDIT_ARCH_ARM, 407, (uint32_t[]){417, 401, 402, 403, 404, 405}));
}

static void arm(void) {
  uint8_t bytes[REGISTERS_MAX];
  struct seccomp_data call;
  size_t length = numbered_words(bytes, 18, 4, 500);
  CHECK(read_registers(AUDIT_ARCH_ARM, SHOWN_NATIVE, bytes, length, &call));
  CHECK(has(&call, AUDIT_ARCH_ARM, 507, (uint32_t[]){517, 501, 502, 503, 504, 505}));
  CHECK(write_answer(AUDIT_ARCH_ARM, -22, bytes, length));
  int32_t result, next;
  memcpy(&result, bytes, 4);
  memcpy(&next, bytes + 4, 4);
  CHECK(result == -22 && next == 501);
  CHECK(read_registers(AUDIT_ARCH_ARM, SHOWN_FOREIGN, bytes, length, &call) && call.arch != AUDIT_ARCH_ARM);
}

static void unknown(void) {
  uint8_t bytes[REGISTERS_MAX] = {0};
  struct seccomp_data call;
  size_t known = 0;
  for (size_t length = 0; length <= REGISTERS_MAX; length++)
    if (read_registers(AUDIT_ARCH_X86_64, SHOWN_NATIVE, bytes, length, &call)) known++;
  CHECK(known == 2);
  CHECK(!read_registers(AUDIT_ARCH_ARM, SHOWN_NATIVE, bytes, 27 * 8, &call)); // no layout of another machine
  CHECK(!read_registers(AUDIT_ARCH_X86_64, SHOWN_NATIVE, bytes, 34 * 8, &call));
  CHECK(!read_registers(0, SHOWN_NATIVE, bytes, 18 * 4, &call));
  CHECK(!write_answer(AUDIT_ARCH_X86_64, 0, bytes, 26 * 8));
}

int main(void) {
  kinds();
  x86_64();
  aarch64();
  arm();
  unknown();
  return finish_checks();
}
