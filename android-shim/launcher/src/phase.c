// A two-phase runtime between its exec and its end: the lock, its one service, its last words. See job.h.
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "job.h"

enum { THREADS_MAX = 16, OUT_OF_MEMORY_CODE = 256, CRASHED_CODE = 257 };

static bool refuse(struct job *job, const char *message) {
  job_end(job, REASON_SANDBOX_ERROR, message);
  return false;
}

// --- the lock ---

// Whether a thread is in the kernel, asleep. One that was let through and has not gone in yet is not: what it is about
// to do was checked, but its arguments in memory could be changed by the service.
static bool sleeps(pid_t process, const char *thread) {
  char path[96], text[256];
  snprintf(path, sizeof path, "/proc/%d/task/%.20s/stat", (int)process, thread);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT; // it has ended
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return false;
  text[length] = '\0';
  const char *name_end = strrchr(text, ')');
  return name_end != NULL && name_end[1] == ' ' && name_end[2] == 'S';
}

enum wait { ALL_ASLEEP, SOME_BUSY, CANNOT_SEE };

static enum wait other_threads(const struct job *job) {
  char path[64];
  size_t count = 0;
  enum wait result = ALL_ASLEEP;
  snprintf(path, sizeof path, "/proc/%d/task", (int)job->pid);
  DIR *folder = opendir(path);
  if (folder == NULL) return CANNOT_SEE;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    if (++count > THREADS_MAX) result = CANNOT_SEE;
    // The one that asks waits for our answer.
    if (atoi(entry->d_name) != (int)job->lock_thread && result == ALL_ASLEEP && !sleeps(job->pid, entry->d_name))
      result = SOME_BUSY;
  }
  closedir(folder);
  return count == 0 ? CANNOT_SEE : result;
}

static bool is_pipe(const char *target, int ours) {
  struct stat about;
  char name[64];
  if (fstat(ours, &about) != 0) return false;
  snprintf(name, sizeof name, "pipe:[%llu]", (unsigned long long)about.st_ino);
  return strcmp(target, name) == 0;
}

// 0 and 1 are the service's pipes; besides them only what event loops are made of. No file, no socket, no ring.
static bool expected_descriptor(const struct job *job, int number, const char *target) {
  if (number == 0) return is_pipe(target, job->in_pipe);
  if (number == 1) return is_pipe(target, job->out_pipe);
  if (number == 2) return false;
  return strcmp(target, "anon_inode:[eventfd]") == 0 || strcmp(target, "anon_inode:[eventpoll]") == 0 ||
         (strncmp(target, "pipe:[", 6) == 0 && !is_pipe(target, job->in_pipe) && !is_pipe(target, job->out_pipe));
}

static bool only_expected_descriptors(struct job *job) {
  char path[96], target[128], message[MESSAGE_LIMIT];
  bool fine = true, pipes[2] = {false, false};
  snprintf(path, sizeof path, "/proc/%d/fd", (int)job->pid);
  DIR *folder = opendir(path);
  if (folder == NULL) return refuse(job, "descriptors: they can't be seen");
  for (struct dirent *entry; fine && (entry = readdir(folder)) != NULL;) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = '\0';
    int number = atoi(entry->d_name);
    fine = expected_descriptor(job, number, target);
    if (!fine) {
      snprintf(message, sizeof message, "descriptors: %d is %.100s at the lock", number, target);
      refuse(job, message);
    } else if (number < 2) {
      pipes[number] = true;
    }
  }
  closedir(folder);
  return fine && (pipes[0] && pipes[1] ? true : refuse(job, "descriptors: a pipe is missing at the lock"));
}

static void begin(struct job *job) {
  // A backstop, as for native services; the process's own start counts in it.
  uint64_t seconds = (job_cpu_total(job) + job->cpu_ns) / 1000000000u + 2;
  struct rlimit cpu = {(rlim_t)seconds, (rlim_t)seconds};
  if (prlimit(job->pid, RLIMIT_CPU, &cpu, NULL) != 0) {
    refuse(job, "rlimits");
    return;
  }
  job->cpu_base_ns = job_cpu_total(job);
  job->started_ns = job->reported_ns = now_ns();
}

void job_try_lock(struct job *job) {
  const struct rlimit none = {0, 0};
  if (job->reason != REASON_NONE) return;
  enum wait others = other_threads(job);
  if (others == CANNOT_SEE) {
    refuse(job, "the runtime's threads are not the expected ones");
    return;
  }
  if (others == SOME_BUSY) return; // the next tick asks again
  if (!only_expected_descriptors(job)) return;
  if (prlimit(job->pid, RLIMIT_NOFILE, &none, NULL) != 0 || prlimit(job->pid, RLIMIT_NPROC, &none, NULL) != 0) {
    refuse(job, "rlimits");
    return;
  }
  // From here the start table is never looked at again.
  job->phase = PHASE_LOCKED;
  job->has_lock_call = false;
  job->ready = true;
  job_answer_call(job, job->lock_call, 0, 0, 0);
  if (!job->spare) begin(job);
}

// --- its service ---

void job_assign(struct job *job, const struct limits *limits, enum code_kind kind, int code_file, int in_file,
                int out_file) {
  struct stat about;
  job->spare = false;
  job->code_file = code_file;
  job_take_input(job, in_file);
  job->out_file = out_file;
  job->max_output_bytes = limits->max_output_bytes;
  job->wall_ns = (uint64_t)limits->wall_ms * 1000000u;
  job->cpu_ns = (uint64_t)limits->cpu_ms * 1000000u;
  if (fstat(code_file, &about) != 0 || about.st_size > CODE_MAX) {
    refuse(job, "the service's code is too large");
    return;
  }
  write_code_header(kind, (uint32_t)about.st_size, job->code_header);
  job->code_bytes = CODE_HEADER + (uint64_t)about.st_size;
  if (job->phase == PHASE_LOCKED) begin(job);
}

bool job_is_idle(const struct job *job) {
  return job->spare && job->phase == PHASE_LOCKED && job->reason == REASON_NONE;
}

// --- what it says ---

// The process waits for our answer, so nothing is written while we read; what stands there is its own affair.
void job_hear_words(struct job *job, uint64_t address, uint64_t length) {
  size_t room = sizeof job->words - 1 - job->words_length;
  if (length > room) length = room;
  if (length == 0) return;
  struct iovec ours = {job->words + job->words_length, (size_t)length};
  struct iovec theirs = {(void *)(uintptr_t)address, (size_t)length};
  ssize_t got = process_vm_readv(job->pid, &ours, 1, &theirs, 1, 0);
  if (got <= 0) return; // not allowed here: a report without words
  job->words_length = clean_words(job->words, job->words_length + (size_t)got);
  job->words[job->words_length] = '\0';
}

void job_say_end(struct job *job, uint32_t code) {
  job_measure_memory(job);
  // What it wrote is in the pipe, and may still be too much.
  while (job->reason == REASON_NONE && job_pump_output(job)) continue;
  carried_settle(job);
  (void)job_open_output(job);
  job->has_exit_code = job->reason == REASON_NONE;
  job->exit_code = code > 255 ? 1 : (uint8_t)code;
  if (code == 0) {
    job_end(job, REASON_COMPLETED, "");
    return;
  }
  enum exit_reason reason = code == CRASHED_CODE ? REASON_CRASHED : REASON_FAILED;
  if (code == CRASHED_CODE) job->has_exit_code = false;
  job_end(job, code == OUT_OF_MEMORY_CODE || job->near_limit ? REASON_OUT_OF_MEMORY : reason, job->words);
}
