// What happens while a service runs: its calls, its memory and clocks, its end. See job.h.
#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "job.h"
#include "memory.h"
#include "trace.h"

// --- calls ---

void job_answer_call(struct job *job, uint64_t id, int error, int64_t value, uint32_t flags) {
  struct seccomp_notif_resp answer;
  if (job->tracer != NULL) {
    trace_answer(job, (pid_t)id, error, value, flags);
    return;
  }
  memset(&answer, 0, sizeof answer);
  answer.id = id;
  answer.val = value;
  answer.error = -error;
  answer.flags = flags;
  // It fails only if the process has died meanwhile, which is noticed elsewhere.
  (void)ioctl(job->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

void job_measure_memory(struct job *job) {
  char text[4096];
  struct memory memory;
  ssize_t length = pread(job->proc_status, text, sizeof text - 1, 0);
  if (length <= 0) return;
  text[length] = '\0';
  if (!parse_memory(text, &memory)) return;
  job->now_bytes = memory.used_bytes;
  if (memory.used_bytes > job->peak_bytes) job->peak_bytes = memory.used_bytes;
  // A sixteenth below a limit an allocation of any size may have been refused; which can't be seen from here.
  uint64_t limit = job->memory_bytes + (job->runtime != NULL ? job->runtime->reserved_bytes : job->direct->reserved_bytes);
  if (memory.data_bytes > limit - job->memory_bytes / 16 ||
      memory.peak_address_bytes > job->address_bytes - job->address_bytes / 16)
    job->near_limit = true;
  if (memory.used_bytes > job->memory_bytes) job_end(job, REASON_OUT_OF_MEMORY, "");
}

// The process asked for its own end by SIGABRT. V8 does so when its heap is full, which is more than half of the memory
// (nodejs.c); Node.js does so for its own mistakes.
static void on_abort(struct job *job) {
  snprintf(job->signal, sizeof job->signal, "SIGABRT");
  job_measure_memory(job);
  const struct runtime *runtime = job->runtime;
  bool full = runtime != NULL && (runtime->aborts_only_when_full ||
                                  (runtime->aborts_when_full && job->peak_bytes > job->memory_bytes / 2));
  bool memory = job->near_limit || full;
  job_end(job, memory ? REASON_OUT_OF_MEMORY : REASON_CRASHED, "");
}

static void on_denied(struct job *job, const struct seccomp_data *call) {
  if (job->reason == REASON_NONE) call_name(job->policy, call, job->syscall, sizeof job->syscall);
  job_measure_memory(job);
  // Before the lock, or before there is a service, it is our own code that made it.
  if (job->phase == PHASE_START || job->spare)
    job_end(job, REASON_SANDBOX_ERROR, "the runtime made a call that its start is not allowed");
  else
    job_end(job, REASON_SYSCALL_DENIED, "");
}

// Before the lock only our code runs, in memory that nobody shares: what was checked is what is done.
static void on_start_call(struct job *job, const struct seccomp_notif *seen) {
  size_t index = 0;
  switch (judge_start_call(job->policy, &seen->data, &index)) {
    case JUDGE_START: job_answer_call(job, seen->id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE); return;
    case JUDGE_ERRNO: job_answer_call(job, seen->id, job->policy->starts[index].error, 0, 0); return;
    case JUDGE_LOCK:
      job->has_lock_call = true;
      job->lock_call = seen->id;
      job->lock_thread = (pid_t)seen->pid;
      job_try_lock(job);
      return;
    case JUDGE_WORDS:
      job_hear_words(job, seen->data.args[1], seen->data.args[2]);
      job_answer_call(job, seen->id, 0, (int64_t)seen->data.args[2], 0);
      return;
    case JUDGE_END:
    case JUDGE_ABORT: {
      char message[MESSAGE_LIMIT];
      snprintf(message, sizeof message, "the runtime ended before it was locked: %.400s", job->words);
      job_end(job, REASON_SANDBOX_ERROR, message);
      return;
    }
    case JUDGE_OBSERVE:
    case JUDGE_THREAD:
    case JUDGE_TOO_LARGE:
    case JUDGE_DENY: on_denied(job, &seen->data);
  }
}

void job_on_call(struct job *job) {
  struct seccomp_notif seen;
  memset(&seen, 0, sizeof seen);
  if (ioctl(job->listener, SECCOMP_IOCTL_NOTIF_RECV, &seen) != 0) return; // it died meanwhile
  job_judge_call(job, &seen);
}

void job_judge_call(struct job *job, const struct seccomp_notif *seen) {
  size_t index = 0;
  if (job->phase == PHASE_START) {
    on_start_call(job, seen);
    return;
  }
  switch (judge_call(job->policy, &seen->data, job->memory_bytes, &index)) {
    case JUDGE_OBSERVE:
      job->verdict_ns = now_ns(); // its own: what is left is to end
      job_measure_memory(job);
      // Registers can't change while it waits, so it is exit_group that goes on.
      if (job->reason == REASON_NONE) job_answer_call(job, seen->id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
      return;
    case JUDGE_THREAD:
      if (++job->threads > job->direct->threads) break;
      job_answer_call(job, seen->id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
      return;
    case JUDGE_TOO_LARGE:
      job->near_limit = true;
      job_answer_call(job, seen->id, ENOMEM, 0, 0);
      return;
    case JUDGE_ERRNO:
      if (index < HIT_LIMIT) job->hits[index]++;
      // Each answer costs the launcher some microseconds: a service can't be allowed to ask for ever.
      if (++job->total_hits > ERRNO_ANSWERS_MAX) break;
      if (job->policy->errnos[index].error >= 0)
        job_answer_call(job, seen->id, job->policy->errnos[index].error, 0, 0);
      else if (!job_answer_instead(job, seen, job->policy->errnos[index].error))
        break;
      return;
    case JUDGE_WORDS:
      // One is enough to say them all.
      if (++job->words_calls > WORDS_CALLS_MAX) break;
      job_hear_words(job, seen->data.args[1], seen->data.args[2]);
      job_answer_call(job, seen->id, 0, (int64_t)seen->data.args[2], 0);
      return;
    case JUDGE_END: job_say_end(job, (uint32_t)seen->data.args[0] & ~(uint32_t)SIGNAL_MASK); return;
    case JUDGE_ABORT: on_abort(job); return;
    case JUDGE_START:
    case JUDGE_LOCK:
    case JUDGE_DENY: break;
  }
  on_denied(job, &seen->data);
}

void job_forget_calls(struct job *job) {
  close(job->listener);
  job->listener = -1;
}

// --- clocks and the end ---

uint64_t job_cpu_total(const struct job *job) {
  struct timespec t;
  // The kernel's number for a process's CPU clock (clock_getcpuclockid makes the same).
  if (clock_gettime((clockid_t)(((unsigned)~job->pid << 3) | 2u), &t) != 0) return job->cpu_base_ns + job->cpu_used_ns;
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t cpu_of(const struct job *job) {
  uint64_t total = job_cpu_total(job);
  return total > job->cpu_base_ns ? total - job->cpu_base_ns : 0;
}

void job_measure(struct job *job, uint64_t now) {
  if (job->has_lock_call) job_try_lock(job);
  job_measure_memory(job);
  if (job->phase == PHASE_START && now >= job->setup_deadline_ns)
    job_end(job, REASON_SANDBOX_ERROR, "the runtime's start took too long");
  // It may have begun just above, after the caller looked at the clock.
  if (job->started_ns == 0 || now < job->started_ns) return;
  job->cpu_used_ns = cpu_of(job);
  if (job->cpu_used_ns >= job->cpu_ns) job_end(job, REASON_CPU_TIMEOUT, "");
  if (now - job->started_ns >= job->wall_ns) job_end(job, REASON_WALL_TIMEOUT, "");
}

static const char *signal_name(int number) {
  switch (number) {
    case SIGSEGV: return "SIGSEGV";
    case SIGILL: return "SIGILL";
    case SIGFPE: return "SIGFPE";
    case SIGABRT: return "SIGABRT";
    case SIGBUS: return "SIGBUS";
    case SIGTRAP: return "SIGTRAP";
    case SIGSYS: return "SIGSYS";
    case SIGPIPE: return "SIGPIPE";
    case SIGXCPU: return "SIGXCPU";
    case SIGKILL: return "SIGKILL";
    case SIGTERM: return "SIGTERM";
    default: return "other";
  }
}

void job_end_by_signal(struct job *job, int number) {
  if (job->reason != REASON_NONE) return;
  snprintf(job->signal, sizeof job->signal, "%s", signal_name(number));
  job_end(job, job->near_limit ? REASON_OUT_OF_MEMORY : REASON_CRASHED, "");
}

static void judge_end(struct job *job, int status) {
  if (job->started_ns == 0) {
    char message[MESSAGE_LIMIT];
    snprintf(message, sizeof message, "the runtime ended before its service came: %s %d %.300s",
             WIFEXITED(status) ? "exit code" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
             job->words);
    job_end(job, REASON_SANDBOX_ERROR, message);
    return;
  }
  if (WIFEXITED(status)) {
    job->has_exit_code = true;
    job->exit_code = (uint8_t)WEXITSTATUS(status);
    if (job->exit_code == 0)
      job_end(job, REASON_COMPLETED, "");
    else
      job_end(job, job->near_limit ? REASON_OUT_OF_MEMORY : REASON_FAILED, job->words);
    return;
  }
  int number = WTERMSIG(status);
  if (number == SIGKILL || number == SIGXCPU) {
    snprintf(job->signal, sizeof job->signal, "%s", signal_name(number));
    if (job->cpu_used_ns >= job->cpu_ns)
      job_end(job, REASON_CPU_TIMEOUT, "");
    else
      job_end(job, REASON_SANDBOX_ERROR, "killed from outside, by the system or its user");
    return;
  }
  job_end_by_signal(job, number);
}

void job_reap(struct job *job) {
  int status = 0;
  struct rusage used;
  pid_t reaped = wait4(job->pid, &status, WNOHANG, &used);
  if (reaped == 0 || (reaped < 0 && errno == EINTR)) return;
  job_reaped(job, status, reaped < 0 ? NULL : &used);
}

void job_reaped(struct job *job, int status, const struct rusage *used) {
  job->pid = -1; // from here job_end kills nobody
  job->ended_ns = now_ns();
  if (used != NULL) {
    uint64_t total = ((uint64_t)used->ru_utime.tv_sec + (uint64_t)used->ru_stime.tv_sec) * 1000000000u +
                     ((uint64_t)used->ru_utime.tv_usec + (uint64_t)used->ru_stime.tv_usec) * 1000u;
    job->cpu_used_ns = total > job->cpu_base_ns ? total - job->cpu_base_ns : 0;
  }
  // What it wrote before its end still counts, and may still be too much.
  while (job->reason == REASON_NONE && job_pump_output(job)) continue;
  carried_settle(job);
  job_count_unread(job);
  if (job->started_ns != 0) (void)job_open_output(job); // an empty one is one, too
  if (used == NULL) job_end(job, REASON_SANDBOX_ERROR, "the process was lost");
  if (job->reason == REASON_NONE) judge_end(job, status);
  carried_close(job);
  job->state = JOB_ENDED;
}
