// Bookkeeping and reports of jobs. See job.h.
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void job_clear(struct job *job) {
  memset(job, 0, sizeof *job);
  job->pidfd = job->listener = job->status = job->in_file = job->in_pipe = -1;
  job->out_pipe = job->out_file = job->proc_status = job->in_probe = job->code_file = -1;
  job->pid = -1;
  job->queue = job->event = -1;
  job->policy = &native_policy;
  job->direct = &native_direct;
}

void job_be(struct job *job, const struct direct *direct) {
  job->direct = direct;
  job->policy = direct->policy;
}

enum runtime_kind job_runtime(const struct job *job) {
  return job->runtime != NULL ? job->runtime->kind : job->direct->kind;
}

void job_close(struct job *job) {
  int *const all[] = {&job->pidfd,    &job->listener, &job->status,   &job->in_file,    &job->in_pipe,
                      &job->out_pipe, &job->out_file, &job->in_probe, &job->proc_status,
                      &job->code_file, &job->queue,    &job->event};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (*all[i] >= 0) close(*all[i]);
    *all[i] = -1;
  }
}

void job_take_input(struct job *job, int in_file) {
  struct stat about;
  job->in_file = in_file;
  // Empty until it says otherwise: one whose writer is still to come reads as one whose writer has gone.
  job->in_stream = job->in_empty = fstat(in_file, &about) == 0 && S_ISFIFO(about.st_mode);
}

void job_end(struct job *job, enum exit_reason reason, const char *message) {
  if (job->reason == REASON_NONE) {
    if (job->verdict_ns == 0) job->verdict_ns = now_ns();
    job->reason = reason;
    snprintf(job->message, sizeof job->message, "%s", message == NULL ? "" : message);
  }
  // The process is ours and not yet reaped, so the number can't be another's.
  if (job->pid > 0) kill(job->pid, SIGKILL);
}

size_t layer_names(uint32_t layers, const char *names[LAYER_LIMIT]) {
  static const struct {
    uint32_t bit;
    const char *name;
  } optional[] = {
      {LAYER_USER_NS, "user-namespace"}, {LAYER_MOUNT_NS, "mount-namespace"}, {LAYER_NET_NS, "network-namespace"},
      {LAYER_PID_NS, "pid-namespace"},   {LAYER_IPC_NS, "ipc-namespace"},     {LAYER_EMPTY_ROOT, "empty-root"},
      {LAYER_LANDLOCK, "landlock"},
  };
  static const char *const mandatory[] = {"seccomp",      "rlimits",     "descriptors",
                                          "no-new-privs", "capabilities", "parent-death"};
  size_t count = 0;
  for (size_t i = 0; i < sizeof mandatory / sizeof *mandatory; i++) names[count++] = mandatory[i];
  names[count++] = (layers & LAYER_TRACED) != 0 ? "seccomp-trace" : "seccomp-notify";
  for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
    if ((layers & optional[i].bit) != 0) names[count++] = optional[i].name;
  return count;
}

bool job_open_output(struct job *job) {
  if (job->out_file >= 0 || job->carried.on) return true;
  char message[MESSAGE_LIMIT];
  job->out_file = open(job->out_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
  if (job->out_file >= 0) return true;
  snprintf(message, sizeof message, "output file: %s", strerror(errno));
  job_end(job, REASON_SANDBOX_ERROR, message);
  return false;
}

static uint32_t to_ms(uint64_t ns) {
  uint64_t ms = (ns + 500000) / 1000000;
  return ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

static int64_t us_between(uint64_t from, uint64_t to) {
  return from == 0 || to < from ? NO_TIME : (int64_t)((to - from) / 1000);
}

size_t job_report(const struct job *job, uint8_t *out) {
  struct exit_frame frame = {
      .job = job->id,
      .reason = job->reason,
      .has_exit_code = job->has_exit_code,
      .exit_code = job->exit_code,
      .cpu_ms = to_ms(job->cpu_used_ns),
      .wall_ms = job->started_ns == 0 ? 0 : to_ms(job->ended_ns - job->started_ns),
      .first_byte_us = us_between(job->accepted_ns, job->first_byte_ns),
      .teardown_us = us_between(job->verdict_ns, job->ended_ns),
      .peak_memory_bytes = job->peak_bytes,
      .bytes_in = job->bytes_in > job->unread_bytes ? job->bytes_in - job->unread_bytes : 0,
      .bytes_out = job->bytes_out,
      .syscall = job->syscall,
      .signal = job->signal,
      .message = job->message,
  };
  // A job that was never locked has no layer to boast of.
  if (job->started_ns != 0) frame.layer_count = layer_names(job->layers, frame.layers);
  for (size_t i = 0; i < job->policy->errno_count && i < HIT_LIMIT; i++) {
    if (job->hits[i] == 0) continue;
    const char *name = job->policy->errnos[i].name;
    size_t at = 0;
    while (at < frame.hit_count && strcmp(frame.hits[at].name, name) != 0) at++;
    frame.hits[at].name = name;
    if (at == frame.hit_count) {
      frame.hits[at].count = 0;
      frame.hit_count++;
    }
    frame.hits[at].count += job->hits[i];
  }
  return encode_exit(&frame, out);
}
