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
#include <unistd.h>

#include "elf_check.h"
#include "job.h"
#include "script.h"
#include "start.h"
#include "trace.h"

enum { FIRST_JOB_DESCRIPTOR = 5, DESCRIPTOR_LIMIT = 1024, NATIVE_STACK_BYTES = 8 << 20 };
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
          fd == job->out_pipe || fd == job->out_file || fd == job->proc_status || fd == job->in_probe || fd == job->code_file ||
          fd == job->queue || fd == job->event);
}

// A child that died before it had its own table may have left descriptors in ours.
static void sweep_strays(const struct start_context *context) {
  for (int fd = FIRST_JOB_DESCRIPTOR; fd < DESCRIPTOR_LIMIT; fd++) {
    bool owned = fd == context->image;
    for (size_t i = 0; i < PLACES_MAX && !owned; i++)
      owned = fd == context->places[i].folder_fd || fd == context->places[i].program_fd;
    for (size_t i = 0; i < JOBS_MAX && !owned; i++) owned = belongs_to(&context->jobs[i], fd);
    if (!owned) close(fd);
  }
}

bool start_check_program(struct job *job, int program, struct program_map *map) {
  uint8_t head[ELF_HEAD_MAX];
  struct stat about;
  uint64_t data = 0;
  if (fstat(program, &about) != 0) return script_give_up(job, REASON_SANDBOX_ERROR, "program", errno);
  if (!S_ISREG(about.st_mode)) return script_give_up(job, REASON_SANDBOX_ERROR, "the program is not a regular file", 0);
  ssize_t length = pread(program, head, sizeof head, 0);
  if (length < 0) return script_give_up(job, REASON_SANDBOX_ERROR, "program", errno);
  const char *wrong = check_elf(head, (size_t)length, &data);
  if (wrong != NULL) return script_give_up(job, REASON_SANDBOX_ERROR, wrong, 0);
  if (data > job->memory_bytes)
    return script_give_up(job, REASON_OUT_OF_MEMORY, "the program's data alone is larger than its memory", 0);
  if (map != NULL && !map_program(head, (size_t)length, (uint64_t)about.st_size, (uint64_t)sysconf(_SC_PAGESIZE), map))
    map->map_count = 0;
  // Address space beside the memory: the program's file, its stack, and what the kernel maps.
  job->address_bytes = job->memory_bytes + (uint64_t)about.st_size + (16u << 20) + job->direct->address_bytes;
  return true;
}

// The table for Go tells descriptor 2, whose bytes are last words, by its bit: no other may have that, where it is written to.
static int without_bit_of_words(int descriptor) {
  while (descriptor >= 0 && (descriptor & WORDS_DESCRIPTOR) != 0) {
    int higher = fcntl(descriptor, F_DUPFD_CLOEXEC, (descriptor | 3) + 1);
    close(descriptor);
    descriptor = higher;
  }
  return descriptor;
}

static bool open_pipes(struct job *job, struct ends *ends) {
  int in[2], out[2], status[2];
  if (pipe2(in, O_CLOEXEC) != 0) return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  job->in_probe = in[0];
  job->in_pipe = in[1];
  if (pipe2(out, O_CLOEXEC) != 0) return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  job->out_pipe = out[0];
  ends->out_child = out[1];
  if (pipe2(status, O_CLOEXEC) != 0) return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  job->status = status[0];
  ends->status_child = job->direct->kind == RUNTIME_GO ? without_bit_of_words(status[1]) : status[1];
  if (ends->status_child < 0) return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  // Each end is an open file of its own: the service's ends stay blocking.
  if (fcntl(job->in_pipe, F_SETFL, O_NONBLOCK) != 0 || fcntl(job->out_pipe, F_SETFL, O_NONBLOCK) != 0)
    return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  return true;
}

