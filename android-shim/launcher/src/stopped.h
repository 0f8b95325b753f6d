// A stopped process as its tracer sees it: why it stopped, and which call its registers ask for. For the trace listener
// (trace.h). Pure: the registers of all machines are known on each of them, so that they can be tested on one.
#pragma once

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stop_kind {
  STOP_CALL,   // the filter shows a call, which has not begun
  STOP_EXEC,   // a new program is in place
  STOP_SIGNAL, // a signal is about to be delivered
  STOP_GROUP,  // stopped by SIGSTOP or the like, until SIGCONT
  STOP_OTHER,  // of interest to tracers only: a new thread, the end of a group stop
};
// `status` as waitpid gives it, with WIFSTOPPED.
enum stop_kind kind_of_stop(int status);

// The low bits of the filter's SECCOMP_RET_TRACE, which are the stop's message. The entry must come from the filter: a
// 64-bit process can use the 32-bit entry (int 0x80), and its registers don't show it.
enum { SHOWN_NATIVE = 0, SHOWN_FOREIGN = 1 };

// What PTRACE_GETREGSET (NT_PRSTATUS) gives, at most.
enum { REGISTERS_MAX = 34 * 8 };

// The call as the filter saw it, on a machine of `audit_arch`. False where so many bytes are no registers that we know:
// nothing may be let go on then.
bool read_registers(uint32_t audit_arch, uint64_t message, const uint8_t *bytes, size_t length,
                    struct seccomp_data *out);

// Writes what a skipped call answers: a value, or a negative errno. On x86 the call's number is one of the registers, and
// becomes -1, by which it is skipped; other machines have a request for that. False as above.
bool write_answer(uint32_t audit_arch, int64_t value, uint8_t *bytes, size_t length);
