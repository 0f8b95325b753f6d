// One sandboxed run as the launcher sees it, and what may be done with it. A job owns its descriptors and its process.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"
#include "frames.h"
#include "policy.h"

enum { JOBS_MAX = 64, TICK_MS = 10, PROGRESS_MS = 250, SETUP_MS = 10000, ERRNO_ANSWERS_MAX = 65536 };

enum job_state { JOB_FREE, JOB_RUNNING, JOB_ENDED };

struct job {
  enum job_state state;
  uint32_t id;
  bool canary; // the launcher's own probe: its report stays here
  pid_t pid;
  // Descriptors; -1 where closed.
  int pidfd, listener, status, in_file, in_pipe, out_pipe, out_file, proc_status;
  int in_probe; // the service's end of the input pipe, kept to see what it left unread
  uint64_t memory_bytes, max_output_bytes;
  uint64_t wall_ns, cpu_ns;
  uint64_t address_bytes;
  // Measurements.
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

struct limits {
  uint64_t memory_bytes, max_output_bytes;
  uint32_t wall_ms, cpu_ms;
};

uint64_t now_ns(void);

// Descriptor and process bookkeeping (job.c).
void job_clear(struct job *job);
void job_close(struct job *job);
// The first verdict stands; then the process is killed.
void job_end(struct job *job, enum exit_reason reason, const char *message);
// The EXIT frame of an ended job.
size_t job_report(const struct job *job, uint8_t *out);
// Fills names of the layers in force; answers how many.
size_t layer_names(uint32_t layers, const char *names[LAYER_LIMIT]);

// start.c: takes over in_file, out_file and program whatever happens. After it the job is RUNNING, or ENDED with
// reason sandbox-error (or out-of-memory for a program whose data alone is too large) and a message.
struct start_context {
  int launcher;   // pidfd of the launcher
  int namespaces; // clone flags found by the probe
  struct job *jobs;
};
void job_start(struct job *job, const struct start_context *context, const struct limits *limits, int program,
               int in_file, int out_file);

// watch.c: what happens while it runs.
void job_on_call(struct job *job);
// Closes the listener, once the last process under it has gone.
void job_forget_calls(struct job *job);
void job_pump_input(struct job *job);
void job_pump_output(struct job *job);
// Memory, CPU and wall clock; every TICK_MS.
void job_measure(struct job *job, uint64_t now);
// Reaps the process if it has ended; the job is ENDED then.
void job_reap(struct job *job);
