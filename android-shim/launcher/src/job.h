// One sandboxed run as the launcher sees it, and what may be done with it. A job owns its descriptors and its process.
#pragma once

#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "carried.h"
#include "child.h"
#include "direct.h"
#include "flow.h"
#include "frames.h"
#include "policy.h"
#include "runtime.h"

enum { JOBS_MAX = 64, PLACES_MAX = RUNTIME_LIMIT, TICK_MS = 10, PROGRESS_MS = 250, SETUP_MS = 60000 };
// While a child is locked, or a process that waited takes its program, nothing else is done: a millisecond, as a rule. One
// that somebody stops is told to go on (script.c); after this it is given up. A process that waited, even earlier: its
// service starts cold.
enum { LOCKING_MS = 10000, TAKING_MS = 2000 };
// What a service may have the launcher answer: calls of its errno list, and last words, of which one says them all.
enum { ERRNO_ANSWERS_MAX = 65536, WORDS_CALLS_MAX = 64 };

// Planned: to be warmed at a quiet moment.
// Carried: its files are on their way (carried.h), in code_file and in_file.
enum job_state { JOB_FREE, JOB_PLANNED, JOB_CARRIED, JOB_RUNNING, JOB_ENDED };
// A native service is locked from its exec on. A two-phase runtime starts, is locked, and waits for its one service.
enum job_phase { PHASE_LOCKED, PHASE_START };

struct limits {
  uint64_t memory_bytes, max_output_bytes;
  uint32_t wall_ms, cpu_ms;
};

struct tracer;
struct job {
  enum job_state state;
  uint32_t id;
  bool canary; // the launcher's own probe: its report stays here
  const struct policy *policy;
  const struct direct *direct;   // where there is no runtime
  uint32_t threads;              // that a program in Go has made
  int queue, event;              // its event queue for timers, until both are where it wants them (go_calls.c)
  uint32_t queue_steps;
  const struct runtime *runtime; // NULL: native
  const struct place *place;     // of a planned one; NULL: native
  uint64_t planned_ns;
  enum job_phase phase;
  bool spare;   // started before there is a service for it
  bool ready;   // a spare that has reached the lock, to be said once
  bool has_lock_call;
  uint64_t lock_call; // the bootstrap's question, until it is answered
  pid_t lock_thread;  // who asks it
  uint64_t setup_deadline_ns;
  // A two-phase runtime's service code, in front of the input.
  int code_file;
  uint8_t code_header[CODE_HEADER];
  uint64_t code_bytes, code_sent; // header included
  char words[MESSAGE_LIMIT];
  size_t words_length;
  uint32_t words_calls;
  pid_t pid;
  // Where the filter's calls are seen by ptrace (trace.h); NULL: by the listener.
  struct tracer *tracer;
  bool call_waits; // during a start: a call is stopped
  bool executed;
  // Descriptors; -1 where closed.
  int pidfd, listener, status, in_file, in_pipe, out_pipe, out_file, proc_status;
  int in_probe; // the service's end of the input pipe, kept to see what it left unread
  bool in_stream, in_empty; // in_file is a pipe, of which nothing is to be had just now
  struct flow in_flow, out_flow;
  char out_path[PATH_LIMIT + 1]; // where out_file will be; made with the first byte, or at the end (a start is quicker so)
  struct carried carried;
  uint64_t memory_bytes, max_output_bytes;
  uint64_t wall_ns, cpu_ns;
  uint64_t address_bytes;
  // Measurements.
  uint64_t accepted_ns, first_byte_ns, verdict_ns;
  uint64_t started_ns, ended_ns, reported_ns, cpu_base_ns, cpu_used_ns;
  uint64_t bytes_in, bytes_out, peak_bytes, now_bytes, unread_bytes;
  bool near_limit; // an allocation was refused, or was about to be
  // The verdict: set once, by the first violation or by the end.
  enum exit_reason reason;
  bool has_exit_code;
  uint8_t exit_code;
  char syscall[NAME_LIMIT];
  char signal[16];
  char message[MESSAGE_LIMIT];
  uint32_t layers;
  uint32_t hits[HIT_LIMIT], total_hits;
};

uint64_t now_ns(void);

