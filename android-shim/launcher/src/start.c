// The launcher's side of a start: pipes, clone, the listener's hand-over, and the script under the lock. See job.h.
// It is synchronous (about a millisecond): while the child shares our descriptor table nothing else may change it.
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "elf_check.h"
#include "job.h"

enum { FIRST_JOB_DESCRIPTOR = 4, DESCRIPTOR_LIMIT = 1024 };
// SECCOMP_IOCTL_NOTIF_SET_FLAGS and SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, for headers older than 6.6.
#define NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
enum { SYNC_WAKE_UP = 1 };

struct ends {
  int program, out_child, status_child; // what the child takes; ours until it has its own table
};

static void drop(int *descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

static void drop_child_ends(struct ends *ends) {
  drop(&ends->program);
  drop(&ends->out_child);
  drop(&ends->status_child);
}

static bool belongs_to(const struct job *job, int fd) {
  return job->state != JOB_FREE &&
         (fd == job->pidfd || fd == job->listener || fd == job->status || fd == job->in_file || fd == job->in_pipe ||
          fd == job->out_pipe || fd == job->out_file || fd == job->proc_status || fd == job->in_probe || fd == job->code_file);
}

// A child that died before it had its own table may have left descriptors in ours.
static void sweep_strays(const struct start_context *context) {
  for (int fd = FIRST_JOB_DESCRIPTOR; fd < DESCRIPTOR_LIMIT; fd++) {
    bool owned = false;
    for (size_t i = 0; i < PLACES_MAX && !owned; i++)
      owned = fd == context->places[i].folder_fd || fd == context->places[i].program_fd;
    for (size_t i = 0; i < JOBS_MAX && !owned; i++) owned = belongs_to(&context->jobs[i], fd);
    if (!owned) close(fd);
  }
}

static bool give_up(struct job *job, enum exit_reason reason, const char *step, int error) {
  char message[MESSAGE_LIMIT];
  if (error != 0)
    snprintf(message, sizeof message, "%s: %s", step, strerror(error));
  else
    snprintf(message, sizeof message, "%s", step);
  job_end(job, reason, message);
  return false;
}

static bool check_program(struct job *job, int program, uint64_t *size) {
  uint8_t head[ELF_HEAD_MAX];
  struct stat about;
  uint64_t data = 0;
  if (fstat(program, &about) != 0) return give_up(job, REASON_SANDBOX_ERROR, "program", errno);
  if (!S_ISREG(about.st_mode)) return give_up(job, REASON_SANDBOX_ERROR, "the program is not a regular file", 0);
  ssize_t length = pread(program, head, sizeof head, 0);
  if (length < 0) return give_up(job, REASON_SANDBOX_ERROR, "program", errno);
  const char *wrong = check_elf(head, (size_t)length, &data);
  if (wrong != NULL) return give_up(job, REASON_SANDBOX_ERROR, wrong, 0);
  if (data > job->memory_bytes)
    return give_up(job, REASON_OUT_OF_MEMORY, "the program's data alone is larger than its memory", 0);
  *size = (uint64_t)about.st_size;
  return true;
}

static bool open_pipes(struct job *job, struct ends *ends) {
  int in[2], out[2], status[2];
  if (pipe2(in, O_CLOEXEC) != 0) return give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  job->in_probe = in[0];
  job->in_pipe = in[1];
  if (pipe2(out, O_CLOEXEC) != 0) return give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  job->out_pipe = out[0];
  ends->out_child = out[1];
  if (pipe2(status, O_CLOEXEC) != 0) return give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  job->status = status[0];
  ends->status_child = status[1];
  // Each end is an open file of its own: the service's ends stay blocking.
  if (fcntl(job->in_pipe, F_SETFL, O_NONBLOCK) != 0 || fcntl(job->out_pipe, F_SETFL, O_NONBLOCK) != 0)
    return give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  return true;
}

static bool clone_child(struct job *job, const struct child_plan *plan) {
  unsigned long flags = (unsigned long)plan->namespaces | CLONE_FILES | CLONE_PIDFD | SIGCHLD;
  int pidfd = -1;
  // Like fork: no new stack. The pidfd's address is the third argument on every architecture.
  long pid = syscall(SYS_clone, flags, 0, &pidfd, 0, 0);
  if (pid < 0) return give_up(job, REASON_SANDBOX_ERROR, "clone", errno);
  if (pid == 0) run_child(plan);
  job->pid = (pid_t)pid;
  job->pidfd = pidfd;
  return true;
}

// Waits until `fd` can be read. False when the child has died instead, or the time is up.
static bool wait_for(struct job *job, int fd, uint64_t deadline) {
  struct pollfd both[2] = {{.fd = fd, .events = POLLIN}, {.fd = job->pidfd, .events = POLLIN}};
  for (;;) {
    uint64_t now = now_ns();
    if (now >= deadline) return give_up(job, REASON_SANDBOX_ERROR, "the start took too long", 0);
    int ready = poll(both, 2, (int)((deadline - now) / 1000000) + 1);
    if (ready < 0 && errno != EINTR) return give_up(job, REASON_SANDBOX_ERROR, "poll", errno);
    if (ready > 0 && both[0].revents != 0) return true;
    if (ready > 0) return give_up(job, REASON_SANDBOX_ERROR, "the child died while it was being locked", 0);
  }
}

static bool read_report(struct job *job, struct setup_report *report, uint64_t deadline) {
  if (!wait_for(job, job->status, deadline)) return false;
  ssize_t length = read(job->status, report, sizeof *report);
  if (length == 0) {
    report->step = 0; // end of file: exec has closed the child's end
    return true;
  }
  if (length != (ssize_t)sizeof *report) return give_up(job, REASON_SANDBOX_ERROR, "status pipe", EPROTO);
  return true;
}

static bool same_call(const struct seccomp_data *seen, const struct scripted_call *expected) {
  if (seen->arch != native_policy.audit_arch || seen->nr != expected->number) return false;
  for (size_t i = 0; i < expected->checked; i++)
    if (seen->args[i] != expected->args[i]) return false;
  return true;
}

// The clock of a process, by its number (as clock_getcpuclockid makes it).
static clockid_t cpu_clock(pid_t pid) { return (clockid_t)(((unsigned)~pid << 3) | 2u); }

// Lets one call of the script go on. CONTINUE is safe here and only here: until exec the child runs our code alone,
// in memory that nobody shares, so what was checked is what is done.
static bool let_through(struct job *job, const struct scripted_call *expected, uint64_t deadline, bool last_opening) {
  struct seccomp_notif seen;
  struct seccomp_notif_resp answer;
  struct timespec cpu = {0, 0};
  if (!wait_for(job, job->listener, deadline)) return false;
  memset(&seen, 0, sizeof seen);
  if (ioctl(job->listener, SECCOMP_IOCTL_NOTIF_RECV, &seen) != 0)
    return give_up(job, REASON_SANDBOX_ERROR, "seccomp listener", errno);
  if (!same_call(&seen.data, expected)) return give_up(job, REASON_SANDBOX_ERROR, "descriptors", EPROTO);
  if (last_opening) {
    // Nothing opens from here on. Last, because the calls before needed room in the table.
    struct rlimit none = {0, 0};
    if (prlimit(job->pid, RLIMIT_NOFILE, &none, NULL) != 0)
      return give_up(job, REASON_SANDBOX_ERROR, "rlimits", errno);
    clock_gettime(cpu_clock(job->pid), &cpu);
    job->cpu_base_ns = (uint64_t)cpu.tv_sec * 1000000000u + (uint64_t)cpu.tv_nsec;
  }
  memset(&answer, 0, sizeof answer);
  answer.id = seen.id;
  answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  if (ioctl(job->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) != 0)
    return give_up(job, REASON_SANDBOX_ERROR, "seccomp listener", errno);
  return true;
}

static bool hand_over(struct job *job, struct ends *ends, const struct child_plan *plan) {
  uint64_t deadline = now_ns() + (uint64_t)SETUP_MS * 1000000u;
  struct scripted_call script[SCRIPT_MAX];
  struct setup_report report;
  if (!read_report(job, &report, deadline)) return false;
  if (report.step != STEP_LOCKED || report.value < FIRST_JOB_DESCRIPTOR)
    return give_up(job, REASON_SANDBOX_ERROR, step_name(report.step), report.value);
  job->listener = report.value;
  job->layers = report.layers;
  // Since 6.6: whoever answers is woken on the same processor, which makes each call several times quicker.
  (void)ioctl(job->listener, NOTIF_SET_FLAGS, SYNC_WAKE_UP);
  size_t calls = write_script(plan, script);
  for (size_t i = 0; i < calls; i++) {
    // A runtime opens its libraries first.
    bool last_opening = i == calls - 1 && plan->folder == NULL;
    if (!let_through(job, &script[i], deadline, last_opening)) return false;
    // The second call proves that the first, unshare, is done: the child has its own table, ours can be tidied.
    if (i == 1) drop_child_ends(ends);
  }
  if (!read_report(job, &report, deadline)) return false;
  if (report.step != 0) return give_up(job, REASON_SANDBOX_ERROR, step_name(report.step), report.value);
  drop(&job->status);
  return true;
}

static bool open_monitor(struct job *job) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", (int)job->pid);
  job->proc_status = open(path, O_RDONLY | O_CLOEXEC);
  return job->proc_status >= 0 || give_up(job, REASON_SANDBOX_ERROR, "/proc", errno);
}

