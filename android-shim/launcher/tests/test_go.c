// The table of programs in Go, in what is special about it; the rest is in test_policy.c, as for all tables.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>

#include "../src/direct.h"
#include "check.h"
#include "policy_in_force.h"

// Threads and nothing but threads; a heap that is reserved far beyond the memory; one signal.
static void go_calls(void) {
  const uint64_t rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(__x86_64__)
  const uint64_t thread = 0xd0f00; // of os_linux.go and, there, CLONE_SETTLS
#else
  const uint64_t thread = 0x50f00;
#endif
  CHECK(!allows(call(SYS_clone, thread, 0, 0, 0)) && judge(call(SYS_clone, thread, 0, 0, 0)) == JUDGE_THREAD);
  bool denied = true;
  for (unsigned bit = 0; bit < 64; bit++)
    denied = denied && judge(call(SYS_clone, thread ^ ((uint64_t)1 << bit), 0, 0, 0)) == JUDGE_DENY;
  CHECK(denied);
  CHECK(allows(call(SYS_mmap, 0, (uint64_t)512 << 20, PROT_NONE, anonymous)));
  CHECK(allows(call(SYS_mmap, 0, 4 << 20, rw, anonymous | MAP_FIXED)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, anonymous)));
  CHECK(judge(call(SYS_mmap, 0, 4096, rw | PROT_EXEC, anonymous)) == JUDGE_DENY);
  CHECK(judge(call(SYS_mmap, 0, 4096, rw, MAP_SHARED | MAP_ANONYMOUS)) == JUDGE_DENY);
  CHECK(judge(call(SYS_mmap, 0, 4096, rw, 0x08 | MAP_ANONYMOUS)) == JUDGE_ERRNO); // MAP_DROPPABLE
  CHECK(judge(call(SYS_mprotect, 0, 4096, PROT_READ, 0)) == JUDGE_DENY);
  CHECK(allows(call(SYS_rt_sigaction, SIGSEGV, 1, 0, 8)) && !allows(call(SYS_rt_sigaction, SIGURG, 1, 0, 8)));
  CHECK(judge(call(SYS_rt_sigaction, SIGURG, 1, 0, 8)) == JUDGE_ERRNO);
  CHECK(allows(call(SYS_write, 1, 0, 1, 0)) && allows(call(SYS_write, 4, 0, 8, 0)));
  CHECK(judge(call(SYS_write, 2, 0, 1, 0)) == JUDGE_ERRNO && judge(call(SYS_write, 3, 0, 1, 0)) == JUDGE_DENY);
  struct seccomp_data wait = call(SYS_epoll_pwait, 3, 0, 128, UINT64_MAX);
  CHECK(allows(wait));
  wait.args[4] = 1; // a signal mask
  CHECK(!allows(wait));
  CHECK(!allows(call(SYS_epoll_pwait, 0, 0, 128, 0)));
  CHECK(judge(call(SYS_exit_group, 0, 0, 0, 0)) == JUDGE_ERRNO && judge(call(SYS_exit, 0, 0, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_fcntl, 0, F_GETFL, 0, 0)) == JUDGE_ERRNO && judge(call(SYS_fcntl, 0, F_SETFL, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_fcntl, 0, F_DUPFD, 9, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_sched_yield, 0, 0, 0, 0)) == JUDGE_ERRNO && judge(call(SYS_munmap, 0, 4096, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_tgkill, 1, 1, SIGURG, 0)) == JUDGE_DENY && judge(call(SYS_tgkill, 1, 1, SIGABRT, 0)) == JUDGE_ABORT);
  const long never[] = {SYS_socket, SYS_clone3, SYS_execve, SYS_execveat, SYS_kill,  SYS_memfd_create, SYS_io_uring_setup,
                        SYS_close,  SYS_dup3,   SYS_pipe2,  SYS_ptrace,   SYS_umask, SYS_prctl,        SYS_mremap};
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    denied = denied && judge(call((int)never[i], 0, 0, 0, 0)) == JUDGE_DENY;
  CHECK(denied);
}

int main(void) {
  // A table for 64-bit machines only: on others nothing of it is offered.
  if (!go_is_known()) {
    CHECK(find_direct(RUNTIME_GO) == NULL);
    return finish_checks();
  }
  policy = go_direct.policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  go_calls();
  CHECK(starts(call(SYS_umask, SIGNAL_LOCK, 0, 0, 0), JUDGE_DENY)); // it begins under the lock
  return finish_checks();
}
