// The tables of policy.h for the JVM (HotSpot 17, serial collector, first compiler only), keyed by that version and the
// flags in jvm.c. As for Node.js, the filter is the narrow one from the first instruction on; `jvm_starts` is what the
// launcher lets through besides, until the lock, while only our code runs.
#pragma once

#include <linux/sched.h>
#include <sys/socket.h>

#include "policy_table.h"

#define JVM_PROTECTION ((uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC))

static const struct allowed_call jvm_allowed[] = {
    PLAIN(read, "takes the input pipe's bytes"),
    PLAIN(write, "gives bytes to the output pipe"),
    PLAIN(futex, "the one Java thread, the compiler's, the collector's and the other sleeping ones wait for each other"),
    PLAIN(gettid, "the compiler's thread asks for it whenever it looks up a class, in case it holds the terminal's lock"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .why = "heap, classes and code made by the just-in-time compiler",
     .when = "private and anonymous; executable may be",
     .check_count = 2,
     .checks = {{2, ~JVM_PROTECTION, 0}, {3, ~MAP_HINTS, MAP_REQUIRED}},
     .length_argument = -1},
    PLAIN(munmap, "gives blocks back"),
    {.number = __NR_mprotect,
     .name = "mprotect",
     .why = "guard pages of the stack, the page that stops threads for the collector",
     .when = "read, write and execute only",
     .check_count = 1,
     .checks = {{2, ~JVM_PROTECTION, 0}},
     .length_argument = -1},
    PLAIN(clock_nanosleep, "the collector naps until the Java thread has stopped"),
    PLAIN(brk, "malloc's heap; capped by RLIMIT_DATA. It can't be refused: an error would be taken for an address"),
    PLAIN(rt_sigprocmask, "the handler of null pointers and full stacks lets the next ones in"),
    PLAIN(rt_sigreturn, "the end of that handler"),
    OBSERVED_END,
};
_Static_assert(sizeof jvm_allowed / sizeof *jvm_allowed <= ALLOWED_MAX, "spec 03 allows at most 12 calls");

static const struct errno_call jvm_errnos[] = {
    REFUSED(sched_yield, ENOSYS, "a lock's wait, Thread.yield; they go on without"),
    REFUSED(mremap, ENOMEM, "realloc of large blocks; it copies instead"),
    REFUSED(madvise, EINVAL, "free gives pages back early; it goes on without"),
    REFUSED(getrandom, ENOSYS, "seeds; the bootstrap has drawn its own before the lock"),
    REFUSED(getpid, ENOSYS, "abort() on its way to SIGABRT, which is reported"),
    REFUSED(clock_gettime, ENOSYS, "where the vDSO has no clock, and a thread's own CPU time; none is offered instead"),
    REFUSED(getrusage, ENOSYS, "a thread's own CPU time; none is offered instead"),
    REFUSED(sched_getaffinity, ENOSYS, "glibc asks for the number of processors; the JVM was told that it is one"),
};

// The loader marks code of libraries that were built so (PROT_BTI).
#if defined(__aarch64__)
#define JVM_START_PROTECTION (JVM_PROTECTION | (uint64_t)0x10)
#else
#define JVM_START_PROTECTION JVM_PROTECTION
#endif

