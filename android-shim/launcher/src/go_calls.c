// Calls of programs in Go that the launcher answers in the kernel's place: last words, the end, and an event queue that holds
// one event, for timers, put into the process's table from outside when its runtime asks. See job.h.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "job.h"
#include "script.h"

// A panic takes some hundred pieces of words, and nobody hears more than the first.
enum { QUEUE_AT = 3, EVENT_AT = 4, EXIT_BY_RUNTIME = 2, GO_WORDS_CALLS_MAX = 16384 };
// In this order, once.
enum { HAS_NOTHING, HAS_QUEUE, HAS_EVENT, HAS_TIMERS };

static ssize_t read_memory(const struct job *job, uint64_t address, void *out, size_t length) {
  struct iovec ours = {out, length}, theirs = {(void *)(uintptr_t)address, length};
  return process_vm_readv(job->pid, &ours, 1, &theirs, 1, 0);
}

// The call is never made, so it does not matter that the text may change meanwhile.
static bool is_looked_for(const struct job *job, uint64_t address) {
  static const char *const paths[] = {"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "/proc/self/cgroup"};
  char path[64];
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    size_t length = strlen(paths[i]) + 1;
    if (read_memory(job, address, path, length) == (ssize_t)length && memcmp(path, paths[i], length) == 0) return true;
  }
  return false;
}

// Its limit of open files is raised for that moment; nothing that it may call opens any.
static bool put(struct job *job, uint64_t id, int descriptor, int at) {
  const rlim_t most = job->direct->descriptors;
  const struct rlimit room = {(rlim_t)at + 1, most}, none = {0, most};
  if (descriptor < 0 || prlimit(job->pid, RLIMIT_NOFILE, &room, NULL) != 0) return false;
  bool done = script_put_descriptor(job, id, descriptor, at, 0);
  return prlimit(job->pid, RLIMIT_NOFILE, &none, NULL) == 0 && done;
}

static bool give_queue(struct job *job, uint64_t id) {
  if (job->queue_steps != HAS_NOTHING) return false;
  job->queue = epoll_create1(EPOLL_CLOEXEC);
  job->queue_steps = HAS_QUEUE;
  job_answer_call(job, id, put(job, id, job->queue, QUEUE_AT) ? 0 : EMFILE, QUEUE_AT, 0);
  return true;
}

static bool give_event(struct job *job, uint64_t id) {
  if (job->queue_steps != HAS_QUEUE) return false;
  job->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  job->queue_steps = HAS_EVENT;
  job_answer_call(job, id, put(job, id, job->event, EVENT_AT) ? 0 : EMFILE, EVENT_AT, 0);
  return true;
}

// Only what tells the event apart is taken from its memory.
static bool join(struct job *job, const struct seccomp_notif *seen) {
  const __u64 *args = seen->data.args;
  struct epoll_event theirs, ours = {.events = EPOLLIN};
  if (job->queue_steps != HAS_EVENT || args[0] != QUEUE_AT || args[1] != EPOLL_CTL_ADD || args[2] != EVENT_AT) return false;
  bool read = read_memory(job, args[3], &theirs, sizeof theirs) == (ssize_t)sizeof theirs;
  if (read) ours.data = theirs.data;
  bool done = read && epoll_ctl(job->queue, EPOLL_CTL_ADD, job->event, &ours) == 0;
  // It has its own: ours were needed for this.
  close(job->queue);
  close(job->event);
  job->queue = job->event = -1;
  job->queue_steps = HAS_TIMERS;
  job_answer_call(job, seen->id, done ? 0 : EPERM, 0, 0);
  return true;
}

// Go says a panic in many small pieces, so that only the whole can be made fit to be shown.
static void hear(struct job *job, uint64_t address, uint64_t length) {
  size_t room = sizeof job->words - 1 - job->words_length;
  ssize_t got = read_memory(job, address, job->words + job->words_length, length > room ? room : (size_t)length);
  if (got > 0) job->words_length += (size_t)got;
}

static void end(struct job *job, uint32_t code) {
  job->words[clean_words(job->words, job->words_length)] = '\0';
  job->verdict_ns = now_ns(); // its own: what is left is to end
  // An allocation that was too large by far leaves no other trace.
  if (code == EXIT_BY_RUNTIME && strstr(job->words, "out of memory") != NULL) job->near_limit = true;
  job_say_end(job, code & 0xff);
}

bool job_answer_instead(struct job *job, const struct seccomp_notif *seen, int answer) {
  const __u64 *args = seen->data.args;
  switch (answer) {
    case ANSWER_END: end(job, (uint32_t)args[0]); return true;
    case ANSWER_NEVER: return true;
    case ANSWER_PATH:
      if (!is_looked_for(job, args[1])) return false;
      job_answer_call(job, seen->id, ENOENT, 0, 0);
      return true;
    case ANSWER_QUEUE: return give_queue(job, seen->id);
    case ANSWER_EVENT: return give_event(job, seen->id);
    case ANSWER_CONTROL: return join(job, seen);
    case ANSWER_WORDS:
      if (++job->words_calls > GO_WORDS_CALLS_MAX) return false;
      hear(job, args[1], args[2]);
      job_answer_call(job, seen->id, 0, (int64_t)args[2], 0);
      return true;
    default: return false;
  }
}
