// See trace.h.
#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "script.h"
#include "stopped.h"

// New threads and processes are traced, too: the one are a runtime's, of the other there are none.
enum {
  OPTIONS = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
            PTRACE_O_TRACEVFORK,
  // Then others get their turn: pipes, clocks, the supervisor.
  STOPS_AT_ONCE = 64,
};

bool tracer_open(struct tracer *tracer) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  // An ignored SIGCHLD, which may be inherited, would take the children away before we see how they ended.
  if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_BLOCK, &child, NULL) != 0) return false;
  tracer->signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
  tracer->again = false;
  return tracer->signals >= 0;
}

static void drain(struct tracer *tracer) {
  struct signalfd_siginfo seen;
  while (read(tracer->signals, &seen, sizeof seen) > 0) continue;
}

static bool read_status(pid_t thread, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", (int)thread);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t length = read(fd, text, size - 1);
  close(fd);
  text[length < 0 ? 0 : length] = '\0';
  return length > 0;
}

// --- one stop ---

static void go_on(pid_t thread, int signal) {
  // It fails only if the process is being killed, which is noticed elsewhere.
  (void)ptrace(PTRACE_CONT, thread, 0L, (long)signal);
}

static bool is_caught(pid_t thread, int signal) {
  char text[4096];
  const char *line = read_status(thread, text, sizeof text) ? strstr(text, "\nSigCgt:") : NULL;
  return line != NULL && ((strtoull(line + 8, NULL, 16) >> (signal - 1)) & 1) != 0;
}

// The first process of a pid namespace is not killed by its own faults while it is traced (force_sig in the kernel): it
// would make the same one for ever. So we end it, as the kernel does where nobody traces.
static void on_signal(struct job *job, pid_t thread, int signal) {
  siginfo_t about;
  memset(&about, 0, sizeof about);
  bool by_kernel = ptrace(PTRACE_GETSIGINFO, thread, 0L, &about) == 0 && about.si_code > 0;
  bool fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGTRAP;
  if (by_kernel && fault && !is_caught(thread, signal)) {
    job_measure_memory(job);
    job_end_by_signal(job, signal);
  } else {
    go_on(thread, signal);
  }
}

// True when a call waits for its answer; all other stops are over.
static bool take_stop(struct job *job, pid_t thread, int status) {
  switch (kind_of_stop(status)) {
    case STOP_CALL: return true;
    case STOP_EXEC:
      // Only the launcher's script lets one through. This is behind it.
      if (job->executed) job_end(job, REASON_SANDBOX_ERROR, "it has executed another program");
      job->executed = true;
      break;
    case STOP_SIGNAL: on_signal(job, thread, WSTOPSIG(status)); return false;
    case STOP_GROUP: (void)ptrace(PTRACE_LISTEN, thread, 0L, 0L); return false;
    case STOP_OTHER: break;
  }
  go_on(thread, 0);
  return false;
}

static bool get_registers(pid_t thread, uint8_t bytes[REGISTERS_MAX], size_t *length) {
  struct iovec all = {bytes, REGISTERS_MAX};
  if (ptrace(PTRACE_GETREGSET, thread, (long)NT_PRSTATUS, &all) != 0) return false;
  *length = all.iov_len;
  return true;
}

// False when it has been killed meanwhile, or, with the job ended, when its registers make no sense.
static bool read_call(struct job *job, pid_t thread, struct seccomp_notif *seen) {
  uint8_t bytes[REGISTERS_MAX];
  size_t length = 0;
  unsigned long message = 0;
  memset(seen, 0, sizeof *seen);
  seen->id = (uint64_t)thread;
  seen->pid = (uint32_t)thread;
  bool got = ptrace(PTRACE_GETEVENTMSG, thread, 0L, &message) == 0 && get_registers(thread, bytes, &length);
  if (!got && errno == ESRCH) return false;
  if (got && read_registers(native_policy.audit_arch, message, bytes, length, &seen->data)) return true;
  job_end(job, REASON_SANDBOX_ERROR, "the registers of a call can't be read");
  return false;
}

// What is set to -1 is not run, whatever else is asked for.
static bool skip_call(pid_t thread) {
#if defined(__aarch64__)
  int none = -1;
  struct iovec number = {&none, sizeof none};
  return ptrace(PTRACE_SETREGSET, thread, (long)NT_ARM_SYSTEM_CALL, &number) == 0;
#elif defined(__arm__)
  enum { SET_SYSCALL = 23 }; // PTRACE_SET_SYSCALL
  return ptrace((enum __ptrace_request)SET_SYSCALL, thread, 0L, -1L) == 0;
#else
  (void)thread;
  return true; // it is one of the registers
#endif
}

void trace_answer(struct job *job, pid_t thread, int error, int64_t value, uint32_t flags) {
  uint8_t bytes[REGISTERS_MAX];
  size_t length = 0;
  if ((flags & SECCOMP_USER_NOTIF_FLAG_CONTINUE) != 0) {
    go_on(thread, 0);
    return;
  }
  bool set = get_registers(thread, bytes, &length) &&
             write_answer(native_policy.audit_arch, error != 0 ? -error : value, bytes, length) && skip_call(thread) &&
             ptrace(PTRACE_SETREGSET, thread, (long)NT_PRSTATUS, &(struct iovec){bytes, length}) == 0;
  if (set)
    go_on(thread, 0);
  else if (errno != ESRCH)
    job_end(job, REASON_SANDBOX_ERROR, "a call can't be answered");
}