static bool clone_child(struct job *job, const struct child_plan *plan, bool *fresh_network) {
  unsigned long flags = (unsigned long)plan->namespaces | SIGCHLD;
  // The listener appears in our table. A tracer needs neither.
  if (job->tracer == NULL) flags |= CLONE_FILES | CLONE_PIDFD;
  // Ours is the child's: made ahead, and nobody's until now.
  if (*fresh_network) flags &= ~(unsigned long)CLONE_NEWNET;
  int pidfd = -1;
  // Like fork: no new stack. The pidfd's address is the third argument on every architecture.
  long pid = syscall(SYS_clone, flags, 0, &pidfd, 0, 0);
  if (pid < 0) return script_give_up(job, REASON_SANDBOX_ERROR, "clone", errno);
  if (pid == 0) run_child(plan);
  *fresh_network = false;
  job->pid = (pid_t)pid;
  job->pidfd = pidfd;
  return true;
}

static bool bear_child(struct job *job, struct child_plan *plan, bool *fresh_network) {
  plan->go[0] = plan->go[1] = -1;
  if (job->tracer == NULL) return clone_child(job, plan, fresh_network);
  if (pipe2(plan->go, O_CLOEXEC) != 0) return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  bool attached = clone_child(job, plan, fresh_network) && trace_attach(job, plan->go[1]);
  close(plan->go[0]);
  close(plan->go[1]);
  return attached;
}

static bool hand_over(struct job *job, struct ends *ends, const struct child_plan *plan) {
  uint64_t deadline = now_ns() + (uint64_t)LOCKING_MS * 1000000u;
  struct scripted_call script[SCRIPT_MAX];
  struct setup_report report;
  if (!script_read_report(job, &report, deadline)) return false;
  if (report.step != STEP_LOCKED || (job->tracer == NULL && report.value < FIRST_JOB_DESCRIPTOR))
    return script_give_up(job, REASON_SANDBOX_ERROR, step_name(report.step), report.value);
  if (job->tracer == NULL) job->listener = report.value;
  job->layers = report.layers | (job->tracer != NULL ? LAYER_TRACED : 0);
  // Since 6.6: whoever answers is woken on the same processor, which makes each call several times quicker.
  if (job->tracer == NULL) (void)ioctl(job->listener, NOTIF_SET_FLAGS, SYNC_WAKE_UP);
  size_t calls = write_script(plan, script);
  for (size_t i = 0; i < calls; i++) {
    uint64_t id = 0;
    if (!script_receive(job, &script[i], deadline, &id)) return false;
    // Last, because the calls before need room in the table; a runtime opens its libraries first.
    if (i == calls - 1 && plan->folder == NULL && !job->spare) {
      if (!script_close_table(job)) return false;
      job_prime_input(job);
    }
    if (!script_answer(job, id)) return false;
    // The second call proves that the first, unshare, is done: the child has its own table, ours can be tidied.
    if (i == 1) drop_child_ends(ends);
  }
  return script_finish(job, deadline);
}

static bool open_monitor(struct job *job) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", (int)job->pid);
  job->proc_status = open(path, O_RDONLY | O_CLOEXEC);
  return job->proc_status >= 0 || script_give_up(job, REASON_SANDBOX_ERROR, "/proc", errno);
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
  plan->filter_length = (job->tracer == NULL ? build_filter : build_traced_filter)(job->policy, job->memory_bytes, filter);
  plan->address_bytes = job->address_bytes;
  if (plan->filter_length == 0) return script_give_up(job, REASON_SANDBOX_ERROR, "the filter is too long", 0);
  return bear_child(job, plan, context->fresh_network) && open_monitor(job) && hand_over(job, ends, plan);
}

