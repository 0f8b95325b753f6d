// See script.h.
#include "script.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "trace.h"

// Since 5.9; for older headers (uapi/linux/seccomp.h).
struct add_descriptor {
  uint64_t id;
  uint32_t flags, source, at, at_flags;
};
enum { ADD_AT = 1 };
enum { NUDGE_MS = 100 };
#define ADD_DESCRIPTOR SECCOMP_IOW(3, struct add_descriptor)

bool script_put_descriptor(const struct job *job, uint64_t id, int descriptor, int at, uint32_t flags) {
  struct add_descriptor add = {id, ADD_AT, (uint32_t)descriptor, (uint32_t)at, flags};
  return job->listener >= 0 && ioctl(job->listener, ADD_DESCRIPTOR, &add) == at;
}

bool script_give_up(struct job *job, enum exit_reason reason, const char *step, int error) {
  char message[MESSAGE_LIMIT];
  if (error != 0)
    snprintf(message, sizeof message, "%s: %s", step, strerror(error));
  else
    snprintf(message, sizeof message, "%s", step);
  job_end(job, reason, message);
  return false;
}

int script_patience(const struct job *job, uint64_t now, uint64_t deadline, uint64_t *nudge) {
  const uint64_t step = (uint64_t)NUDGE_MS * 1000000u;
  if (*nudge == 0) *nudge = now + step;
  if (now >= *nudge) {
    if (job->pid > 0) kill(job->pid, SIGCONT);
    *nudge = now + step;
  }
  uint64_t until = *nudge < deadline ? *nudge : deadline;
  return (int)((until - now) / 1000000) + 1;
}

bool script_wait(struct job *job, int fd, uint64_t deadline) {
  if (job->tracer != NULL) return trace_wait(job, fd, deadline);
  struct pollfd both[2] = {{.fd = fd, .events = POLLIN}, {.fd = job->pidfd, .events = POLLIN}};
  for (uint64_t nudge = 0;;) {
    uint64_t now = now_ns();
    if (now >= deadline) return script_give_up(job, REASON_SANDBOX_ERROR, "the start took too long", 0);
    int ready = poll(both, 2, script_patience(job, now, deadline, &nudge));
    if (ready < 0 && errno != EINTR) return script_give_up(job, REASON_SANDBOX_ERROR, "poll", errno);
    if (ready > 0 && both[0].revents != 0) return true;
    if (ready > 0) return script_give_up(job, REASON_SANDBOX_ERROR, "the child died while it was being locked", 0);
  }
}

bool script_read_report(struct job *job, struct setup_report *report, uint64_t deadline) {
  if (!script_wait(job, job->status, deadline)) return false;
  memset(report, 0, sizeof *report);
  ssize_t length = read(job->status, report, sizeof *report);
  if (length == 0) {
    report->step = 0; // end of file: exec has closed the child's end
    return true;
  }
  if (length != (ssize_t)sizeof *report) return script_give_up(job, REASON_SANDBOX_ERROR, "status pipe", EPROTO);
  return true;
}

bool script_same_call(const struct seccomp_data *seen, const struct scripted_call *expected) {
  if (seen->arch != native_policy.audit_arch || seen->nr != expected->number) return false;
  for (size_t i = 0; i < expected->checked; i++)
    if (seen->args[i] != expected->args[i]) return false;
  return true;
}

bool script_next(struct job *job, uint64_t deadline, struct seccomp_notif *seen) {
  if (job->tracer != NULL) return trace_receive(job, seen, deadline);
  if (!script_wait(job, job->listener, deadline)) return false;
  memset(seen, 0, sizeof *seen);
  if (ioctl(job->listener, SECCOMP_IOCTL_NOTIF_RECV, seen) == 0) return true;
  return script_give_up(job, REASON_SANDBOX_ERROR, "seccomp listener", errno);
}

bool script_receive(struct job *job, const struct scripted_call *expected, uint64_t deadline, uint64_t *id) {
  struct seccomp_notif seen;
  if (!script_next(job, deadline, &seen)) return false;
  if (!script_same_call(&seen.data, expected)) return script_give_up(job, REASON_SANDBOX_ERROR, "descriptors", EPROTO);
  *id = seen.id;
  return true;
}

bool script_answer(struct job *job, uint64_t id) {
  struct seccomp_notif_resp answer;
  if (job->tracer != NULL) {
    trace_answer(job, (pid_t)id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    return true; // if it was killed, that is seen next
  }
  memset(&answer, 0, sizeof answer);
  answer.id = id;
  answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  if (ioctl(job->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0) return true;
  return script_give_up(job, REASON_SANDBOX_ERROR, "seccomp listener", errno);
}

bool script_close_table(struct job *job) {
  struct rlimit none = {0, job->direct->descriptors};
  if (prlimit(job->pid, RLIMIT_NOFILE, &none, NULL) != 0)
    return script_give_up(job, REASON_SANDBOX_ERROR, "rlimits", errno);
  job->cpu_base_ns = job_cpu_total(job);
  return true;
}

bool script_finish(struct job *job, uint64_t deadline) {
  struct setup_report report;
  if (!script_read_report(job, &report, deadline)) return false;
  if (report.step != 0) return script_give_up(job, REASON_SANDBOX_ERROR, step_name(report.step), report.value);
  if (job->tracer != NULL && !trace_wait_for_exec(job, deadline)) return false;
  close(job->status);
  job->status = -1;
  return true;
}
