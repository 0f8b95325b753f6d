// What a native service may ask of the kernel: one table for each architecture, and the filter made from it.
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
  int error;
  const char *why;
  uint8_t check_count;
  struct check checks[CHECKS_MAX]; // other arguments end the process
};

struct policy {
  const char *runtime;
  const char *arch;
  uint32_t audit_arch;
  const struct allowed_call *allowed;
  size_t allowed_count;
  const struct errno_call *errnos;
  size_t errno_count;
};

extern const struct policy native_policy;

// The filter: foreign architectures, x32 and everything not in the allow list go to USER_NOTIF, so that the launcher
// learns which call it was. Answers the number of instructions, 0 if they don't fit.
size_t build_filter(const struct policy *policy, uint64_t memory_bytes, struct sock_filter out[FILTER_MAX]);

enum judgement {
  JUDGE_DENY,      // end the process, report the name
  JUDGE_ERRNO,     // answer with *error
  JUDGE_TOO_LARGE, // answer ENOMEM, and remember that memory ran out
  JUDGE_OBSERVE,   // measure, then let it go on
  JUDGE_ABORT,     // the process asked for its own SIGABRT
};
// What to do about a call that the filter showed. *index is the entry's place in the errno table for JUDGE_ERRNO.
enum judgement judge_call(const struct policy *policy, const struct seccomp_data *data, uint64_t memory_bytes,
                          size_t *index);

// `openat`, or `i386:openat`, `x32:openat` for other entries, `syscall_999` for unknown numbers; into out.
void call_name(const struct policy *policy, const struct seccomp_data *data, char *out, size_t size);
const char *error_name(int error);
