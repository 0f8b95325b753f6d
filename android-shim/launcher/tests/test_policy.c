// The filter, run by a small interpreter of classic BPF, against the table it was made from; and the judgements.
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "../src/direct.h"
#include "../src/policy.h"
#include "../src/runtime.h"
#include "../src/print_policy.h"
#include "../src/stopped.h"
#include "../src/syscall_names.h"
#include "check.h"
#include "policy_in_force.h"

static void numbers(void) {
  bool only_listed = true, never_foreign = true;
  size_t allowed = 0;
  for (int number = -2; number < 3000; number++) {
    const struct allowed_call *listed = NULL;
    for (size_t i = 0; i < policy->allowed_count; i++)
      if (policy->allowed[i].number == number) listed = &policy->allowed[i];
    struct seccomp_data data = call(number, 0, 0, 0, 0);
    if (allows(data)) {
      allowed++;
      only_listed = only_listed && listed != NULL && !listed->observed;
    }
    data.arch = AUDIT_ARCH_I386;
    never_foreign = never_foreign && !allows(data);
    data = call(number | 0x40000000, 0, 0, 0, 0);
    never_foreign = never_foreign && !allows(data);
  }
  CHECK(only_listed);
  CHECK(never_foreign);
  CHECK(allowed >= 4 && allowed < policy->allowed_count);
  CHECK(policy->allowed_count <= 12);
}

static void arguments(void) {
  const uint64_t rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(allows(call(SYS_mmap, 0, 4096, rw, anonymous)));
  CHECK(allows(call(SYS_mmap, 0, MEMORY, PROT_READ, anonymous | MAP_NORESERVE)));
  CHECK(!allows(call(SYS_mmap, 0, MEMORY + 1, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, (uint64_t)1 << 32, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, UINT64_MAX, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw | PROT_EXEC, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw | (uint64_t)1 << 40, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw, MAP_PRIVATE)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw, MAP_SHARED | MAP_ANONYMOUS)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw, anonymous | MAP_HUGETLB)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw, anonymous | (uint64_t)1 << 33)));
  CHECK(allows(call(SYS_mprotect, 0, 4096, PROT_READ, 0)));
  CHECK(!allows(call(SYS_mprotect, 0, 4096, PROT_READ | PROT_EXEC, 0)));
  CHECK(!allows(call(SYS_exit_group, 0, 0, 0, 0))); // observed: shown, then let go
#if defined(__x86_64__)
  CHECK(allows(call(SYS_arch_prctl, 0x1002, 0, 0, 0)));
  CHECK(!allows(call(SYS_arch_prctl, 0x1001, 0, 0, 0)));
  CHECK(!allows(call(SYS_arch_prctl, 0x100001002, 0, 0, 0)));
#endif
}

static void larger_memory(void) {
  // Above 4 GB the high half decides.
  filter_length = build_filter(policy, (uint64_t)5 << 30, filter);
  const uint64_t rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(allows(call(SYS_mmap, 0, (uint64_t)5 << 30, rw, anonymous)));
  CHECK(allows(call(SYS_mmap, 0, 0xffffffff, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, ((uint64_t)5 << 30) + 1, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, (uint64_t)2 << 32, rw, anonymous)));
}

static void judgements(void) {
  const uint64_t rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(judge(call(SYS_exit_group, 0, 0, 0, 0)) == JUDGE_OBSERVE);
  CHECK(judge(call(SYS_mmap, 0, MEMORY + 1, rw, anonymous)) == JUDGE_TOO_LARGE);
  CHECK(judge(call(SYS_mmap, 0, MEMORY + 1, rw | PROT_EXEC, anonymous)) == JUDGE_DENY);
  CHECK(judge(call(SYS_ioctl, 1, 0x5401, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_ioctl, 1, 0x5412, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_lseek, 0, 0, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_tgkill, 1, 1, SIGABRT, 0)) == JUDGE_ABORT);
  CHECK(judge(call(SYS_tgkill, 1, 1, SIGKILL, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_execveat, 2, 0, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_openat, 0, 0, 0, 0)) == JUDGE_DENY);
  struct seccomp_data foreign = call(SYS_exit_group, 0, 0, 0, 0);
  foreign.arch = AUDIT_ARCH_I386;
  CHECK(judge(foreign) == JUDGE_DENY);
}

