// Frames from the supervisor, and what becomes of them. See launcher.h.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher.h"
#include "trace.h"

struct start_context launcher_context(struct launcher *l) {
  return (struct start_context){l->self, l->image,  l->probe.namespaces, &l->fresh_network,
                                l->jobs, l->places, l->probe.traces ? &l->tracer : NULL};
}

struct job *launcher_find_job(struct launcher *l, uint32_t id) {
  for (size_t i = 0; i < JOBS_MAX; i++)
    if (l->jobs[i].state != JOB_FREE && !l->jobs[i].canary && l->jobs[i].id == id) return &l->jobs[i];
  return NULL;
}

struct job *launcher_free_job(struct launcher *l, uint32_t id) {
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
    struct pollfd ended = {.fd = job->tracer == NULL ? job->pidfd : job->tracer->signals, .events = POLLIN};
    // Killed above: this takes as long as the kernel needs.
    while (job->state == JOB_RUNNING) {
      (void)poll(&ended, 1, 100);
      if (job->tracer == NULL)
        job_reap(job);
      else
        trace_look(job->tracer, l->jobs);
    }
  }
}

_Noreturn void launcher_leave(struct launcher *l, int code, const char *why) {
  if (why != NULL) dprintf(STDERR_FILENO, "abhaya-launcher: %s\n", why);
  end_everything(l);
  _exit(code);
}

void launcher_send(struct launcher *l, const uint8_t *frame, size_t length) {
  if (length == 0 || !control_put(&l->control, frame, length)) launcher_leave(l, EXIT_BROKEN, "the supervisor does not read");
}

// --- frames from the supervisor ---

void launcher_report(struct launcher *l, struct job *job) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  if (job->canary) return;
  if (job->carried.nobodys && job->state == JOB_ENDED) job->state = JOB_FREE;
  carried_drain(job);
  if (job->carried.nobodys || carried_waits(job)) return;
  if (job->ready && job->spare && job->state == JOB_RUNNING) launcher_send(l, frame, encode_ready(job->id, frame));
  job->ready = false;
  if (job->state != JOB_ENDED) return;
  launcher_send(l, frame, job_report(job, frame));
  job->state = JOB_FREE;
}

void launcher_refuse(struct launcher *l, uint32_t id, const char *message) {
  struct job refused;
  job_clear(&refused);
  refused.id = id;
  refused.state = JOB_ENDED;
  job_end(&refused, REASON_SANDBOX_ERROR, message);
  launcher_report(l, &refused);
}

static int open_file(const char *path, bool may_be_pipe, const char **wrong) {
  struct stat about;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -1;
  if (fstat(fd, &about) == 0 && (S_ISREG(about.st_mode) || (may_be_pipe && S_ISFIFO(about.st_mode)))) return fd;
  *wrong = may_be_pipe ? "not a regular file or pipe" : "not a regular file";
  close(fd);
  return -1;
}

static void close_files(const struct files *files) {
  if (files->program >= 0) close(files->program);
  if (files->input >= 0) close(files->input);
}

// They are a job's from here on.
static struct files hand_over(struct files *files) {
  struct files given = *files;
  *files = (struct files){-1, -1};
  return given;
}

// False with a message when one can't be had; nothing is left open then. The output file comes later (job_open_output):
// to make one takes longer than to look whether it can be made.
static bool open_files(const struct start_frame *frame, struct files *files, char message[MESSAGE_LIMIT]) {
  const char *wrong = NULL, *what = "program";
  if (files->program >= 0) return true; // they came as pieces
  files->program = open_file(frame->program, false, &wrong);
  if (files->program >= 0) {
    what = "input file";
    files->input = open_file(frame->input, true, &wrong);
  }
  if (files->input >= 0) {
    what = "output file";
    if (faccessat(AT_FDCWD, frame->output, F_OK, AT_SYMLINK_NOFOLLOW) == 0) errno = EEXIST;
    if (errno == ENOENT) return true;
  }
  snprintf(message, MESSAGE_LIMIT, "%s: %s", what, wrong != NULL ? wrong : strerror(errno));
  close_files(files);
  *files = (struct files){-1, -1};
  return false;
}

