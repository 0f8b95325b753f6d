// A native service's process that waits for its program: locked, and held by us in the first of its last calls. The
// program is put into its table from outside, so that nothing runs twice. See job.h.
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "script.h"
#include "start.h"

// Since 5.9; for older headers (uapi/linux/seccomp.h).
struct add_descriptor {
  uint64_t id;
  uint32_t flags, source, at, at_flags;
};
enum { ADD_AT = 1 };
#define ADD_DESCRIPTOR SECCOMP_IOW(3, struct add_descriptor)

static size_t last_calls(const struct job *job, struct scripted_call script[SCRIPT_MAX]) {
  return write_last_calls((job->layers & LAYER_LANDLOCK) != 0, script);
}

bool spare_wait(struct job *job, uint64_t deadline) {
  struct scripted_call script[SCRIPT_MAX];
  (void)last_calls(job, script);
  return script_receive(job, &script[0], deadline, &job->held_call);
}

void job_on_spare_call(struct job *job) {
  struct scripted_call script[SCRIPT_MAX];
  struct seccomp_notif seen;
  memset(&seen, 0, sizeof seen);
  if (ioctl(job->listener, SECCOMP_IOCTL_NOTIF_RECV, &seen) != 0) return; // it died meanwhile
  (void)last_calls(job, script);
  if (script_same_call(&seen.data, &script[0]))
    job->held_call = seen.id; // a signal has interrupted it, such as those of a freezer: the call was made anew
  else
    job_end(job, REASON_SANDBOX_ERROR, "a process that waits made an unexpected call");
}

static bool put_program(struct job *job, int program) {
  if (job->rules >= 0 && !allow_program(job->rules, program))
    return script_give_up(job, REASON_SANDBOX_ERROR, "landlock", errno);
  struct add_descriptor add = {job->held_call, ADD_AT, (uint32_t)program, DESCRIPTOR_PROGRAM, O_CLOEXEC};
  if (ioctl(job->listener, ADD_DESCRIPTOR, &add) == DESCRIPTOR_PROGRAM) return true;
  return script_give_up(job, REASON_SANDBOX_ERROR, "a process that waited does not wait any more", errno);
}

static bool set_last_limits(struct job *job) {
  uint64_t seconds = (job_cpu_total(job) + job->cpu_ns) / 1000000000u + 2; // a backstop, as for a cold start
  struct rlimit cpu = {(rlim_t)seconds, (rlim_t)seconds};
  struct rlimit address = {(rlim_t)job->address_bytes, (rlim_t)job->address_bytes};
  if (prlimit(job->pid, RLIMIT_CPU, &cpu, NULL) != 0 || prlimit(job->pid, RLIMIT_AS, &address, NULL) != 0)
    return script_give_up(job, REASON_SANDBOX_ERROR, "rlimits", errno);
  return script_close_table(job);
}

static bool let_run(struct job *job) {
  uint64_t deadline = now_ns() + (uint64_t)SETUP_MS * 1000000u, id = 0;
  struct scripted_call script[SCRIPT_MAX];
  size_t calls = last_calls(job, script);
  job_prime_input(job);
  for (size_t i = 1; i < calls; i++)
    if (!script_receive(job, &script[i], deadline, &id) || !script_answer(job, id)) return false;
  return script_finish(job, deadline);
}

bool job_take_program(struct job *job, const struct limits *limits, int program, int in_file, int out_file) {
  job->max_output_bytes = limits->max_output_bytes;
  job->wall_ns = (uint64_t)limits->wall_ms * 1000000u;
  job->cpu_ns = (uint64_t)limits->cpu_ms * 1000000u;
  bool fine = start_check_program(job, program);
  if (fine && !(put_program(job, program) && set_last_limits(job) && script_answer(job, job->held_call))) return false;
  job->spare = false;
  job_take_input(job, in_file);
  job->out_file = out_file;
  if (fine && let_run(job)) job->started_ns = job->reported_ns = now_ns();
  close(program);
  return true;
}
