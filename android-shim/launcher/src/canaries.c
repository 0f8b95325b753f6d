// The launcher's own programs, run as services: a harmless one and one that breaks out. See launcher.h.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "launcher.h"

// What a canary does takes some milliseconds, and seconds on a busy machine that emulates the phone's processor: the time is
// for one that hangs.
enum { NATIVE_BYTES = 32 << 20, RUNTIME_BYTES = 64 << 20, OUTPUT_BYTES = 4096, CANARY_MS = 60000 };

struct canary {
  const char *input;
  const struct place *place; // NULL: the launcher's own program
  enum code_kind kind;
  bool waits; // native: the process is there before its program
  const struct direct *direct; // NULL: a native one
  bool kept;                   // native: the program lies in memory, as that of a carried job (carried.h)
};

static int memory_file(const char *name, const void *bytes, size_t length) {
  int fd = memfd_create(name, MFD_CLOEXEC);
  if (fd >= 0 && write(fd, bytes, length) == (ssize_t)length) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// Our own program, as if it had come in pieces.
static int kept_program(void) {
  int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to = carried_file("canary-program", true);
  ssize_t copied = from < 0 || to < 0 ? -1 : 1;
  while (copied > 0) copied = sendfile(to, from, NULL, 1 << 20);
  if (from >= 0) close(from);
  if (copied == 0 && carried_seal(to)) return to;
  if (to >= 0) close(to);
  return -1;
}

#if defined(SMALL_CANARY)
__asm__(".pushsection .rodata\n\t.balign 4\nsmall_canary:\n\t.incbin \"" SMALL_CANARY "\"\nsmall_canary_end:\n\t.popsection");
extern const uint8_t small_canary[] __asm__("small_canary");
extern const uint8_t small_canary_end[] __asm__("small_canary_end");
// Where our own program lies is a process's that waits, too (Makefile).
static int native_program(bool waits) {
  if (waits) return memory_file("canary-program", small_canary, (size_t)(small_canary_end - small_canary));
  return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}
#else
static int native_program(bool waits) {
  (void)waits;
  return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}
#endif

// That one lies in memory already.
static bool small_where_it_waits(const struct canary *canary) {
#if defined(SMALL_CANARY)
  return canary->waits;
#else
  (void)canary;
  return false;
#endif
}

static bool run_canary(struct launcher *l, const struct canary *canary, struct job *result, char *output, size_t size) {
  bool native = canary->place == NULL;
  int in = memory_file("canary-in", canary->input, strlen(canary->input)), out = memfd_create("canary-out", MFD_CLOEXEC);
  int program = native ? (canary->kept && !small_where_it_waits(canary) ? kept_program() : native_program(canary->waits))
                       : memory_file("canary-code", canary->place->runtime->canary, canary->place->runtime->canary_length);
  int copy = out < 0 ? -1 : fcntl(out, F_DUPFD_CLOEXEC, FRAME_HEADER);
  ssize_t length = -1;
  struct job *job = launcher_free_job(l, 0);
  if (in >= 0 && program >= 0 && copy >= 0) {
    struct limits limits = {native ? NATIVE_BYTES : RUNTIME_BYTES, OUTPUT_BYTES, CANARY_MS, CANARY_MS};
    struct start_context context = launcher_context(l);
    job->canary = true;
    if (canary->direct != NULL) job_be(job, canary->direct);
    if (canary->waits)
      job_warm_native(job, &context, limits.memory_bytes);
    else if (native)
      job_start(job, &context, &limits, program, in, out);
    else
      job_warm(job, &context, canary->place, limits.memory_bytes);
    bool taken = job->state == JOB_RUNNING || (native && !canary->waits);
    if (!native && taken) job_assign(job, &limits, canary->kind, program, in, out);
    if (canary->waits && taken) taken = job_take_program(job, &limits, program, in, out);
    if (taken) in = out = program = -1; // the job closes them
    while (job->state == JOB_RUNNING) launcher_turn(l);
    length = pread(copy, output, size - 1, 0);
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

// Runs one that must complete and one that must be stopped. False with a message.
static bool run_pair(struct launcher *l, const struct canary pair[2], struct job *result, char message[MESSAGE_LIMIT]) {
  struct job hostile;
  char output[64];
  bool ran = run_canary(l, &pair[0], result, output, sizeof output);
  if (!ran || result->reason != REASON_COMPLETED || strcmp(output, pair[0].input) != 0) {
    snprintf(message, MESSAGE_LIMIT, "a harmless program can't be run: %s %s %.300s", reason_name(result->reason),
             result->syscall, result->message);
    return false;
  }
  (void)run_canary(l, &pair[1], &hostile, output, sizeof output);
  if (hostile.reason == REASON_SYSCALL_DENIED && strcmp(hostile.syscall, "openat") == 0) return true;
  snprintf(message, MESSAGE_LIMIT, "a program that opens a file was not stopped: %s %s %.300s",
           reason_name(hostile.reason), hostile.syscall, hostile.message);
  return false;
}

static bool run_native_pair(struct launcher *l, uint32_t *layers, char message[MESSAGE_LIMIT]) {
  static const struct canary pair[2] = {{.input = "canary"}, {.input = "open"}};
  struct job harmless;
  if (!run_pair(l, pair, &harmless, message)) return false;
  *layers = harmless.layers;
  return true;
}

static bool run_traced(struct launcher *l, uint32_t *layers, char message[MESSAGE_LIMIT]) {
  l->probe.traces = tracer_open(&l->tracer);
  if (!l->probe.traces) {
    snprintf(message, MESSAGE_LIMIT, "signalfd: %s", strerror(errno));
    return false;
  }
  return run_native_pair(l, layers, message);
}

// A process gets its program through the listener (SECCOMP_IOCTL_NOTIF_ADDFD): where there is none, none can wait.
static void run_waiting(struct launcher *l) {
  static const struct canary pair[2] = {{.input = "canary", .waits = true}, {.input = "open", .waits = true}};
  struct job harmless;
  if (!l->probe.traces)
    l->probe.waits = run_pair(l, pair, &harmless, l->probe.waits_message);
  else
    snprintf(l->probe.waits_message, MESSAGE_LIMIT, "where calls are traced, a process can't wait for its program");
}

void run_canaries(struct launcher *l, enum listener_choice choice, uint32_t *layers) {
  struct probe *probe = &l->probe;
  char message[MESSAGE_LIMIT];
  if (choice != LISTENER_TRACE && probe->notifies) probe->available = run_native_pair(l, layers, probe->message);
  if (!probe->available && choice != LISTENER_NOTIFY) {
    probe->available = run_traced(l, layers, message);
    if (choice == LISTENER_TRACE) probe->message[0] = '\0';
    size_t length = strlen(probe->message);
    if (!probe->available)
      snprintf(probe->message + length, sizeof probe->message - length, "%sby ptrace: %s", length > 0 ? "; " : "", message);
  }
  if (!probe->available) return;
  probe->message[0] = '\0';
  run_waiting(l);
}

void run_carried_canaries(struct launcher *l) {
  static const struct canary mapped[2] = {{.input = "canary", .waits = true, .kept = true},
                                          {.input = "open", .waits = true, .kept = true}};
  static const struct canary executed[2] = {{.input = "canary", .kept = true}, {.input = "open", .kept = true}};
  struct probe *probe = &l->probe;
  struct job harmless;
  char message[MESSAGE_LIMIT];
  probe->maps_memory = probe->waits && run_pair(l, mapped, &harmless, message);
  probe->runs_memory = run_pair(l, executed, &harmless, message);
  if (probe->runs_memory) return;
  snprintf(probe->memory_message, MESSAGE_LIMIT, "a program that is kept in memory can't be executed: %.400s", message);
  if (!probe->go) return;
  probe->go = false;
  snprintf(probe->go_message, sizeof probe->go_message, "%s", probe->memory_message);
}

void run_go_canaries(struct launcher *l) {
  static const struct canary pair[2] = {{.input = "canary", .direct = &go_direct}, {.input = "open", .direct = &go_direct}};
  struct job harmless;
  if (l->probe.traces)
    snprintf(l->probe.go_message, sizeof l->probe.go_message, "where calls are traced, programs in Go can't have threads");
  else if (go_is_known())
    l->probe.go = run_pair(l, pair, &harmless, l->probe.go_message);
  else
    snprintf(l->probe.go_message, sizeof l->probe.go_message, "there is no table of calls for programs in Go on this machine");
}

void run_runtime_canaries(struct launcher *l, struct place *place) {
  const struct canary pair[2] = {{.input = "canary", .place = place, .kind = CODE_SERVICE},
                                 {.input = "open", .place = place, .kind = CODE_CANARY}};
  struct job harmless, both;
  char output[64];
  // Only an offer: every start is locked in the same order, or fails. The sandbox itself was tried just before.
  if (place->proven) {
    place->available = true;
    return;
  }
  if (!place->runtime->canaries_in_one) {
    place->available = run_pair(l, pair, &harmless, place->message);
    return;
  }
  const struct canary one = {.input = "canary", .place = place, .kind = CODE_CANARY};
  bool ran = run_canary(l, &one, &both, output, sizeof output) && strcmp(output, one.input) == 0;
  place->available = ran && both.reason == REASON_SYSCALL_DENIED && strcmp(both.syscall, "openat") == 0;
  if (place->available) return;
  snprintf(place->message, MESSAGE_LIMIT, "%s: %s %s %.300s",
           ran ? "a program that opens a file was not stopped" : "a harmless program can't be run",
           reason_name(both.reason), both.syscall, both.message);
}