static void names(void) {
  char name[64];
  struct seccomp_data data = call(SYS_openat, 0, 0, 0, 0);
  call_name(policy, &data, name, sizeof name);
  CHECK(strcmp(name, "openat") == 0);
  data.nr = 2999;
  call_name(policy, &data, name, sizeof name);
  CHECK(strcmp(name, "syscall_2999") == 0);
#if defined(__x86_64__)
  data.nr = 5;
  data.arch = AUDIT_ARCH_I386;
  call_name(policy, &data, name, sizeof name);
  CHECK(strcmp(name, "i386:open") == 0);
  data = call(SYS_openat | 0x40000000, 0, 0, 0, 0);
  call_name(policy, &data, name, sizeof name);
  CHECK(strcmp(name, "x32:openat") == 0);
#endif
  bool right = true;
  for (size_t i = 0; i < policy->allowed_count; i++) {
    const char *known = native_syscall_name(policy->allowed[i].number);
    right = right && known != NULL && strcmp(known, policy->allowed[i].name) == 0;
  }
  for (size_t i = 0; i < policy->errno_count; i++) {
    const char *known = native_syscall_name(policy->errnos[i].number);
    right = right && known != NULL && strcmp(known, policy->errnos[i].name) == 0;
  }
  CHECK(right);
}

static void published(void) {
  bool plain = true, reasoned = true, disjoint = true;
  const struct policy *p = policy;
  for (size_t i = 0; i < p->allowed_count; i++) {
    plain = plain && strpbrk(p->allowed[i].why, "\"\\\n") == NULL && strpbrk(p->allowed[i].when, "\"\\\n") == NULL;
    reasoned = reasoned && p->allowed[i].why[0] != '\0';
    // A call may be allowed with some arguments and answered by the launcher with others.
    for (size_t j = 0; j < p->errno_count; j++)
      disjoint = disjoint && (p->allowed[i].number != p->errnos[j].number || p->allowed[i].check_count > 0);
  }
  for (size_t i = 0; i < p->errno_count; i++) {
    plain = plain && strpbrk(p->errnos[i].why, "\"\\\n") == NULL;
    reasoned = reasoned && p->errnos[i].why[0] != '\0' && strcmp(error_name(p->errnos[i].error), "EPERM") != 0;
  }
  CHECK(plain && reasoned && disjoint);
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  CHECK(print_policy(p, stream) == 0);
  fclose(stream);
  CHECK(text[0] == '{' && text[size - 2] == '}' && strstr(text, p->runtime) != NULL);
  free(text);
}

// What is special about Node.js: code may be made, but not mapped from files or shared.
static void nodejs_arguments_of_calls(void) {
  const uint64_t all = PROT_READ | PROT_WRITE | PROT_EXEC, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(allows(call(SYS_mmap, 0, 4096, all, anonymous)));
  CHECK(allows(call(SYS_mmap, 0, (uint64_t)1 << 33, PROT_NONE, anonymous | MAP_NORESERVE)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, all, MAP_SHARED | MAP_ANONYMOUS)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, all | 8, anonymous)));
  CHECK(!allows(call(SYS_mprotect, 0, 4096, all | 0x01000000, 0))); // PROT_GROWSDOWN
  CHECK(judge(call(SYS_umask, SIGNAL_END | 7, 0, 0, 0)) == JUDGE_END);
  CHECK(judge(call(SYS_umask, 022, 0, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_pwrite64, 2, 0, 10, 0)) == JUDGE_WORDS);
  CHECK(judge(call(SYS_pwrite64, 1, 0, 10, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_openat, 0, 0, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_clone, 0x3d0f00, 0, 0, 0)) == JUDGE_DENY);
}

