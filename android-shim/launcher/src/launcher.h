// The long-lived program: its state, and what its parts do for each other.
#pragma once

#include "control.h"
#include "job.h"
#include "probe.h"
#include "trace.h"

enum { EXIT_MALFORMED = 2, EXIT_BROKEN = 3 };

struct launcher {
  struct control control;
  struct probe probe;
  struct place places[PLACES_MAX];
  int self;  // pidfd; -1 before Linux 5.3
  int image; // our own program, for processes that wait for theirs
  struct tracer tracer; // where probe.traces
  struct job jobs[JOBS_MAX];
  uint64_t next_tick;
  bool fresh_network;  // the network namespace that we are in is the next service's
  bool makes_networks; // we are allowed to make them ahead
  bool carries;        // files of jobs may come as pieces, to be kept in memory (--bytes)
};

// orders.c: what the supervisor asks for, and what it is told.
struct start_context launcher_context(struct launcher *l);
struct job *launcher_free_job(struct launcher *l, uint32_t id);
void launcher_take_frames(struct launcher *l);
void launcher_send(struct launcher *l, const uint8_t *frame, size_t length);
// Reports an ended job and frees it; says that a spare is ready.
void launcher_report(struct launcher *l, struct job *job);
_Noreturn void launcher_leave(struct launcher *l, int code, const char *why);

struct job *launcher_find_job(struct launcher *l, uint32_t id);
// A report for a job that never was one.
void launcher_refuse(struct launcher *l, uint32_t id, const char *message);
// Starts what was asked for, or says why not. The files are taken over; -1: they are opened by their paths.
struct files {
  int program, input;
};
void launcher_begin(struct launcher *l, const struct start_frame *frame, struct files files);

// carried_orders.c: the same for jobs whose files come as pieces. NULL, or what is wrong with the frame.
const char *launcher_take_carried(struct launcher *l, const uint8_t *payload, size_t length);
// Of one that waits for the other side (carried_waits).
void launcher_cancel_carried(struct launcher *l, struct job *job);

// main.c: waits for whatever comes first, the next tick included, and deals with it.
void launcher_turn(struct launcher *l);

// idle.c: work that can wait for a quiet moment.
bool launcher_has_idle_work(const struct launcher *l, uint64_t now);
// Some of it has waited too long.
bool launcher_overdue(const struct launcher *l, uint64_t now);
// Does one piece of it.
void launcher_do_idle_work(struct launcher *l);

// canaries.c: the launcher's own programs, run as services. Failure sets the probe's, or the runtime's, message.
// The first also finds out how calls can be seen: the choice, or what works.
void run_canaries(struct launcher *l, enum listener_choice choice, uint32_t *layers);
// The same program from memory, where files of jobs are kept there.
void run_carried_canaries(struct launcher *l);
void run_go_canaries(struct launcher *l);
void run_runtime_canaries(struct launcher *l, struct place *place);
