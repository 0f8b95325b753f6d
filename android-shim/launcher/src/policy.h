// What a service may ask of the kernel: one table for each runtime and architecture, and the filter made from it.
// Pure: nothing here has an effect. The tables are reviewed line by line (spec 03); each line says why it is there.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALLOWED_MAX = 12, FILTER_MAX = 256, CHECKS_MAX = 3 };

// (argument & mask) == value, all 64 bits of it.
struct check {
  uint8_t argument;
  uint64_t mask, value;
};

struct allowed_call {
  int number;
  const char *name;
  const char *why;
  const char *when; // "" where any arguments will do
  uint8_t check_count;
  struct check checks[CHECKS_MAX];
  // Where not negative: this argument, a length, may not be above the job's memory (then ENOMEM is the answer).
  int8_t length_argument;
  // Shown to the launcher before it goes on: it takes the last measurement then.
  bool observed;
};

struct errno_call {
  int number;
  const char *name;
  int error; // or an ANSWER_*; 0: it does nothing, and says that it is done
  const char *why;
  uint8_t check_count;
  struct check checks[CHECKS_MAX]; // other arguments end the process
};

// What the launcher does in the kernel's place, where that is more than to say an error (go_calls.c).
enum {
  ANSWER_END = -1,     // of the program, with the first argument as its code
  ANSWER_NEVER = -2,   // the thread sleeps
  ANSWER_PATH = -3,    // ENOENT for paths that a runtime looks for at its start; any other one ends the process
  ANSWER_QUEUE = -4,   // the event queue for timers
  ANSWER_EVENT = -5,   // the event that wakes it
  ANSWER_CONTROL = -6, // puts that into it
  ANSWER_WORDS = -7,   // last words: address and length are the second and third argument
};

struct policy {
  const char *runtime;
  const char *flavour; // NULL where the runtime has one table only
  const char *arch;
  uint32_t audit_arch;
  const struct allowed_call *allowed;
  size_t allowed_count;
  const struct errno_call *errnos;
  size_t errno_count;
  // Two-phase runtimes: what else the launcher lets through until the lock. An error of 0 means that it goes on.
  const struct errno_call *starts;
  size_t start_count;
};

extern const struct policy native_policy;

// Two calls of our bootstrap that no kernel ever sees: the launcher takes them for what they say.
// umask with this in its upper half: the lock is asked for, or the service has ended with the code in the lower half.
enum { SIGNAL_LOCK = 0x0ab10000, SIGNAL_END = 0x0ab20000, SIGNAL_MASK = 0xffff0000 };
// pwrite64 to descriptor 2, which does not exist: the service's last words.
enum { WORDS_DESCRIPTOR = 2 };

// The filter: foreign architectures, x32 and everything not in the allow list go to USER_NOTIF, so that the launcher
// learns which call it was. Answers the number of instructions, 0 if they don't fit.
size_t build_filter(const struct policy *policy, uint64_t memory_bytes, struct sock_filter out[FILTER_MAX]);

// The same for a tracer (trace.h), with TRACE in the place of USER_NOTIF, and SHOWN_FOREIGN for foreign architectures.
size_t build_traced_filter(const struct policy *policy, uint64_t memory_bytes, struct sock_filter out[FILTER_MAX]);

enum judgement {
  JUDGE_DENY,      // end the process, report the name
  JUDGE_ERRNO,     // answer with *error
  JUDGE_TOO_LARGE, // answer ENOMEM, and remember that memory ran out
  JUDGE_OBSERVE,   // measure, then let it go on
  JUDGE_THREAD,    // another thread: count it, then let it go on
  JUDGE_ABORT,     // the process asked for its own SIGABRT
  JUDGE_START,     // a start-up call of a two-phase runtime: let it go on
  JUDGE_LOCK,      // our bootstrap asks for the lock
  JUDGE_END,       // the service has ended; its exit code is the low half of the first argument
  JUDGE_WORDS,     // the service's last words: address and length are the second and third argument
};
// What to do about a call that the filter showed. *index is the entry's place in the errno table for JUDGE_ERRNO.
enum judgement judge_call(const struct policy *policy, const struct seccomp_data *data, uint64_t memory_bytes,
                          size_t *index);
// The same before the lock, by the start table; for JUDGE_ERRNO *index is a place in that.
enum judgement judge_start_call(const struct policy *policy, const struct seccomp_data *data, size_t *index);

// `openat`, or `i386:openat`, `x32:openat` for other entries, `syscall_999` for unknown numbers; into out.
void call_name(const struct policy *policy, const struct seccomp_data *data, char *out, size_t size);
const char *error_name(int error);