static bool launch(struct job *job, const struct start_context *context, struct ends *ends, struct child_plan *plan) {
  struct sock_filter filter[FILTER_MAX];
  plan->in_pipe = job->in_probe;
  plan->out_pipe = ends->out_child;
  plan->program = ends->program;
  plan->status = ends->status_child;
  plan->launcher = context->launcher;
  plan->namespaces = context->namespaces;
  plan->filter = filter;
  plan->filter_length = build_filter(job->policy, job->memory_bytes, filter);
  plan->address_bytes = job->address_bytes;
  if (plan->filter_length == 0) return give_up(job, REASON_SANDBOX_ERROR, "the filter is too long", 0);
  return clone_child(job, plan) && open_monitor(job) && hand_over(job, ends, plan);
}

static bool launch_native(struct job *job, const struct start_context *context, struct ends *ends, uint32_t cpu_ms) {
  uint64_t size = 0;
  if (!check_program(job, ends->program, &size) || !open_pipes(job, ends)) return false;
  // Address space beside the memory: the program's file, its stack, and what the kernel maps.
  job->address_bytes = job->memory_bytes + size + (16u << 20);
  struct child_plan plan = {
      .arguments = native_arguments,
      .folder_fd = -1,
      .memory_bytes = job->memory_bytes,
      .stack_bytes = 8u << 20,
      // A backstop only: the monitor is finer. One more second, so that it is the monitor that acts.
      .cpu_seconds = cpu_ms / 1000 + 2,
  };
  return launch(job, context, ends, &plan);
}