// And about the JVM: the same, and no address for malloc that would be an error.
static void jvm_calls(void) {
  const uint64_t all = PROT_READ | PROT_WRITE | PROT_EXEC, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(allows(call(SYS_mmap, 0, 4096, all, anonymous)) && !allows(call(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, all, MAP_SHARED | MAP_ANONYMOUS)));
  CHECK(allows(call(SYS_brk, 0, 0, 0, 0)));
  CHECK(judge(call(SYS_sched_yield, 0, 0, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_clone, 0x3d0f00, 0, 0, 0)) == JUDGE_DENY && judge(call(SYS_clone3, 0, 0, 0, 0)) == JUDGE_DENY);
}

static void jvm_start(void) {
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED), JUDGE_START));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED), JUDGE_DENY));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS), JUDGE_DENY));
  CHECK(starts(call(SYS_openat, 0, 0, O_RDONLY, 0), JUDGE_START));
  CHECK(starts(call(SYS_openat, 0, 0, O_RDWR, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_socket, AF_INET, SOCK_STREAM, 0, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0), JUDGE_START));
  CHECK(starts(call(SYS_socketpair, AF_INET, SOCK_STREAM, 0, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_clone, SIGCHLD, 0, 0, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_connect, 0, 0, 0, 0), JUDGE_DENY) && starts(call(SYS_execve, 0, 0, 0, 0), JUDGE_DENY));
}

static void start_reasons(void) {
  bool reasoned = true;
  for (size_t i = 0; i < policy->start_count; i++) {
    const char *known = native_syscall_name(policy->starts[i].number);
    reasoned = reasoned && policy->starts[i].why[0] != '\0' && known != NULL && strcmp(known, policy->starts[i].name) == 0;
  }
  CHECK(reasoned);
}

static void nodejs_start(void) {
  CHECK(starts(call(SYS_openat, 0, 0, O_RDONLY | O_CLOEXEC, 0), JUDGE_START));
  CHECK(starts(call(SYS_openat, 0, 0, O_RDWR, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_openat, 0, 0, O_WRONLY | O_CREAT, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE), JUDGE_START));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED), JUDGE_DENY));
  CHECK(starts(call(SYS_clone, 0x3d0f00, 0, 0, 0), JUDGE_START));
  CHECK(starts(call(SYS_clone, SIGCHLD, 0, 0, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_clone3, 0, 0, 0, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_io_uring_setup, 0, 0, 0, 0), JUDGE_ERRNO));
  CHECK(starts(call(SYS_umask, SIGNAL_LOCK, 0, 0, 0), JUDGE_LOCK));
  const long never[] = {SYS_socket, SYS_execve, SYS_execveat, SYS_ptrace, SYS_kill,      SYS_unlinkat, SYS_mkdirat,
                        SYS_mount,  SYS_bpf,    SYS_seccomp,  SYS_prctl, SYS_memfd_create};
  bool denied = true;
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    denied = denied && starts(call((int)never[i], 0, 0, 0, 0), JUDGE_DENY);
  CHECK(denied);
  struct seccomp_data foreign = call(SYS_openat, 0, 0, 0, 0);
  foreign.arch = AUDIT_ARCH_I386;
  CHECK(starts(foreign, JUDGE_DENY));
}

// What is special about CPython: it makes no code, so nothing is ever executable but libraries, and these not writable.
static void python_arguments_of_calls(void) {
  const uint64_t rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  CHECK(allows(call(SYS_mmap, 0, 1 << 20, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, MEMORY + 1, rw, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, anonymous)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, rw, MAP_SHARED | MAP_ANONYMOUS)));
  CHECK(!allows(call(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE)));
  CHECK(allows(call(SYS_mremap, 0, 4096, 8192, 1)));
  CHECK(!allows(call(SYS_mremap, 0, 4096, 8192, 3))); // MREMAP_FIXED
  CHECK(judge(call(SYS_mremap, 0, 4096, MEMORY + 1, 1)) == JUDGE_TOO_LARGE);
  CHECK(judge(call(SYS_mprotect, 0, 4096, PROT_READ, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_lseek, 0, 0, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_futex, 0, 129, 1, 0)) == JUDGE_ERRNO); // FUTEX_WAKE, private
  CHECK(judge(call(SYS_futex, 0, 128, 1, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_getrandom, 0, 8, 0, 0)) == JUDGE_ERRNO);
  CHECK(judge(call(SYS_openat, 0, 0, 0, 0)) == JUDGE_DENY);
  CHECK(judge(call(SYS_umask, SIGNAL_LOCK, 0, 0, 0)) == JUDGE_LOCK); // which ends it: it is locked
}

