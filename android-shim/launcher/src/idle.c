// Work that can wait for a quiet moment: processes that are to be warmed, and a network namespace for the next service,
// which takes the kernel longer to make than all the rest of a start. See launcher.h.
#include <sched.h>

#include "launcher.h"

// Starts that are under way go first: for so long after they were accepted, but no warming waits longer than this.
enum { YOUNG_MS = 10, PATIENCE_MS = 50 };

static bool is_young(const struct job *job, uint64_t now) {
  return job->state == JOB_RUNNING && !job->spare && now < job->accepted_ns + (uint64_t)YOUNG_MS * 1000000u;
}

bool launcher_overdue(const struct launcher *l, uint64_t now) {
  for (size_t i = 0; i < JOBS_MAX; i++)
    if (l->jobs[i].state == JOB_PLANNED && now - l->jobs[i].planned_ns >= (uint64_t)PATIENCE_MS * 1000000u) return true;
  return false;
}

bool launcher_has_idle_work(const struct launcher *l, uint64_t now) {
  bool planned = false, running = false;
  for (size_t i = 0; i < JOBS_MAX; i++) {
    if (is_young(&l->jobs[i], now)) return launcher_overdue(l, now);
    if (l->jobs[i].state == JOB_PLANNED) planned = true;
    if (l->jobs[i].state == JOB_RUNNING && !job_is_idle(&l->jobs[i])) running = true;
  }
  return planned || (!running && !l->fresh_network && l->makes_networks);
}

static struct job *next_planned(struct launcher *l) {
  struct job *next = NULL;
  for (size_t i = 0; i < JOBS_MAX; i++) {
    struct job *job = &l->jobs[i];
    if (job->state == JOB_PLANNED && (next == NULL || job->planned_ns < next->planned_ns)) next = job;
  }
  return next;
}

// We move into a new network namespace; the next service is born into it, and we leave it before the one after that.
// We have no use for a network. False where only a child in a user namespace of its own may do so.
static bool make_network(void) { return unshare(CLONE_NEWNET) == 0; }

void launcher_do_idle_work(struct launcher *l) {
  struct start_context context = launcher_context(l);
  struct job *job = next_planned(l);
  if (job == NULL) {
    l->fresh_network = l->makes_networks = make_network();
  } else if (job->place == NULL) {
    job_warm_native(job, &context, job->memory_bytes);
  } else {
    job_warm(job, &context, job->place, job->memory_bytes);
  }
}