// --- a start ---

bool trace_attach(struct job *job, int go) {
  if (ptrace(PTRACE_SEIZE, job->pid, 0L, (long)OPTIONS) != 0)
    return script_give_up(job, REASON_SANDBOX_ERROR, "ptrace", errno);
  if (write(go, "", 1) == 1) return true;
  return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
}

// Takes in the child's stops, up to its exec: what comes after is its program's (trace_look). False: it has ended, and is
// reaped.
static bool look_at_child(struct job *job) {
  int status = 0;
  while (!job->executed) {
    pid_t seen = job->pid <= 0 ? -1 : waitpid(job->pid, &status, WNOHANG | __WALL);
    if (seen == 0) return true;
    if (seen < 0 && job->pid > 0 && errno == EINTR) continue;
    if (seen < 0 || !WIFSTOPPED(status)) {
      job->pid = -1;
      return false;
    }
    if (take_stop(job, job->pid, status)) job->call_waits = true;
  }
  return true;
}

static bool wait_for(struct job *job, int fd, const bool *flag, uint64_t deadline) {
  struct tracer *tracer = job->tracer;
  struct pollfd both[2] = {{.fd = fd, .events = POLLIN}, {.fd = tracer->signals, .events = POLLIN}};
  for (uint64_t nudge = 0;;) {
    bool alive = look_at_child(job);
    if (flag != NULL && *flag) return true;
    uint64_t now = now_ns();
    if (now >= deadline) return script_give_up(job, REASON_SANDBOX_ERROR, "the start took too long", 0);
    int ready = poll(both, 2, alive ? script_patience(job, now, deadline, &nudge) : 0);
    if (ready < 0 && errno != EINTR) return script_give_up(job, REASON_SANDBOX_ERROR, "poll", errno);
    if (ready > 0 && fd >= 0 && both[0].revents != 0) return true; // what it said before its end, too
    if (!alive) return script_give_up(job, REASON_SANDBOX_ERROR, "the child died while it was being locked", 0);
    if (ready > 0 && both[1].revents != 0) {
      drain(tracer);
      tracer->again = true; // it may have been about another job
    }
  }
}

bool trace_wait(struct job *job, int fd, uint64_t deadline) { return wait_for(job, fd, NULL, deadline); }

bool trace_receive(struct job *job, struct seccomp_notif *seen, uint64_t deadline) {
  if (!wait_for(job, -1, &job->call_waits, deadline)) return false;
  job->call_waits = false;
  return read_call(job, job->pid, seen) || script_give_up(job, REASON_SANDBOX_ERROR, "ptrace", ESRCH);
}

bool trace_wait_for_exec(struct job *job, uint64_t deadline) { return wait_for(job, -1, &job->executed, deadline); }

// --- while it runs ---

static pid_t process_of(pid_t thread) {
  char text[4096];
  const char *line = read_status(thread, text, sizeof text) ? strstr(text, "\nTgid:") : NULL;
  return line == NULL ? -1 : (pid_t)atoi(line + 6);
}

static struct job *job_of_process(struct job *jobs, pid_t process) {
  for (size_t i = 0; i < JOBS_MAX; i++)
    if (jobs[i].state == JOB_RUNNING && jobs[i].pid == process) return &jobs[i];
  return NULL;
}

static void on_stop(struct job *job, pid_t thread, int status) {
  struct seccomp_notif seen;
  if (!take_stop(job, thread, status) || job->reason != REASON_NONE) return;
  (void)job_pump_output(job); // what was written before a call is seen before it
  if (job->reason == REASON_NONE && read_call(job, thread, &seen)) job_judge_call(job, &seen);
}

void trace_look(struct tracer *tracer, struct job *jobs) {
  drain(tracer);
  tracer->again = false;
  for (int i = 0; i < STOPS_AT_ONCE; i++) {
    int status = 0;
    struct rusage used;
    pid_t thread = wait4(-1, &status, WNOHANG | __WALL, &used);
    if (thread <= 0) return; // whatever comes from here on is signalled
    struct job *job = job_of_process(jobs, thread);
    if (job != NULL && !WIFSTOPPED(status)) {
      job_reaped(job, status, &used);
      continue;
    }
    if (!WIFSTOPPED(status)) continue; // the end of a thread
    if (job == NULL) job = job_of_process(jobs, process_of(thread));
    if (job != NULL)
      on_stop(job, thread, status);
    else
      kill(thread, SIGKILL); // nobody's: no table lets a process be made
  }
  tracer->again = true;
}

bool trace_has_ended(const struct job *job) {
  siginfo_t seen;
  memset(&seen, 0, sizeof seen);
  return waitid(P_PID, (id_t)job->pid, &seen, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 || seen.si_pid != 0;
}