static bool has_ended(const struct job *job) {
  if (job->tracer != NULL) return trace_has_ended(job);
  struct pollfd end = {.fd = job->pidfd, .events = POLLIN};
  return poll(&end, 1, 0) > 0;
}

// A spare that has died meanwhile is no mistake: another process is started then.
static struct job *take_spare(struct launcher *l, const struct start_frame *frame) {
  struct job *job = frame->spare == 0 ? NULL : launcher_find_job(l, frame->spare);
  if (job != NULL && job->state == JOB_PLANNED) job->state = JOB_FREE; // it comes too late
  bool fits = job != NULL && job->state == JOB_RUNNING && job->spare && job->reason == REASON_NONE &&
              job->memory_bytes == frame->memory_bytes && job_runtime(job) == frame->runtime && !has_ended(job);
  if (fits) job->id = frame->job;
  return fits ? job : NULL;
}

// Where the runtime is, or NULL with why it can't be used.
static const struct place *usable(const struct launcher *l, enum runtime_kind kind, const char **why) {
  *why = "this launcher was not told where the runtime is";
  for (size_t i = 0; i < PLACES_MAX; i++) {
    const struct place *place = &l->places[i];
    if (place->runtime == NULL || place->runtime->kind != kind) continue;
    *why = place->message;
    return place->available ? place : NULL;
  }
  return NULL;
}

static void note_request(struct launcher *l, struct job *job, const struct start_frame *frame) {
  uint64_t now = now_ns();
  if (frame->output[0] == '\0') carried_become(job, &l->control);
  // What it was accepted at, if that can be true; else now.
  job->accepted_ns = frame->accepted_ns == 0 || frame->accepted_ns > now ? now : frame->accepted_ns;
  snprintf(job->out_path, sizeof job->out_path, "%s", frame->output);
}

// Files that came as pieces are given; else they are opened by their paths.
static void start_runtime(struct launcher *l, const struct start_frame *frame, const struct limits *limits,
                          struct files *files) {
  struct start_context context = launcher_context(l);
  char message[MESSAGE_LIMIT];
  const char *why = NULL;
  const struct place *place = usable(l, frame->runtime, &why);
  if (place == NULL) return launcher_refuse(l, frame->job, why);
  struct job *job = take_spare(l, frame);
  if (!open_files(frame, files, message)) {
    // A spare is used up by its service, even by one that can't be had.
    if (job != NULL) return job_end(job, REASON_SANDBOX_ERROR, message);
    return launcher_refuse(l, frame->job, message);
  }
  struct files given = *files;
  if (job == NULL && (job = launcher_free_job(l, frame->job)) != NULL) {
    // The job's from here on: a start that fails closes them, once.
    job->code_file = files->program;
    job->in_file = files->input;
    (void)hand_over(files);
    job_warm(job, &context, place, limits->memory_bytes);
  }
  if (job == NULL) return launcher_refuse(l, frame->job, "too many jobs");
  note_request(l, job, frame);
  if (job->state != JOB_RUNNING) return;
  (void)hand_over(files);
  job_assign(job, limits, CODE_SERVICE, given.program, given.input, -1);
}

// A program in memory is mapped where that works: a system may let nobody execute one (SELinux on Android).
static struct job *make_waiting(struct launcher *l, const struct start_frame *frame, const struct start_context *context) {
  if (frame->output[0] != '\0' || frame->runtime != RUNTIME_NATIVE || !l->probe.maps_memory) return NULL;
  struct job *job = launcher_free_job(l, frame->job);
  if (job == NULL) return NULL;
  job_warm_native(job, context, frame->memory_bytes);
  job->ready = false;
  if (job->state == JOB_RUNNING) return job;
  job->state = JOB_FREE;
  return NULL;
}

