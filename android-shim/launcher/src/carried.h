// Jobs whose files come and go as frames, for a launcher that may open nothing: an isolated process of Android. Program
// and input are kept in memory files (sealed once they are whole), output goes out in pieces. What was sent and not yet
// taken is bounded for each job: a slow reader slows its service.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "frames.h"

struct control;
struct job;

// At most so many at once, whose output all fits into the control channel (control.h).
enum { CARRIED_JOBS_MAX = 28, CARRIED_WINDOW = 64 * 1024, CARRIED_PATIENCE_MS = 60000 };
enum { CARRIED_PROGRAM_MAX = 64 << 20 };
#define CARRIED_BYTES_MAX ((uint64_t)512 << 20) // of all jobs

struct carried {
  bool on;                   // a running job: its output goes out as pieces
  bool nobodys;              // a process that was started for such a job, and is not its: nothing is said of it
  struct control *control;   // where output goes
  struct carry_frame wanted; // of one whose files are on their way
  uint64_t got[2];           // of program and input
  uint64_t seen_ns;          // when the other side last did something
  uint64_t untaken;          // output that was sent and not yet taken
  uint64_t owed;             // of an ended one: what it left in its output pipe, to be sent before its report
};

// A memory file that can be sealed; -1 with errno.
int carried_file(const char *name, bool executable);
bool carried_seal(int file);

// Its files are on their way from now on; NULL, or why not, with nothing left open.
const char *carried_begin(struct job *job, const struct carry_frame *frame, uint64_t now);
// One that does not fit ends the job.
void carried_take(struct job *job, const struct piece_frame *piece, uint64_t now);
bool carried_is_whole(const struct job *job);
// Ends one whose files are on their way.
void carried_fail(struct job *job, enum exit_reason reason, const char *message);

// Before it runs.
void carried_become(struct job *job, struct control *control);
// Whether output may be sent. Of every other job, too.
bool carried_may_send(const struct job *job);
// Moves one piece; answers whether there may be more at once.
bool carried_pump(struct job *job);
// It writes no more: what is in its pipe is owed. Of every other job, nothing.
void carried_settle(struct job *job);
// Closes all that is open, but for what is owed.
void carried_close(struct job *job);
// Some output was taken. False: more than was sent.
bool carried_taken(struct job *job, uint32_t bytes, uint64_t now);
// Of an ended one: sends what is owed, as far as it may be sent.
void carried_drain(struct job *job);
// Who asked wants no more of it.
void carried_forget(struct job *job);

// Waits for the other side: watch the clock.
bool carried_waits(const struct job *job);
void carried_tick(struct job *job, uint64_t now);