// Descriptor and process bookkeeping (job.c).
void job_clear(struct job *job);
void job_close(struct job *job);
// Before its start: a program of another kind than native.
void job_be(struct job *job, const struct direct *direct);
enum runtime_kind job_runtime(const struct job *job);
// Takes over what the input is read from: a regular file, or a pipe.
void job_take_input(struct job *job, int in_file);
// The first verdict stands; then the process is killed.
void job_end(struct job *job, enum exit_reason reason, const char *message);
// Makes the output file, if there is none yet. False with the job ended.
bool job_open_output(struct job *job);
// The EXIT frame of an ended job.
size_t job_report(const struct job *job, uint8_t *out);
// Fills names of the layers in force; answers how many.
size_t layer_names(uint32_t layers, const char *names[LAYER_LIMIT]);

struct start_context {
  int launcher;   // pidfd of the launcher
  int image;      // the launcher's own program, or -1
  int namespaces; // clone flags found by the probe
  bool *fresh_network; // we are in a network namespace that no service has had yet
  struct job *jobs;
  const struct place *places; // of the runtimes, PLACES_MAX of them
  struct tracer *tracer;      // NULL: the kernel can notify
};
// start.c: takes over in_file, out_file and program whatever happens. After it the job is RUNNING, or ENDED with
// reason sandbox-error (or out-of-memory for a program whose data alone is too large) and a message.
void job_start(struct job *job, const struct start_context *context, const struct limits *limits, int program,
               int in_file, int out_file);
// Starts a runtime, without a service. RUNNING in PHASE_START, or ENDED.
void job_warm(struct job *job, const struct start_context *context, const struct place *place, uint64_t memory_bytes);

// Starts a process for a native service whose program is not known yet. RUNNING and ready, or ENDED.
void job_warm_native(struct job *job, const struct start_context *context, uint64_t memory_bytes);

// spare.c: gives such a process its program. False where it can't have it, since it has died, or only the kernel can load
// the program: it is ended, and nothing has run. Else the descriptors are taken over, and the program runs, or the job has
// its verdict.
bool job_take_program(struct job *job, const struct limits *limits, int program, int in_file, int out_file);

// phase.c: a two-phase runtime from its exec to its end.
// Its one service; the files are taken over. The code goes into the pipe once the job is locked.
void job_assign(struct job *job, const struct limits *limits, enum code_kind kind, int code_file, int in_file,
                int out_file);
// Locks, or tries again later while a helper thread is busy; ends the job where the lock can't be put in place.
void job_try_lock(struct job *job);
// go_calls.c: a call that the launcher answers in the kernel's place. False: it ends the process.
bool job_answer_instead(struct job *job, const struct seccomp_notif *seen, int answer);
void job_hear_words(struct job *job, uint64_t address, uint64_t length);
// The service has ended by itself; what it wrote is in the pipe.
void job_say_end(struct job *job, uint32_t code);
// Waits at the lock for a service: nothing to watch.
bool job_is_idle(const struct job *job);

// watch.c: what happens while it runs.
void job_on_call(struct job *job);
// Answers a call, or ends the job.
void job_judge_call(struct job *job, const struct seccomp_notif *seen);
// Closes the listener, once the last process under it has gone.
void job_forget_calls(struct job *job);
void job_answer_call(struct job *job, uint64_t id, int error, int64_t value, uint32_t flags);
uint64_t job_cpu_total(const struct job *job); // ns, since the process began
void job_measure_memory(struct job *job);
// Memory, CPU and wall clock; every TICK_MS.
void job_measure(struct job *job, uint64_t now);
// Reaps the process if it has ended; the job is ENDED then. Not of traced ones.
void job_reap(struct job *job);
// A signal of its own doing ends it.
void job_end_by_signal(struct job *job, int number);
// It was reaped, with this status; `used` of NULL: it was lost.
void job_reaped(struct job *job, int status, const struct rusage *used);

// pipes.c: what goes in and comes out.
// What is waited for before input can be moved; a descriptor of -1 where there is nothing to wait for.
struct pollfd job_wait_for_input(const struct job *job);
void job_pump_input(struct job *job);
// Before its program runs: what fits into the pipe waits there, so that the program does not.
void job_prime_input(struct job *job);
// Moves one chunk; answers whether there may be more at once.
bool job_pump_output(struct job *job);
// At its end: what it did not take of its input.
void job_count_unread(struct job *job);