static void start_direct(struct launcher *l, const struct start_frame *frame, const struct limits *limits,
                         struct files *files) {
  struct start_context context = launcher_context(l);
  char message[MESSAGE_LIMIT];
  if (frame->runtime == RUNTIME_GO && !l->probe.go) return launcher_refuse(l, frame->job, l->probe.go_message);
  struct job *job = take_spare(l, frame);
  bool own = job == NULL && (job = make_waiting(l, frame, &context)) != NULL;
  if (!open_files(frame, files, message)) {
    if (job != NULL) return job_end(job, REASON_SANDBOX_ERROR, message);
    return launcher_refuse(l, frame->job, message);
  }
  if (job != NULL) {
    note_request(l, job, frame);
    if (job_take_program(job, limits, files->program, files->input, -1)) return (void)hand_over(files);
    job->id = frame->spare; // it is reported as what it was
    job->carried = (struct carried){.nobodys = own};
  }
  if (frame->output[0] == '\0' && !l->probe.runs_memory) return launcher_refuse(l, frame->job, l->probe.memory_message);
  job = launcher_free_job(l, frame->job);
  if (job == NULL) return launcher_refuse(l, frame->job, "too many jobs");
  note_request(l, job, frame);
  job_be(job, find_direct(frame->runtime));
  struct files given = hand_over(files);
  job_start(job, &context, limits, given.program, given.input, -1);
}

void launcher_begin(struct launcher *l, const struct start_frame *frame, struct files files) {
  struct limits limits = {frame->memory_bytes, frame->max_output_bytes, frame->wall_ms, frame->cpu_ms};
  if (find_direct(frame->runtime) != NULL)
    start_direct(l, frame, &limits, &files);
  else
    start_runtime(l, frame, &limits, &files);
  close_files(&files);
}

static void on_start(struct launcher *l, const struct start_frame *frame) {
  if (!l->probe.available) return launcher_refuse(l, frame->job, l->probe.message);
  if (launcher_find_job(l, frame->job) != NULL) launcher_leave(l, EXIT_MALFORMED, "START for a job that is running");
  launcher_begin(l, frame, (struct files){-1, -1});
}

// It is done at the next quiet moment (idle.c).
static void on_warm(struct launcher *l, const struct warm_frame *frame) {
  if (launcher_find_job(l, frame->job) != NULL) launcher_leave(l, EXIT_MALFORMED, "WARM for a job that is running");
  bool native = frame->runtime == RUNTIME_NATIVE;
  const char *why = l->probe.waits_message;
  if (frame->runtime == RUNTIME_GO) return launcher_refuse(l, frame->job, "programs in Go are not started ahead");
  const struct place *place = native ? NULL : usable(l, frame->runtime, &why);
  if (native ? !l->probe.waits : place == NULL) return launcher_refuse(l, frame->job, why);
  struct job *job = launcher_free_job(l, frame->job);
  if (job == NULL) return launcher_refuse(l, frame->job, "too many jobs");
  job->state = JOB_PLANNED;
  job->spare = true;
  job->place = place;
  job->planned_ns = now_ns();
  job->memory_bytes = frame->memory_bytes;
}

static void on_cancel(struct launcher *l, uint32_t id) {
  struct job *job = launcher_find_job(l, id);
  if (job == NULL) return; // a job that ended meanwhile is no mistake
  if (carried_waits(job)) return launcher_cancel_carried(l, job);
  if (job->state == JOB_PLANNED) job->state = JOB_ENDED;
  job_end(job, REASON_CANCELLED, "");
}

static void on_frame(struct launcher *l, const uint8_t *payload, size_t length) {
  static struct start_frame start;
  uint32_t id = 0;
  const char *wrong = NULL;
  if (payload[0] == FRAME_START) {
    wrong = decode_start(payload, length, &start);
    if (wrong == NULL) on_start(l, &start);
  } else if (payload[0] == FRAME_CANCEL) {
    wrong = decode_cancel(payload, length, &id);
    if (wrong == NULL) on_cancel(l, id);
  } else if (payload[0] == FRAME_WARM) {
    struct warm_frame warm;
    wrong = decode_warm(payload, length, &warm);
    if (wrong == NULL) on_warm(l, &warm);
  } else {
    wrong = launcher_take_carried(l, payload, length);
  }
  if (wrong != NULL) launcher_leave(l, EXIT_MALFORMED, wrong);
}

void launcher_take_frames(struct launcher *l) {
  bool alive = control_read(&l->control), wrong = false;
  size_t length = 0;
  for (const uint8_t *payload; (payload = control_next(&l->control, &length, &wrong)) != NULL;)
    on_frame(l, payload, length);
  if (wrong) launcher_leave(l, EXIT_MALFORMED, "a frame has an impossible length");
  if (!alive) launcher_leave(l, 0, NULL);
}
