// What both runtimes on Node.js, JavaScript and WebAssembly, may ask of the kernel: V8's memory and locks after the lock, and
// all that the program does until then. Keyed by the pinned version and the flags in nodejs.c and wasm.c.
#pragma once

#include <linux/sched.h>

#include "policy_table.h"

#define READ_WRITE_EXECUTE ((uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC))

// Lines of the tables of allowed calls.
#define NODE_ALLOWED                                                                                             \
  PLAIN(futex, "locks between V8's main thread and its two sleeping helpers"),                                  \
      PLAIN(epoll_pwait, "an event loop waits for its own threads"),                                            \
      PLAIN(madvise, "the collector gives pages back"),                                                         \
      {.number = __NR_mprotect,                                                                                 \
       .name = "mprotect",                                                                                      \
       .why = "V8 commits parts of the heap and of the code space that it reserved",                            \
       .when = "read, write and execute only",                                                                  \
       .check_count = 1,                                                                                        \
       .checks = {{2, ~READ_WRITE_EXECUTE, 0}},                                                                 \
       .length_argument = -1},                                                                                  \
      {.number = MMAP_NUMBER,                                                                                   \
       .name = MMAP_NAME,                                                                                       \
       .why = "heap, WebAssembly memory and code made by the just-in-time compiler",                            \
       .when = "private and anonymous; executable may be",                                                      \
       .check_count = 2,                                                                                        \
       .checks = {{2, ~READ_WRITE_EXECUTE, 0}, {3, ~MAP_HINTS, MAP_REQUIRED}},                                  \
       .length_argument = -1},                                                                                  \
      PLAIN(munmap, "the collector gives blocks back"), PLAIN(brk, "malloc's heap; capped by RLIMIT_DATA"),     \
      PLAIN(getpid, "V8's collector asks for it at every collection, for its own figures"), {                   \
    .number = __NR_exit_group, .name = "exit_group",                                                            \
    .why = "the end; the launcher measures memory a last time before it", .when = "", .length_argument = -1,    \
    .observed = true                                                                                            \
  }

static const struct errno_call node_errnos[] = {
    REFUSED(mremap, ENOMEM, "realloc of large blocks; it copies instead"),
    REFUSED(getrandom, ENOSYS, "hash seeds; V8 has drawn its own before the lock"),
    CHECKED(rt_sigprocmask, ENOSYS, 0, ALL_BITS, 1,
            "abort() unblocks SIGABRT on its way (SIG_UNBLOCK), which is reported"),
    REFUSED(gettid, ENOSYS, "abort() on its way to SIGABRT, which is reported"),
    REFUSED(sched_yield, ENOSYS, "a lock's wait; it goes on without"),
    REFUSED(clock_gettime, ENOSYS, "where the vDSO has no clock; none is offered instead"),
    REFUSED(sched_getaffinity, ENOSYS, "glibc asks for the number of processors when a second arena is made"),
};


// The loader marks code of libraries that were built so (PROT_BTI).
#if defined(__aarch64__)
#define START_PROTECTION (READ_WRITE_EXECUTE | (uint64_t)0x10)
#else
#define START_PROTECTION READ_WRITE_EXECUTE
#endif

