// A native service's process that waits for its program: our own program, locked as any service, which reads how the
// service's lies in memory, and becomes it (load.c). It maps the file once for each part and closes it; each of these calls
// is compared with what the file's head says, and let through once. See job.h.
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"
#include "script.h"
#include "start.h"

enum { START_CALLS_MAX = 32 };

// Where a 32-bit machine counts a file's offset in pages of 4 kB.
#if defined(SYS_mmap2)
enum { MAP_CALL = SYS_mmap2, OFFSET_UNIT = 4096 };
#else
enum { MAP_CALL = SYS_mmap, OFFSET_UNIT = 1 };
#endif

// Where an independent program is put is the process's choice: the same for all of its parts.
static bool is_mapping(const struct seccomp_data *seen, const struct program_map *map, size_t i, uint64_t *base) {
  const struct memory_part *part = &map->maps[i];
  uint64_t how = MAP_PRIVATE | (map->independent == 0 ? MAP_FIXED_NOREPLACE : MAP_FIXED);
  if (i == 0) *base = map->independent == 0 ? 0 : seen->args[0] - part->address;
  return seen->arch == native_policy.audit_arch && seen->nr == MAP_CALL && seen->args[0] == *base + part->address &&
         seen->args[1] == part->length && seen->args[2] == part->rights && seen->args[3] == how &&
         seen->args[4] == DESCRIPTOR_PROGRAM && seen->args[5] == part->offset / OFFSET_UNIT;
}

static bool put_program(struct job *job, uint64_t call, int program) {
  if (script_put_descriptor(job, call, program, DESCRIPTOR_PROGRAM, O_CLOEXEC)) return true;
  return script_give_up(job, REASON_SANDBOX_ERROR, "a process that waited does not wait any more", errno);
}

static bool set_last_limits(struct job *job) {
  uint64_t seconds = (job_cpu_total(job) + job->cpu_ns) / 1000000000u + 2; // a backstop, as for a cold start
  struct rlimit cpu = {(rlim_t)seconds, (rlim_t)seconds};
  struct rlimit address = {(rlim_t)job->address_bytes, (rlim_t)job->address_bytes};
  if (prlimit(job->pid, RLIMIT_CPU, &cpu, NULL) != 0 || prlimit(job->pid, RLIMIT_AS, &address, NULL) != 0)
    return script_give_up(job, REASON_SANDBOX_ERROR, "rlimits", errno);
  return script_close_table(job);
}

static bool wrong_call(struct job *job) {
  return script_give_up(job, REASON_SANDBOX_ERROR, "a process that waited made an unexpected call", 0);
}

// `seen` is its first mapping, which waits for an answer.
static bool let_load(struct job *job, const struct program_map *map, int program, struct seccomp_notif *seen,
                     uint64_t deadline) {
  static const struct scripted_call close_program = {SYS_close, {DESCRIPTOR_PROGRAM}, 1};
  uint64_t base = 0, id = 0;
  for (size_t i = 0; i < map->map_count; i++) {
    if (i > 0 && !script_next(job, deadline, seen)) return false;
    if (!is_mapping(&seen->data, map, i, &base)) return wrong_call(job);
    if (i == 0 && !(put_program(job, seen->id, program) && set_last_limits(job))) return false;
    if (!script_answer(job, seen->id)) return false;
  }
  if (!script_receive(job, &close_program, deadline, &id)) return false;
  // From here the pipe is the service's.
  job_prime_input(job);
  return job->reason == REASON_NONE && script_answer(job, id);
}

// Its own start may not be over: what a libc asks then is answered as a service's would be.
static bool first_mapping(struct job *job, uint64_t deadline, struct seccomp_notif *seen) {
  size_t index = 0;
  for (uint32_t asked = 0; asked < START_CALLS_MAX; asked++) {
    if (!script_next(job, deadline, seen)) return false;
    if (judge_call(job->policy, &seen->data, job->memory_bytes, &index) != JUDGE_ERRNO) return true;
    job_answer_call(job, seen->id, job->policy->errnos[index].error, 0, 0);
  }
  return wrong_call(job);
}

// 32-bit ARM: our own program lies at one place (Makefile), with its heap behind it.
static bool is_ours(const struct program_map *map) {
#if defined(__arm__)
  return map->independent == 0 && map->start < 0x70000000 && map->start + map->length > 0x60000000;
#else
  (void)map;
  return false; // anywhere, and where programs have an address of their own nothing else is put
#endif
}

static bool fits(const struct job *job, const struct program_map *map) {
  return !is_ours(map) && map->map_count > 0 && map->length + 2 * map->alignment <= job->memory_bytes;
}

bool job_take_program(struct job *job, const struct limits *limits, int program, int in_file, int out_file) {
  uint64_t now = now_ns(), deadline = now + (uint64_t)LOCKING_MS * 1000000u;
  struct program_map map;
  struct seccomp_notif seen;
  job->max_output_bytes = limits->max_output_bytes;
  job->wall_ns = (uint64_t)limits->wall_ms * 1000000u;
  job->cpu_ns = (uint64_t)limits->cpu_ms * 1000000u;
  bool fine = start_check_program(job, program, &map);
  if (fine && !fits(job, &map)) return script_give_up(job, REASON_CANCELLED, "its program is for the kernel to load", 0);
  if (fine && write(job->in_pipe, &map, sizeof map) != (ssize_t)sizeof map)
    return script_give_up(job, REASON_SANDBOX_ERROR, "pipe", errno);
  if (fine && !first_mapping(job, now + (uint64_t)TAKING_MS * 1000000u, &seen)) return false;
  job->spare = false;
  memset(job->hits, 0, sizeof job->hits);
  job->total_hits = 0;
  job_take_input(job, in_file);
  job->out_file = out_file;
  if (fine && let_load(job, &map, program, &seen, deadline)) job->started_ns = job->reported_ns = now_ns();
  close(program);
  return true;
}
