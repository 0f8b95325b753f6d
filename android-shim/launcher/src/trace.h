// The listener of kernels whose filters can't notify (before 5.5): calls that the filter shows stop the process, and we,
// its tracer, see them in its registers. It answers to the same judgements as the other (watch.c), and lets only that
// very call go on, or skips it.
//
// Why that is as safe as USER_NOTIF:
// - A stopped thread's registers can be changed by its tracer only, and a process has one: ours from before its filter on.
//   What a call points to in memory is never judged after the lock.
// - Before 4.8 a tracer's changes were not filtered again. We change nothing but the number, to -1, which runs nothing.
// - Without a tracer the kernel answers ENOSYS to all that the filter shows; when we die, PTRACE_O_EXITKILL ends all.
// - A call that was interrupted by SIGKILL while we looked is not run: the kernel asks for that before it goes on.
#pragma once

#include <linux/seccomp.h>

#include "job.h"

// `signals` tells that some process stopped or ended (signalfd). Kernels before 5.3 have no pidfd.
struct tracer {
  int signals;
  bool again; // there may be more to see, though `signals` doesn't say so
};

// False with errno.
bool tracer_open(struct tracer *tracer);

// During a start, for the one process being started (script.c). Each ends the job where it answers false.
// Attaches to a new child and lets it go on: it waits for one byte from the pipe `go`.
bool trace_attach(struct job *job, int go);
// Waits until `fd` can be read, or the child has died.
bool trace_wait(struct job *job, int fd, uint64_t deadline);
bool trace_receive(struct job *job, struct seccomp_notif *seen, uint64_t deadline);
bool trace_wait_for_exec(struct job *job, uint64_t deadline);

// Takes in stops and ends of all jobs' processes, in the order in which they came.
void trace_look(struct tracer *tracer, struct job *jobs);
// Lets a call go on (SECCOMP_USER_NOTIF_FLAG_CONTINUE), or skips it with an error or a value. `thread` is the call's id.
void trace_answer(struct job *job, pid_t thread, int error, int64_t value, uint32_t flags);
// Whether it has ended; it is not reaped.
bool trace_has_ended(const struct job *job);