static bool launch_runtime(struct job *job, const struct start_context *context, const struct place *place,
                           struct ends *ends) {
  struct arguments arguments;
  uint64_t size = 0;
  if (!check_program(job, ends->program, &size) || !open_pipes(job, ends)) return false;
  job->runtime->arguments(job->memory_bytes, &arguments);
  // V8 and the JVM reserve far more addresses than they use: no limit on these would leave them any.
  job->address_bytes = RLIM_INFINITY;
  struct child_plan plan = {
      .arguments = arguments.list,
      .folder = place->folder,
      .folder_fd = place->folder_fd,
      .memory_bytes = job->memory_bytes + job->runtime->reserved_bytes,
      .stack_bytes = job->runtime->stack_bytes,
      .cpu_seconds = RLIM_INFINITY, // set with the service
  };
  return launch(job, context, ends, &plan);
}

static void abandon(struct job *job, const struct start_context *context, struct ends *ends) {
  bool cloned = job->pid > 0;
  if (cloned) {
    kill(job->pid, SIGKILL);
    while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR) continue;
    job->pid = -1;
  }
  drop_child_ends(ends);
  job_close(job);
  if (cloned) sweep_strays(context);
  job->ended_ns = job->started_ns;
  job->state = JOB_ENDED;
}

void job_start(struct job *job, const struct start_context *context, const struct limits *limits, int program,
               int in_file, int out_file) {
  struct ends ends = {program, -1, -1};
  job->state = JOB_RUNNING;
  job->in_file = in_file;
  job->out_file = out_file;
  job->memory_bytes = limits->memory_bytes;
  job->max_output_bytes = limits->max_output_bytes;
  job->wall_ns = (uint64_t)limits->wall_ms * 1000000u;
  job->cpu_ns = (uint64_t)limits->cpu_ms * 1000000u;
  if (launch_native(job, context, &ends, limits->cpu_ms))
    job->started_ns = job->reported_ns = now_ns();
  else
    abandon(job, context, &ends);
}

void job_warm(struct job *job, const struct start_context *context, const struct place *place, uint64_t memory_bytes) {
  struct ends ends = {fcntl(place->program_fd, F_DUPFD_CLOEXEC, FIRST_JOB_DESCRIPTOR), -1, -1};
  job->state = JOB_RUNNING;
  job->spare = true;
  job->runtime = place->runtime;
  job->policy = place->runtime->policy;
  job->phase = PHASE_START;
  job->memory_bytes = memory_bytes;
  job->setup_deadline_ns = now_ns() + (uint64_t)SETUP_MS * 1000000u;
  if (!launch_runtime(job, context, place, &ends)) abandon(job, context, &ends);
}
