// The tables of policy.h for x86_64, aarch64 and armv7. Argument checks are in terms of the kernel's own types.
#pragma once

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <sys/mman.h>

#include "policy.h"

#define ALL_BITS UINT64_MAX
#define READ_WRITE ((uint64_t)(PROT_READ | PROT_WRITE))
// Private and anonymous, nothing but hints beside it.
#define MAP_HINTS ((uint64_t)(MAP_FIXED | MAP_NORESERVE | MAP_STACK))
#define MAP_REQUIRED ((uint64_t)(MAP_PRIVATE | MAP_ANONYMOUS))

#define PLAIN(call, because) \
  { .number = __NR_##call, .name = #call, .why = because, .when = "", .length_argument = -1 }

// Rows of several tables, of which each has its own list all the same.
#define OBSERVED_END                                                                                              \
  {.number = __NR_exit_group, .name = "exit_group", .why = "the end; the launcher measures memory a last time before it", \
   .when = "", .length_argument = -1, .observed = true}
#define THREAD_POINTER                                                                                            \
  {.number = __NR_arch_prctl, .name = "arch_prctl", .why = "thread pointer at start", .when = "ARCH_SET_FS only", \
   .check_count = 1, .checks = {{0, ALL_BITS, 0x1002}}, .length_argument = -1}
#define PROTECT_DATA(because)                                                                                     \
  {.number = __NR_mprotect, .name = "mprotect", .why = because, .when = "never executable", .check_count = 1,     \
   .checks = {{2, ~READ_WRITE, 0}}, .length_argument = -1}
// Flags of a thread of pthread_create, in glibc and bionic: nothing of a process.
#define THREAD_FLAGS                                                                                              \
  ((uint64_t)(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | \
              CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID))

#if defined(__arm__)
#define MMAP_NUMBER __NR_mmap2
#define MMAP_NAME "mmap2"
#else
#define MMAP_NUMBER __NR_mmap
#define MMAP_NAME "mmap"
#endif

// Order: the most frequent first, since the filter compares one after the other.
static const struct allowed_call allowed_calls[] = {
    PLAIN(read, "takes the input pipe's bytes"),
    PLAIN(write, "gives bytes to the output pipe"),
    PLAIN(readv, "the same, as musl's stdio does it"),
    PLAIN(writev, "the same, as musl's stdio does it"),
    PLAIN(brk, "heap of glibc and musl; capped by RLIMIT_DATA"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .why = "larger blocks of the heap",
     .when = "private, anonymous, not executable, not above the job's memory",
     .check_count = 2,
     .checks = {{2, ~READ_WRITE, 0}, {3, ~MAP_HINTS, MAP_REQUIRED}},
     .length_argument = 1},
    PLAIN(munmap, "gives blocks back"),
    PROTECT_DATA("RELRO at start, guard pages"),
#if defined(__x86_64__)
    THREAD_POINTER,
#elif defined(__arm__)
    {.number = 0x0f0005,
     .name = "set_tls",
     .why = "thread pointer at start",
     .when = "",
     .length_argument = -1},
#endif
    PLAIN(clock_nanosleep, "sleep, nanosleep: it waits, and its deadline comes nearer"),
    PLAIN(getrandom, "seeds of hash tables (Rust dies without) and of glibc's malloc; keys and nonces"),
    OBSERVED_END,
};
_Static_assert(sizeof allowed_calls / sizeof *allowed_calls <= ALLOWED_MAX, "spec 03 allows at most 12 calls");

#define REFUSED(call, code, because) \
  { .number = __NR_##call, .name = #call, .error = code, .why = because }

#define CHECKED(call, code, at, bits, equals, because)                                                \
  { .number = __NR_##call, .name = #call, .error = code, .why = because, .check_count = 1, .checks = { \
      {at, bits, equals}                                                                              \
    } }
// Until the lock of a two-phase runtime: it goes on.
#define STARTS(call, because) \
  { .number = __NR_##call, .name = #call, .error = 0, .why = because }

// The kernel does nothing for these; the launcher answers and counts. ENOSYS is what an older kernel would say.
static const struct errno_call errno_calls[] = {
    REFUSED(set_tid_address, ENOSYS, "libc start; there is one thread only"),
#if defined(__arm__)
    REFUSED(clock_nanosleep_time64, ENOSYS, "glibc asks it first, and clock_nanosleep then"),
#endif
    REFUSED(set_robust_list, ENOSYS, "glibc start; there is one thread only"),
    REFUSED(rseq, ENOSYS, "glibc start; it goes on without"),
    REFUSED(prlimit64, ENOSYS, "glibc start asks for the stack's limit; it goes on without"),
    REFUSED(readlinkat, ENOSYS, "glibc start asks for its own path; it goes on without"),
#if defined(__NR_readlink)
    REFUSED(readlink, ENOSYS, "glibc start asks for its own path; it goes on without"),
#endif
    CHECKED(ioctl, ENOTTY, 1, ALL_BITS, 0x5401, "stdio asks whether a pipe is a terminal (TCGETS): the true answer"),
    CHECKED(ioctl, ENOTTY, 1, ALL_BITS, 0x5413,
            "musl's stdio asks for a terminal's size (TIOCGWINSZ): the true answer"),
#if defined(__NR_newfstatat)
    CHECKED(newfstatat, ENOSYS, 3, ALL_BITS, AT_EMPTY_PATH,
            "stdio asks for a pipe's block size, by descriptor only; it has a default"),
    REFUSED(fstat, ENOSYS, "stdio asks for a pipe's block size; it has a default"),
#else
    CHECKED(fstatat64, ENOSYS, 3, ALL_BITS, AT_EMPTY_PATH,
            "stdio asks for a pipe's block size, by descriptor only; it has a default"),
    REFUSED(fstat64, ENOSYS, "stdio asks for a pipe's block size; it has a default"),
    REFUSED(ugetrlimit, ENOSYS, "glibc start asks for the stack's limit; it goes on without"),
    REFUSED(_llseek, ESPIPE, "stdio at exit gives unread input back: the true answer for a pipe"),
#endif
    CHECKED(statx, ENOSYS, 2, AT_EMPTY_PATH, AT_EMPTY_PATH,
            "stdio asks for a pipe's block size, by descriptor only; it has a default"),
    REFUSED(lseek, ESPIPE, "stdio at exit gives unread input back: the true answer for a pipe"),
    CHECKED(futex, EINVAL, 1, ALL_BITS, 129,
            "C++ and pthread_once wake others after a first use (FUTEX_WAKE, private); there is one thread only"),
    REFUSED(mremap, ENOMEM, "realloc of large blocks; it copies instead"),
    REFUSED(madvise, EINVAL, "free gives pages back early; it goes on without"),
    REFUSED(rt_sigprocmask, ENOSYS, "abort() on its way to SIGABRT, which is reported as a crash"),
    REFUSED(gettid, ENOSYS, "abort() on its way to SIGABRT, which is reported as a crash"),
    REFUSED(getpid, ENOSYS, "abort() on its way to SIGABRT, which is reported as a crash"),
    REFUSED(clock_gettime, ENOSYS, "where the vDSO has no clock; none is offered instead"),
#if defined(__NR_clock_gettime64)
    REFUSED(clock_gettime64, ENOSYS, "glibc's malloc seeds its checks where it gets no random bytes; it goes on without"),
#endif
};

#if defined(__x86_64__)
#define POLICY_ARCH "x86_64"
#define POLICY_AUDIT AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define POLICY_ARCH "aarch64"
#define POLICY_AUDIT AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define POLICY_ARCH "armv7"
#define POLICY_AUDIT AUDIT_ARCH_ARM
#else
#error "no system call table for this architecture"
#endif
