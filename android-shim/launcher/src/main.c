// The launcher: one long-lived process per phone, the parent of every service. Frames come from the supervisor on
// stdin and go to it on stdout; end-of-file on stdin ends every service at once.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"
#include "job.h"
#include "print_policy.h"
#include "probe.h"

enum { EXIT_MALFORMED = 2, EXIT_BROKEN = 3, DESCRIPTORS = 1024 };

struct launcher {
  struct control control;
  struct probe probe;
  int self; // pidfd
  struct job jobs[JOBS_MAX];
  uint64_t next_tick;
};

static struct start_context context_of(struct launcher *l) {
  return (struct start_context){l->self, l->probe.namespaces, l->jobs};
}

static struct job *find_job(struct launcher *l, uint32_t id) {
  for (size_t i = 0; i < JOBS_MAX; i++)
    if (l->jobs[i].state != JOB_FREE && !l->jobs[i].canary && l->jobs[i].id == id) return &l->jobs[i];
  return NULL;
}

static struct job *free_job(struct launcher *l, uint32_t id) {
  for (size_t i = 0; i < JOBS_MAX; i++) {
    if (l->jobs[i].state != JOB_FREE) continue;
    job_clear(&l->jobs[i]);
    l->jobs[i].id = id;
    return &l->jobs[i];
  }
  return NULL;
}

// --- ending ---

static void end_everything(struct launcher *l) {
  for (size_t i = 0; i < JOBS_MAX; i++)
    if (l->jobs[i].state == JOB_RUNNING) job_end(&l->jobs[i], REASON_CANCELLED, "");
  for (size_t i = 0; i < JOBS_MAX; i++) {
    struct job *job = &l->jobs[i];
    struct pollfd ended = {.fd = job->pidfd, .events = POLLIN};
    // Killed above: this takes as long as the kernel needs.
    while (job->state == JOB_RUNNING) {
      (void)poll(&ended, 1, 100);
      job_reap(job);
    }
  }
}

static _Noreturn void leave(struct launcher *l, int code, const char *why) {
  if (why != NULL) dprintf(STDERR_FILENO, "abhaya-launcher: %s\n", why);
  end_everything(l);
  _exit(code);
}

static void send_frame(struct launcher *l, const uint8_t *frame, size_t length) {
  if (length == 0 || !control_put(&l->control, frame, length)) leave(l, EXIT_BROKEN, "the supervisor does not read");
}

// --- frames from the supervisor ---

static void report_job(struct launcher *l, struct job *job) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  send_frame(l, frame, job_report(job, frame));
  job->state = JOB_FREE;
}

static void refuse_start(struct launcher *l, uint32_t id, const char *message) {
  struct job refused;
  job_clear(&refused);
  refused.id = id;
  job_end(&refused, REASON_SANDBOX_ERROR, message);
  report_job(l, &refused);
}

static int open_regular(const char *path, int flags, const char **wrong) {
  struct stat about;
  int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
  if (fd < 0) return -1;
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) return fd;
  *wrong = "not a regular file";
  close(fd);
  return -1;
}

static void on_start(struct launcher *l, const struct start_frame *frame) {
  char message[MESSAGE_LIMIT];
  const char *wrong = NULL, *what = "program";
  if (!l->probe.available) return refuse_start(l, frame->job, l->probe.message);
  if (find_job(l, frame->job) != NULL) leave(l, EXIT_MALFORMED, "START for a job that is running");
  int input = -1, output = -1;
  int program = open_regular(frame->program, O_RDONLY, &wrong);
  if (program >= 0) {
    what = "input file";
    input = open_regular(frame->input, O_RDONLY, &wrong);
  }
  if (input >= 0) {
    what = "output file";
    output = open_regular(frame->output, O_WRONLY | O_CREAT | O_EXCL, &wrong);
  }
  struct job *job = output >= 0 ? free_job(l, frame->job) : NULL;
  if (job == NULL) {
    if (output >= 0) wrong = "too many jobs";
    snprintf(message, sizeof message, "%s: %s", what, wrong != NULL ? wrong : strerror(errno));
    if (program >= 0) close(program);
    if (input >= 0) close(input);
    if (output >= 0) {
      close(output);
      unlink(frame->output);
    }
    return refuse_start(l, frame->job, message);
  }
  struct limits limits = {frame->memory_bytes, frame->max_output_bytes, frame->wall_ms, frame->cpu_ms};
  struct start_context context = context_of(l);
  job_start(job, &context, &limits, program, input, output);
}