// In force until the lock only, for the loader, Node and our bootstrap. Nothing here makes a process, a socket, a
// file to write to, a shared mapping or a ring.
static const struct errno_call node_starts[] = {
    REFUSED(io_uring_setup, ENOSYS, "a ring would still be there after the lock; libuv goes on without"),
    REFUSED(clone3, ENOSYS, "its flags can't be seen from outside; glibc then uses clone, whose flags can"),
    CHECKED(clone, 0, 0, ALL_BITS, THREAD_FLAGS, "two helper threads; flags of a thread only"),
    CHECKED(openat, 0, 2, O_ACCMODE | O_CREAT | O_TRUNC | O_PATH, 0, "libraries, the program; to read only"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "libraries and the program, private",
     .check_count = 2,
     .checks = {{2, ~START_PROTECTION, 0},
                {3, ~(MAP_HINTS | (uint64_t)(MAP_ANONYMOUS | MAP_DENYWRITE | MAP_FIXED_NOREPLACE)), MAP_PRIVATE}}},
    CHECKED(mprotect, 0, 2, ~START_PROTECTION, 0, "the loader protects what it has mapped"),
    STARTS(close, "libraries, descriptor 2"),
    STARTS(pread64, "the loader reads headers"),
    STARTS(readv, "stdio"),
    STARTS(lseek, "stdio"),
#if defined(__NR_newfstatat)
    STARTS(newfstatat, "the loader and the module loader look for files"),
    STARTS(fstat, "sizes of files; whether 0 to 2 are open"),
#else
    STARTS(fstatat64, "the loader and the module loader look for files"),
    STARTS(fstat64, "sizes of files; whether 0 to 2 are open"),
    STARTS(ugetrlimit, "stack size"),
    STARTS(fcntl64, "standard descriptors"),
    STARTS(getuid32, "whether it runs with raised rights"),
    STARTS(geteuid32, "whether it runs with raised rights"),
    STARTS(getgid32, "whether it runs with raised rights"),
    STARTS(getegid32, "whether it runs with raised rights"),
#endif
    STARTS(statx, "the same"),
    STARTS(faccessat, "the loader looks for a preload list"),
#if defined(__NR_access)
    STARTS(access, "the loader looks for a preload list"),
    STARTS(readlink, "its own path"),
    STARTS(stat, "the same as newfstatat, of older libraries"),
#endif
    STARTS(readlinkat, "its own path"),
    STARTS(getcwd, "the folder"),
    STARTS(fcntl, "standard descriptors"),
    STARTS(ioctl, "whether standard descriptors are terminals; non-blocking ends of its own pipes"),
    STARTS(getuid, "whether it runs with raised rights"),
    STARTS(geteuid, "whether it runs with raised rights"),
    STARTS(getgid, "whether it runs with raised rights"),
    STARTS(getegid, "whether it runs with raised rights"),
    STARTS(capget, "whether it runs with raised rights"),
    STARTS(getpid, "its number"),
    STARTS(getppid, "its parent's number"),
    STARTS(gettid, "a thread's number"),
    STARTS(uname, "the kernel's version"),
    STARTS(sysinfo, "memory of the machine, for the heap's size"),
    STARTS(getrandom, "seeds"),
    CHECKED(prlimit64, 0, 2, ALL_BITS, 0, "stack size, number of descriptors; to read only"),
    REFUSED(prlimit64, EPERM, "Node would raise its limit of descriptors; it goes on without"),
    STARTS(sched_getaffinity, "number of processors"),
    STARTS(sched_yield, "locks"),
    STARTS(set_tid_address, "threads"),
    STARTS(set_robust_list, "threads"),
    STARTS(rseq, "threads"),
    STARTS(rt_sigaction, "V8 and libuv set their handlers"),
    STARTS(rt_sigprocmask, "threads are made with signals blocked"),
    STARTS(sigaltstack, "V8's handlers"),
    CHECKED(prctl, 0, 0, ALL_BITS, 15, "names of threads (PR_SET_NAME)"),
    CHECKED(prctl, 0, 0, ALL_BITS, 0x53564d41, "names of memory (PR_SET_VMA)"),
    STARTS(eventfd2, "wakes event loops"),
    STARTS(epoll_create1, "event loops"),
    STARTS(epoll_ctl, "event loops"),
    STARTS(pipe2, "libuv's own pipe for signals"),
    STARTS(mremap, "large blocks"),
    STARTS(clock_getres, "timers"),
    STARTS(clock_gettime, "timers"),
    STARTS(getrusage, "its own figures"),
#if defined(__x86_64__)
    STARTS(arch_prctl, "thread pointer; the loader asks for shadow stacks"),
#elif defined(__arm__)
    {.number = 0x0f0005, .name = "set_tls", .error = 0, .why = "thread pointer"},
    {.number = 0x0f0002, .name = "cacheflush", .error = 0, .why = "new code"},
#endif
};
