// The long-lived program: its state, and what its parts do for each other.
#pragma once

#include "control.h"
#include "job.h"
#include "probe.h"

enum { EXIT_MALFORMED = 2, EXIT_BROKEN = 3 };

struct launcher {
  struct control control;
  struct probe probe;
  struct place places[PLACES_MAX];
  int self; // pidfd
  struct job jobs[JOBS_MAX];
  uint64_t next_tick;
};

// orders.c: what the supervisor asks for, and what it is told.
struct start_context launcher_context(struct launcher *l);
struct job *launcher_free_job(struct launcher *l, uint32_t id);
void launcher_take_frames(struct launcher *l);
void launcher_send(struct launcher *l, const uint8_t *frame, size_t length);
// Reports an ended job and frees it; says that a spare is ready.
void launcher_report(struct launcher *l, struct job *job);
_Noreturn void launcher_leave(struct launcher *l, int code, const char *why);

// main.c: waits for whatever comes first, the next tick included, and deals with it.
void launcher_turn(struct launcher *l);

// canaries.c: the launcher's own programs, run as services. False sets the probe's, or the runtime's, message.
void run_canaries(struct launcher *l, uint32_t *layers);
void run_runtime_canaries(struct launcher *l, struct place *place);