static void on_frame(struct launcher *l, const uint8_t *payload, size_t length) {
  static struct start_frame start;
  uint32_t id = 0;
  const char *wrong = "unknown frame";
  if (payload[0] == FRAME_START) {
    wrong = decode_start(payload, length, &start);
    if (wrong == NULL) on_start(l, &start);
  } else if (payload[0] == FRAME_CANCEL) {
    wrong = decode_cancel(payload, length, &id);
    // A job that ended meanwhile is no mistake.
    struct job *job = wrong == NULL ? find_job(l, id) : NULL;
    if (job != NULL) job_end(job, REASON_CANCELLED, "");
  }
  if (wrong != NULL) leave(l, EXIT_MALFORMED, wrong);
}

static void take_frames(struct launcher *l) {
  bool alive = control_read(&l->control), wrong = false;
  size_t length = 0;
  for (const uint8_t *payload; (payload = control_next(&l->control, &length, &wrong)) != NULL;)
    on_frame(l, payload, length);
  if (wrong) leave(l, EXIT_MALFORMED, "a frame has an impossible length");
  if (!alive) leave(l, 0, NULL);
}

// --- the loop ---

enum { WATCHED_PER_JOB = 4, WATCHED_MAX = 2 + JOBS_MAX * WATCHED_PER_JOB };

static void tick(struct launcher *l, uint64_t now) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  for (size_t i = 0; i < JOBS_MAX; i++) {
    struct job *job = &l->jobs[i];
    if (job->state != JOB_RUNNING || job->reason != REASON_NONE) continue;
    job_measure(job, now);
    if (job->canary || now - job->reported_ns < (uint64_t)PROGRESS_MS * 1000000u) continue;
    job->reported_ns = now;
    struct progress_frame progress = {job->id, (uint32_t)(job->cpu_used_ns / 1000000), job->now_bytes, job->bytes_in,
                                      job->bytes_out};
    send_frame(l, frame, encode_progress(&progress, frame));
  }
}

static void serve_job(struct job *job, const struct pollfd watched[WATCHED_PER_JOB]) {
  if ((watched[0].revents & POLLIN) != 0)
    job_on_call(job);
  else if (watched[0].revents != 0)
    job_forget_calls(job); // nobody is left who could ask; the end is still to come
  if (watched[1].revents != 0) job_pump_input(job);
  if (watched[2].revents != 0) job_pump_output(job);
  if (watched[3].revents != 0) job_reap(job);
}

// One turn: waits for whatever comes first, the next tick included, and deals with it.
static void turn(struct launcher *l) {
  struct pollfd watched[WATCHED_MAX];
  struct job *of[JOBS_MAX];
  size_t jobs = 0;
  for (size_t i = 0; i < JOBS_MAX; i++) {
    struct job *job = &l->jobs[i];
    if (job->state != JOB_RUNNING) continue;
    struct pollfd *slot = &watched[2 + jobs * WATCHED_PER_JOB];
    bool ending = job->reason != REASON_NONE;
    slot[0] = (struct pollfd){.fd = ending ? -1 : job->listener, .events = POLLIN};
    slot[1] = (struct pollfd){.fd = ending ? -1 : job->in_pipe, .events = POLLOUT};
    slot[2] = (struct pollfd){.fd = ending ? -1 : job->out_pipe, .events = POLLIN};
    slot[3] = (struct pollfd){.fd = job->pidfd, .events = POLLIN};
    of[jobs++] = job;
  }
  uint64_t now = now_ns();
  if (jobs > 0 && l->next_tick < now) l->next_tick = now;
  int timeout = jobs == 0 ? -1 : (int)((l->next_tick - now + 999999) / 1000000);
  watched[0] = (struct pollfd){.fd = l->control.in, .events = POLLIN};
  watched[1] = (struct pollfd){.fd = control_pending(&l->control) ? l->control.out : -1, .events = POLLOUT};
  int ready = poll(watched, (nfds_t)(2 + jobs * WATCHED_PER_JOB), timeout);
  if (ready < 0 && errno != EINTR) leave(l, EXIT_BROKEN, strerror(errno));
  if (ready > 0)
    for (size_t i = 0; i < jobs; i++) serve_job(of[i], &watched[2 + i * WATCHED_PER_JOB]);
  now = now_ns();
  if (now >= l->next_tick) {
    tick(l, now);
    l->next_tick = now + (uint64_t)TICK_MS * 1000000u;
  }
  if (ready > 0 && watched[0].revents != 0) take_frames(l);
  for (size_t i = 0; i < JOBS_MAX; i++)
    if (l->jobs[i].state == JOB_ENDED && !l->jobs[i].canary) report_job(l, &l->jobs[i]);
  if (!control_flush(&l->control)) leave(l, 0, NULL);
}