static bool launch_native(struct job *job, const struct start_context *context, struct ends *ends, uint32_t cpu_ms) {
  if (!start_check_program(job, ends->program, NULL) || !open_pipes(job, ends)) return false;
  struct child_plan plan = {
      .arguments = native_arguments,
      .environment = job->direct->environment(job->memory_bytes),
      .threads = job->direct->threads,
      .folder_fd = -1,
      .memory_bytes = job->memory_bytes + job->direct->reserved_bytes,
      .stack_bytes = NATIVE_STACK_BYTES,
      // A backstop only: the monitor is finer. One more second, so that it is the monitor that acts.
      .cpu_seconds = cpu_ms / 1000 + 2,
  };
  return launch(job, context, ends, &plan);
}

// Ourselves, to become a program that is not known yet; so the last of the limits come later.
static bool launch_waiting(struct job *job, const struct start_context *context, struct ends *ends) {
  if (!open_pipes(job, ends)) return false;
  job->address_bytes = RLIM_INFINITY;
  struct child_plan plan = {
      .arguments = load_arguments,
      .environment = native_direct.environment(job->memory_bytes),
      .folder_fd = -1,
      .memory_bytes = job->memory_bytes,
      .stack_bytes = NATIVE_STACK_BYTES,
      .cpu_seconds = RLIM_INFINITY,
  };
  return launch(job, context, ends, &plan);
}

static bool launch_runtime(struct job *job, const struct start_context *context, const struct place *place,
                           struct ends *ends) {
  struct arguments arguments = {.folder = place->folder};
  // A program of the device's own is not ours to judge: it is dynamic, for one.
  bool foreign = job->runtime->foreign != NULL;
  if ((!foreign && !start_check_program(job, ends->program, NULL)) || !open_pipes(job, ends)) return false;
  job->runtime->arguments(job->memory_bytes, &arguments);
  // V8 and the JVM reserve far more addresses than they use: no limit on these would leave them any.
  job->address_bytes = RLIM_INFINITY;
  struct child_plan plan = {
      .arguments = arguments.list,
      .environment = foreign ? arguments.environment : runtime_environment,
      .foreign = foreign,
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
    // A traced one may tell of a stop that came before.
    for (int status = 0; waitpid(job->pid, &status, __WALL) >= 0 ? WIFSTOPPED(status) : errno == EINTR;) continue;
    job->pid = -1;
  }
  drop_child_ends(ends);
  job_close(job);
  if (cloned && job->tracer == NULL) sweep_strays(context);
  job->ended_ns = job->started_ns;
  job->state = JOB_ENDED;
}

void job_start(struct job *job, const struct start_context *context, const struct limits *limits, int program,
               int in_file, int out_file) {
  struct ends ends = {program, -1, -1};
  job->state = JOB_RUNNING;
  job->tracer = context->tracer;
  job_take_input(job, in_file);
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

static void begin_spare(struct job *job, const struct start_context *context, uint64_t memory_bytes) {
  job->tracer = context->tracer;
  job->state = JOB_RUNNING;
  job->spare = true;
  job->memory_bytes = memory_bytes;
}

void job_warm(struct job *job, const struct start_context *context, const struct place *place, uint64_t memory_bytes) {
  struct ends ends = {fcntl(place->program_fd, F_DUPFD_CLOEXEC, FIRST_JOB_DESCRIPTOR), -1, -1};
  begin_spare(job, context, memory_bytes);
  job->runtime = place->runtime;
  job->policy = place->runtime->policy;
  job->phase = PHASE_START;
  job->setup_deadline_ns = now_ns() + (uint64_t)SETUP_MS * 1000000u;
  if (!launch_runtime(job, context, place, &ends)) abandon(job, context, &ends);
}

void job_warm_native(struct job *job, const struct start_context *context, uint64_t memory_bytes) {
  struct ends ends = {fcntl(context->image, F_DUPFD_CLOEXEC, FIRST_JOB_DESCRIPTOR), -1, -1};
  begin_spare(job, context, memory_bytes);
  job->ready = launch_waiting(job, context, &ends);
  if (!job->ready) abandon(job, context, &ends);
}
