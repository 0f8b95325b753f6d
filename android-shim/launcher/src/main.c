// The launcher: one long-lived process per phone, the parent of every service. Frames come from the supervisor on
// stdin and go to it on stdout; end-of-file on stdin ends every service at once.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher.h"
#include "load.h"
#include "print_policy.h"

enum { DESCRIPTORS = 1024 };

// --- the loop ---

enum { WATCHED_OURS = 3, WATCHED_PER_JOB = 4, WATCHED_MAX = WATCHED_OURS + JOBS_MAX * WATCHED_PER_JOB };

static void tick(struct launcher *l, uint64_t now) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  for (size_t i = 0; i < JOBS_MAX; i++) {
    struct job *job = &l->jobs[i];
    carried_tick(job, now);
    if (job->state != JOB_RUNNING || job->reason != REASON_NONE || job_is_idle(job)) continue;
    job_measure(job, now);
    if (job->canary || job->started_ns == 0 || now - job->reported_ns < (uint64_t)PROGRESS_MS * 1000000u) continue;
    job->reported_ns = now;
    struct progress_frame progress = {job->id, (uint32_t)(job->cpu_used_ns / 1000000), job->now_bytes, job->bytes_in,
                                      job->bytes_out};
    launcher_send(l, frame, encode_progress(&progress, frame));
  }
}

static void serve_job(struct job *job, const struct pollfd watched[WATCHED_PER_JOB]) {
  // What was written before a call is seen before it.
  if (watched[2].revents != 0) (void)job_pump_output(job);
  if ((watched[0].revents & POLLIN) != 0 && job->reason == REASON_NONE)
    job_on_call(job);
  else if (watched[0].revents != 0)
    job_forget_calls(job); // nobody is left who could ask; the end is still to come
  if (watched[1].revents != 0) job_pump_input(job);
  if (watched[3].revents != 0) job_reap(job);
}

void launcher_turn(struct launcher *l) {
  struct pollfd watched[WATCHED_MAX];
  struct job *of[JOBS_MAX];
  size_t jobs = 0, busy = 0;
  for (size_t i = 0; i < JOBS_MAX; i++) {
    struct job *job = &l->jobs[i];
    if (carried_waits(job)) busy++;
    if (job->state != JOB_RUNNING) continue;
    struct pollfd *slot = &watched[WATCHED_OURS + jobs * WATCHED_PER_JOB];
    bool ending = job->reason != REASON_NONE;
    slot[0] = (struct pollfd){.fd = ending ? -1 : job->listener, .events = POLLIN};
    slot[1] = ending || job->started_ns == 0 ? (struct pollfd){.fd = -1} : job_wait_for_input(job);
    slot[2] = (struct pollfd){.fd = ending || !carried_may_send(job) ? -1 : job->out_pipe, .events = POLLIN};
    slot[3] = (struct pollfd){.fd = job->pidfd, .events = POLLIN};
    of[jobs++] = job;
    if (!job_is_idle(job)) busy++;
  }
  uint64_t now = now_ns();
  if (busy > 0 && l->next_tick < now) l->next_tick = now;
  bool idle_work = launcher_has_idle_work(l, now);
  bool traces = l->probe.traces;
  int timeout = idle_work || (traces && l->tracer.again) ? 0 : busy == 0 ? -1 : (int)((l->next_tick - now + 999999) / 1000000);
  watched[0] = (struct pollfd){.fd = l->control.in, .events = POLLIN};
  watched[1] = (struct pollfd){.fd = control_pending(&l->control) ? l->control.out : -1, .events = POLLOUT};
  watched[2] = (struct pollfd){.fd = traces ? l->tracer.signals : -1, .events = POLLIN};
  int ready = poll(watched, (nfds_t)(WATCHED_OURS + jobs * WATCHED_PER_JOB), timeout);
  if (ready < 0 && errno != EINTR) launcher_leave(l, EXIT_BROKEN, strerror(errno));
  if (ready > 0)
    for (size_t i = 0; i < jobs; i++) serve_job(of[i], &watched[WATCHED_OURS + i * WATCHED_PER_JOB]);
  if (traces && (l->tracer.again || (ready > 0 && watched[2].revents != 0))) trace_look(&l->tracer, l->jobs);
  if (idle_work && (ready == 0 || launcher_overdue(l, now))) launcher_do_idle_work(l);
  now = now_ns();
  if (now >= l->next_tick) {
    tick(l, now);
    l->next_tick = now + (uint64_t)TICK_MS * 1000000u;
  }
  if (ready > 0 && watched[0].revents != 0) launcher_take_frames(l);
  for (size_t i = 0; i < JOBS_MAX; i++) launcher_report(l, &l->jobs[i]);
  if (!control_flush(&l->control)) launcher_leave(l, 0, NULL);
}

static void say_hello(struct launcher *l, enum listener_choice choice) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  uint32_t layers = 0;
  if (probe_kernel(&l->probe, l->self >= 0)) run_canaries(l, choice, &layers);
  struct hello_frame hello = {
      .protocol = PROTOCOL_VERSION,
      .available = l->probe.available,
      .arch = native_policy.arch,
      .kernel = l->probe.kernel,
      .message = l->probe.message,
  };
  if (l->probe.available) hello.layer_count = layer_names(layers, hello.layers);
  if (l->probe.available) {
    bool offered = true;
    run_go_canaries(l);
    if (l->carries) {
      run_carried_canaries(l);
      offered = l->probe.maps_memory || l->probe.runs_memory;
    }
    if (offered) {
      hello.runtimes[hello.runtime_count++] = native_policy.runtime;
    } else {
      hello.lacks[hello.lack_count].runtime = native_policy.runtime;
      hello.lacks[hello.lack_count++].why = l->probe.memory_message;
    }
  }
  if (l->probe.go) {
    hello.runtimes[hello.runtime_count++] = go_direct.policy->runtime;
  } else {
    hello.lacks[hello.lack_count].runtime = go_direct.policy->runtime;
    hello.lacks[hello.lack_count++].why = l->probe.available ? l->probe.go_message : l->probe.message;
  }
  for (struct place *place = l->places; place < l->places + PLACES_MAX && place->runtime != NULL; place++) {
    const char *name = place->runtime->policy->runtime;
    if (l->probe.available && place->message[0] == '\0') run_runtime_canaries(l, place);
    if (place->available) {
      hello.runtimes[hello.runtime_count++] = name;
      continue;
    }
    hello.lacks[hello.lack_count].runtime = name;
    hello.lacks[hello.lack_count++].why = l->probe.available ? place->message : l->probe.message;
  }
  launcher_send(l, frame, encode_hello(&hello, frame));
}