// --- canaries: the launcher's own program, run as a service ---

static bool run_canary(struct launcher *l, const char *input, struct job *result, char *output, size_t size) {
  int in = memfd_create("canary-in", MFD_CLOEXEC), out = memfd_create("canary-out", MFD_CLOEXEC);
  int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  int copy = out < 0 ? -1 : fcntl(out, F_DUPFD_CLOEXEC, FRAME_HEADER);
  ssize_t length = -1;
  struct job *job = free_job(l, 0);
  if (in >= 0 && out >= 0 && program >= 0 && copy >= 0 && write(in, input, strlen(input)) >= 0) {
    struct limits limits = {32u << 20, 4096, 5000, 5000};
    struct start_context context = context_of(l);
    job->canary = true;
    job_start(job, &context, &limits, program, in, out);
    while (job->state == JOB_RUNNING) turn(l);
    length = pread(copy, output, size - 1, 0);
    in = out = program = -1; // the job has closed them
  } else {
    job_end(job, REASON_SANDBOX_ERROR, "the canary's files can't be made");
  }
  *result = *job;
  job->state = JOB_FREE;
  output[length < 0 ? 0 : length] = '\0';
  for (int *fd = (int[]){in, out, program, copy, -2}; *fd != -2; fd++)
    if (*fd >= 0) close(*fd);
  return length >= 0;
}

static void run_canaries(struct launcher *l, uint32_t *layers) {
  struct job result;
  char output[64];
  bool ran = run_canary(l, "canary", &result, output, sizeof output);
  if (!ran || result.reason != REASON_COMPLETED || strcmp(output, "canary") != 0) {
    l->probe.available = false;
    snprintf(l->probe.message, sizeof l->probe.message, "a harmless program can't be run: %s %s %.300s",
             reason_name(result.reason), result.syscall, result.message);
    return;
  }
  *layers = result.layers;
  (void)run_canary(l, "open", &result, output, sizeof output);
  if (result.reason != REASON_SYSCALL_DENIED || strcmp(result.syscall, "openat") != 0) {
    l->probe.available = false;
    snprintf(l->probe.message, sizeof l->probe.message, "a program that opens a file was not stopped: %s %.300s",
             reason_name(result.reason), result.message);
  }
}

static void say_hello(struct launcher *l) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  uint32_t layers = 0;
  probe_kernel(&l->probe);
  if (l->probe.available) run_canaries(l, &layers);
  struct hello_frame hello = {
      .protocol = PROTOCOL_VERSION,
      .available = l->probe.available,
      .arch = native_policy.arch,
      .kernel = l->probe.kernel,
      .message = l->probe.message,
  };
  if (l->probe.available) hello.layer_count = layer_names(layers, hello.layers);
  send_frame(l, frame, encode_hello(&hello, frame));
}

static void prepare(struct launcher *l) {
  struct rlimit descriptors = {DESCRIPTORS, DESCRIPTORS};
  // Whatever was inherited but the three; services get none of it anyway.
  if (syscall(SYS_close_range, 3, ~0u, 0) != 0)
    for (int fd = 3; fd < DESCRIPTORS; fd++) close(fd); // kernels before 5.9
  // Services are executed with this table: only what is put at 0 and 1 for them may stay open.
  for (int fd = 0; fd < 3; fd++) (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  (void)setrlimit(RLIMIT_NOFILE, &descriptors);
  (void)signal(SIGPIPE, SIG_IGN);
  (void)prctl(PR_SET_NAME, "abhaya-launcher");
  l->self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  // Fails closed: the child's check of its parent needs it, and job descriptors begin above it.
  if (l->self != 3) leave(l, EXIT_BROKEN, "the kernel has no pidfd, or descriptors 0 to 2 are not open");
  for (size_t i = 0; i < JOBS_MAX; i++) job_clear(&l->jobs[i]);
  control_init(&l->control, STDIN_FILENO, STDOUT_FILENO);
}

int main(int argc, char **argv) {
  static struct launcher launcher;
  if (argc == 1 && argv[0] != NULL && strcmp(argv[0], "service") == 0) return canary_main();
  if (argc == 2 && strcmp(argv[1], "--policy") == 0) return print_policy(stdout);
  if (argc != 1) {
    dprintf(STDERR_FILENO, "usage: abhaya-launcher [--policy]; frames on stdin and stdout\n");
    return 64;
  }
  prepare(&launcher);
  say_hello(&launcher);
  for (;;) turn(&launcher);
}