static void python_start(void) {
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE), JUDGE_START));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE), JUDGE_START));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE), JUDGE_ERRNO));
  CHECK(starts(call(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED), JUDGE_ERRNO));
  CHECK(starts(call(SYS_mprotect, 0, 4096, PROT_READ | PROT_EXEC, 0), JUDGE_START));
  CHECK(starts(call(SYS_mprotect, 0, 4096, PROT_WRITE | PROT_EXEC, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_openat, 0, 0, O_RDWR, 0), JUDGE_DENY));
  CHECK(starts(call(SYS_prlimit64, 0, RLIMIT_DATA, 0, 0), JUDGE_START));
  CHECK(starts(call(SYS_prlimit64, 0, RLIMIT_DATA, 4096, 0), JUDGE_DENY));
  const long never[] = {SYS_socket, SYS_clone, SYS_clone3, SYS_execve, SYS_kill, SYS_memfd_create, SYS_io_uring_setup, SYS_prctl};
  bool denied = true;
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    denied = denied && starts(call((int)never[i], 0, 0, 0, 0), JUDGE_DENY);
  CHECK(denied);
}

// A tracer gets the same calls, and is told of another architecture, which it could not see.
static void traced(void) {
  struct sock_filter other[FILTER_MAX];
  policy = &native_policy;
  filter_length = build_filter(policy, MEMORY, filter);
  memcpy(other, filter, sizeof other);
  size_t length = build_traced_filter(policy, MEMORY, filter), changed = 0;
  CHECK(length == filter_length);
  for (size_t i = 0; i < length; i++) {
    if (memcmp(&filter[i], &other[i], sizeof *other) == 0) continue;
    changed++;
    CHECK(other[i].k == SECCOMP_RET_USER_NOTIF && other[i].code == (BPF_RET | BPF_K));
  }
  CHECK(changed > 0);
  struct seccomp_data data = call(SYS_openat, 0, 0, 0, 0);
  CHECK(run_filter(&data) == (SECCOMP_RET_TRACE | SHOWN_NATIVE));
  data.nr |= 0x40000000; // x32 is seen in the number
  CHECK(run_filter(&data) == (SECCOMP_RET_TRACE | SHOWN_NATIVE));
  data = call(SYS_read, 0, 0, 0, 0);
  CHECK(run_filter(&data) == SECCOMP_RET_ALLOW);
  data.arch = AUDIT_ARCH_I386;
  CHECK(run_filter(&data) == (SECCOMP_RET_TRACE | SHOWN_FOREIGN));
}

int main(void) {
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  numbers();
  arguments();
  judgements();
  names();
  published();
  CHECK(starts(call(SYS_umask, SIGNAL_LOCK, 0, 0, 0), JUDGE_DENY)); // a native service has nothing to say
  larger_memory();
  policy = find_runtime(RUNTIME_NODEJS)->policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  numbers();
  nodejs_arguments_of_calls();
  nodejs_start();
  start_reasons();
  names();
  published();
  policy = find_runtime(RUNTIME_JVM)->policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  numbers();
  jvm_calls();
  jvm_start();
  start_reasons();
  names();
  published();
  policy = find_runtime(RUNTIME_JVM)->other->policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  numbers();
  // What is special about it: test_art.c.
  start_reasons();
  names();
  published();
  policy = find_runtime(RUNTIME_PYTHON)->policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  numbers();
  python_arguments_of_calls();
  python_start();
  start_reasons();
  names();
  published();
  traced();
  if (!go_is_known()) return finish_checks();
  policy = go_direct.policy;
  filter_length = build_filter(policy, MEMORY, filter);
  CHECK(filter_length > 0);
  numbers();
  // What is special about it: test_go.c.
  names();
  published();
  return finish_checks();
}