static void prepare(struct launcher *l) {
  struct rlimit descriptors = {DESCRIPTORS, DESCRIPTORS};
  // Whatever was inherited but the three; services get none of it anyway.
  if (syscall(SYS_close_range, 3, ~0u, 0) != 0)
    for (int fd = 3; fd < DESCRIPTORS; fd++) close(fd); // kernels before 5.9
  // Services are executed with this table: only what is put at 0 and 1 for them may stay open.
  // Fails closed: the descriptors of jobs begin above ours.
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) launcher_leave(l, EXIT_BROKEN, "descriptors 0 to 2 are not open");
  (void)setrlimit(RLIMIT_NOFILE, &descriptors);
  (void)signal(SIGPIPE, SIG_IGN);
  (void)prctl(PR_SET_NAME, "abhaya-launcher");
  l->self = (int)syscall(SYS_pidfd_open, getpid(), 0); // without it services are traced (probe.c)
  l->image = open("/proc/self/exe", O_RDONLY | O_CLOEXEC); // -1: no process can wait for its program
  for (size_t i = 0; i < JOBS_MAX; i++) job_clear(&l->jobs[i]);
  control_init(&l->control, STDIN_FILENO, STDOUT_FILENO);
}

// --listener notify|trace
static bool take_listener(const char *name, enum listener_choice *choice) {
  *choice = strcmp(name, "trace") == 0 ? LISTENER_TRACE : LISTENER_NOTIFY;
  return *choice == LISTENER_TRACE || strcmp(name, "notify") == 0;
}

// --runtime NAME=FOLDER, once for each runtime, or --proven NAME=FOLDER. False where it is none of these.
static bool take_arguments(struct launcher *l, int count, char **arguments, enum listener_choice *choice) {
  for (size_t i = 0; i < PLACES_MAX; i++) l->places[i] = (struct place){.folder_fd = -1, .program_fd = -1};
  for (int i = 0; i < count; i += 2) {
    char name[NAME_LIMIT];
    if (strcmp(arguments[i], "--bytes") == 0) {
      l->carries = true;
      i--;
      continue;
    }
    if (i + 1 >= count) return false;
    if (strcmp(arguments[i], "--listener") == 0) {
      if (!take_listener(arguments[i + 1], choice)) return false;
      continue;
    }
    bool proven = strcmp(arguments[i], "--proven") == 0;
    if (!proven && strcmp(arguments[i], "--runtime") != 0) return false;
    const char *equals = strchr(arguments[i + 1], '=');
    if (equals == NULL || equals[1] != '/' || strlen(equals + 1) > PATH_LIMIT) return false;
    snprintf(name, sizeof name, "%.*s", (int)(equals - arguments[i + 1]), arguments[i + 1]);
    const struct runtime *runtime = find_runtime_by_name(name);
    struct place *place = l->places;
    while (place->runtime != NULL && (runtime == NULL || place->runtime->kind != runtime->kind)) place++;
    if (runtime == NULL || place->runtime != NULL) return false;
    (void)place_open(place, runtime, equals + 1);
    place->proven = proven;
  }
  return true;
}

// `flavour` is NULL for the runtime's first.
static int policy_of(const char *name, const char *flavour) {
  const struct runtime *runtime = find_runtime_by_name(name);
  if (flavour != NULL) {
    runtime = runtime == NULL ? NULL : runtime->other;
    if (runtime == NULL || strcmp(runtime->policy->flavour, flavour) != 0) return 64;
  }
  if (runtime != NULL) return print_policy(runtime->policy, stdout);
  const struct direct *direct = find_direct_by_name(name);
  return direct != NULL ? print_policy(direct->policy, stdout) : 64;
}

int main(int argc, char **argv) {
  static struct launcher launcher;
  if (argc == 1 && argv[0] != NULL && strcmp(argv[0], "service") == 0) return canary_main();
  if (argc == 1 && argv[0] != NULL && strcmp(argv[0], LOAD_NAME) == 0) load_main(environ);
  if (argc >= 2 && argc <= 4 && strcmp(argv[1], "--policy") == 0)
    return policy_of(argc == 2 ? native_policy.runtime : argv[2], argc == 4 ? argv[3] : NULL);
  enum listener_choice choice = LISTENER_BEST;
  prepare(&launcher);
  if (!take_arguments(&launcher, argc - 1, argv + 1, &choice)) {
    dprintf(STDERR_FILENO, "usage: abhaya-launcher [--policy [RUNTIME [FLAVOUR]] | [--bytes] [--listener notify|trace] "
                           "[--runtime|--proven NAME=FOLDER ...]]; frames on stdin and stdout\n");
    return 64;
  }
  say_hello(&launcher, choice);
  launcher.makes_networks = (launcher.probe.namespaces & CLONE_NEWNET) != 0;
  for (;;) launcher_turn(&launcher);
}