// In force until the lock only, for the loader, the JVM and our bootstrap. Nothing here makes a process, a socket to
// anybody, a file to write to, a mapping that can be written by others, or a ring.
static const struct errno_call jvm_starts[] = {
    REFUSED(io_uring_setup, ENOSYS, "a ring would still be there after the lock"),
    REFUSED(clone3, ENOSYS, "its flags can't be seen from outside; glibc then uses clone, whose flags can"),
    REFUSED(socket, EAFNOSUPPORT, "glibc would ask a name service who the user is; it goes on without"),
    CHECKED(socketpair, 0, 0, ALL_BITS, AF_UNIX,
            "the JDK's file channels keep one end of a pair of its own (AF_UNIX); closed before the lock"),
    CHECKED(clone, 0, 0, ALL_BITS, THREAD_FLAGS, "the Java thread and the JVM's helpers; flags of a thread only"),
    CHECKED(openat, 0, 2, O_ACCMODE | O_CREAT | O_TRUNC | O_PATH, 0,
            "libraries, the classes, time zones; to read only"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "libraries and prepared classes, private",
     .check_count = 2,
     .checks = {{2, ~JVM_START_PROTECTION, 0},
                {3, ~(MAP_HINTS | (uint64_t)(MAP_ANONYMOUS | MAP_DENYWRITE | MAP_FIXED_NOREPLACE)), MAP_PRIVATE}}},
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "the classes' file, to read only: of a file that can't be written, so it stays so",
     .check_count = 2,
     .checks = {{2, ALL_BITS, PROT_READ}, {3, ALL_BITS, MAP_SHARED}}},
    CHECKED(mprotect, 0, 2, ~JVM_START_PROTECTION, 0, "the loader protects what it has mapped"),
    STARTS(close, "libraries"),
#if defined(__NR_close_range)
    STARTS(close_range, "descriptor 2 and all above it, before the lock"),
#endif
    STARTS(pread64, "the loader reads headers, the JVM its classes' index"),
    STARTS(lseek, "sizes of files"),
#if defined(__NR_newfstatat)
    STARTS(newfstatat, "looks for files"),
    STARTS(fstat, "sizes of files"),
#else
    STARTS(fstatat64, "looks for files"),
    STARTS(fstat64, "sizes of files"),
    STARTS(_llseek, "sizes of files"),
    STARTS(ugetrlimit, "stack size"),
    STARTS(fcntl64, "standard descriptors"),
    STARTS(getuid32, "whether it runs with raised rights"),
    STARTS(geteuid32, "whether it runs with raised rights"),
    STARTS(getgid32, "whether it runs with raised rights"),
    STARTS(getegid32, "whether it runs with raised rights"),
#endif
    STARTS(statx, "looks for files"),
    STARTS(faccessat, "looks for files"),
#if defined(__NR_access)
    STARTS(access, "looks for files"),
    STARTS(readlink, "its own path"),
    STARTS(stat, "the same as newfstatat, of older libraries"),
    STARTS(lstat, "the same as newfstatat, of older libraries"),
#endif
    STARTS(readlinkat, "its own path"),
    STARTS(getdents64, "what folders hold"),
    STARTS(dup, "the same"),
    STARTS(getcwd, "the folder"),
    STARTS(fcntl, "standard descriptors"),
    STARTS(ioctl, "whether standard descriptors are terminals"),
    STARTS(getuid, "whether it runs with raised rights"),
    STARTS(geteuid, "whether it runs with raised rights"),
    STARTS(getgid, "whether it runs with raised rights"),
    STARTS(getegid, "whether it runs with raised rights"),
    STARTS(getpid, "its number"),
    STARTS(uname, "the kernel's version"),
    STARTS(sysinfo, "memory of the machine"),
    STARTS(getrandom, "seeds"),
    CHECKED(prlimit64, 0, 2, ALL_BITS, 0, "stack size, number of descriptors; to read only"),
    REFUSED(prlimit64, EPERM, "the JVM would raise its limit of descriptors; it goes on without"),
    STARTS(sched_yield, "locks"),
    STARTS(sched_getaffinity, "number of processors"),
    STARTS(set_tid_address, "threads"),
    STARTS(set_robust_list, "threads"),
    STARTS(rseq, "threads"),
    STARTS(rt_sigaction, "the JVM sets its handlers"),
    STARTS(sigaltstack, "the JVM's handlers"),
    CHECKED(prctl, 0, 0, ALL_BITS, 15, "names of threads (PR_SET_NAME)"),
    CHECKED(prctl, 0, 0, ALL_BITS, 0x53564d41, "names of memory (PR_SET_VMA)"),
#if defined(__aarch64__)
    CHECKED(prctl, 0, 0, ALL_BITS, 51, "the length of the processor's vectors (PR_SVE_GET_VL), to read only"),
#endif
    STARTS(mremap, "large blocks"),
    STARTS(madvise, "how memory will be used"),
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
