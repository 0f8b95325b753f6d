// The table of the jvm on a phone's own ART, in what is special about it; the rest is in test_policy.c, as for all tables.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../src/runtime.h"
#include "check.h"
#include "policy_in_force.h"

// No code is made on ART: nothing becomes executable after the lock, and what the kernel may lack is lacking from the start.
static void art_calls(void) {
  const uint64_t rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(allows(call(SYS_mmap, 0, 4096, rw, anonymous)) && allows(call(SYS_madvise, 0, 4096, MADV_DONTNEED, 0)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED)) && !allows(call(SYS_mprotect, 0, 4096, PROT_EXEC, 0)));
  CHECK(judge(call(SYS_openat, 0, 0, 0, 0)) == JUDGE_DENY && judge(call(SYS_clone, 0, 0, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_userfaultfd, 0, 0, 0, 0)) == JUDGE_DENY && judge(call(SYS_prctl, 22, 0, 0, 0)) == JUDGE_ERRNO);
}

static void art_start(void) {
  const int refused[] = {SYS_userfaultfd, SYS_membarrier, SYS_memfd_create, SYS_clone3, SYS_socket, SYS_io_uring_setup};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) CHECK(starts(call(refused[i], 0, 0, 0, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_openat, 0, 0, O_RDONLY | O_CLOEXEC, 0), JUDGE_START));
  CHECK(starts(call(SYS_openat, 0, 0, O_RDWR, 0), JUDGE_ERRNO) && starts(call(SYS_openat, 0, 0, O_CREAT, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_clone, 0x3d0f00, 0, 0, 0), JUDGE_START) && starts(call(SYS_clone, SIGCHLD, 0, 0, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_prctl, 15, 0, 0, 0), JUDGE_START) && starts(call(SYS_prctl, 22, 0, 0, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED), JUDGE_DENY));
  CHECK(starts(call(SYS_prlimit64, 0, RLIMIT_DATA, 4096, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_execve, 0, 0, 0, 0), JUDGE_DENY) && starts(call(SYS_socketpair, 1, 0, 0, 0), JUDGE_DENY));
}

int main(void) {
  policy = find_runtime(RUNTIME_JVM)->other->policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  art_calls();
  art_start();
  return finish_checks();
}
