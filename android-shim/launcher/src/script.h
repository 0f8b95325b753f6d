// The launcher's side of the calls that a child makes under the lock before its program runs: each is looked at, and let
// through once. All of these end the job with a message where they answer false.
#pragma once

#include "job.h"

// Waits until `fd` can be read. False when the child has died instead, or the time is up.
bool script_wait(struct job *job, int fd, uint64_t deadline);
// How long to poll, in ms, before one looks again. A child that somebody has stopped would keep all jobs waiting: it is
// told to go on, again and again; one that runs does not notice. `nudge` begins as 0.
int script_patience(const struct job *job, uint64_t now, uint64_t deadline, uint64_t *nudge);
// What the child says over its status pipe; step 0 when exec has closed its end.
bool script_read_report(struct job *job, struct setup_report *report, uint64_t deadline);
bool script_same_call(const struct seccomp_data *seen, const struct scripted_call *expected);
// The next call, whatever it is; it waits until it is answered.
bool script_next(struct job *job, uint64_t deadline, struct seccomp_notif *seen);
// The next call, which must be the one expected; it waits until it is answered.
bool script_receive(struct job *job, const struct scripted_call *expected, uint64_t deadline, uint64_t *id);
// Lets it go on. CONTINUE is safe here: until exec the child runs our code alone, in memory that nobody shares, so what
// was checked is what is done.
bool script_answer(struct job *job, uint64_t id);
// Puts a descriptor of ours into its table, while it waits for the answer to call `id` (Linux 5.9).
bool script_put_descriptor(const struct job *job, uint64_t id, int descriptor, int at, uint32_t flags);
// Nothing opens from here on; the program's CPU time is counted from here.
bool script_close_table(struct job *job);
// After the last call: the program runs, or the child says what failed.
bool script_finish(struct job *job, uint64_t deadline);
// Ends the job; always false. `error` of 0: the step is a sentence.
bool script_give_up(struct job *job, enum exit_reason reason, const char *step, int error);
