// The tables of policy.h for ART, the Android Runtime of the phone itself: Android 8 and newer, interpreter and prepared
// code of the boot image only, concurrent copying collector; flags in art.c. Written by reading the sources of ART, bionic
// and libcore (2024); no ART was there to try them. Where they are wrong, the canary ends, and HELLO names the call.
//
// As for the JVM, the filter is the narrow one from the first instruction on; `art_starts` is what the launcher lets
// through besides, until the lock, while only Android's code and our bootstrap run.
#pragma once

#include <linux/sched.h>
#include <sys/socket.h>

#include "policy_table.h"

// Where ART wants addresses below 4 GB, which its references hold.
#if defined(__x86_64__)
#define ART_LOW ((uint64_t)0x40) // MAP_32BIT
#else
#define ART_LOW ((uint64_t)0)
#endif
#define ART_HINTS (MAP_HINTS | ART_LOW | (uint64_t)0x100000) // MAP_FIXED_NOREPLACE

static const struct allowed_call art_allowed[] = {
    PLAIN(read, "takes the input pipe's bytes"),
    PLAIN(write, "gives bytes to the output pipe"),
    PLAIN(futex, "the one Java thread, the collector's and the other sleeping ones wait for each other"),
    PLAIN(gettid, "who owns a lock; older C libraries ask each time"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .why = "heap, classes, large objects; there is no just-in-time compiler, so no code is made",
     .when = "private and anonymous, never executable",
     .check_count = 2,
     .checks = {{2, ~READ_WRITE, 0}, {3, ~ART_HINTS, MAP_REQUIRED}},
     .length_argument = -1},
    PLAIN(munmap, "gives blocks back"),
    PROTECT_DATA("guard pages of the stack; the collector's space before and after it is used"),
    PLAIN(madvise, "the collector empties what it has left; ART ends itself where that fails"),
    PLAIN(nanosleep, "the collector naps until the Java thread has stopped"),
    PLAIN(rt_sigprocmask, "the handler of null pointers and full stacks lets the next ones in"),
    PLAIN(rt_sigreturn, "the end of that handler"),
    OBSERVED_END,
};
_Static_assert(sizeof art_allowed / sizeof *art_allowed <= ALLOWED_MAX, "spec 03 allows at most 12 calls");

static const struct errno_call art_errnos[] = {
    REFUSED(sched_yield, ENOSYS, "a lock's wait, Thread.yield; they go on without"),
    REFUSED(mremap, ENOMEM, "realloc of large blocks; it copies instead"),
    REFUSED(membarrier, ENOSYS, "classes become visible to other threads; ART has another way where the kernel lacks it"),
    REFUSED(prctl, EINVAL, "names of memory and threads; nobody looks whether they were taken"),
    REFUSED(setpriority, EINVAL, "priorities of threads; they stay as they are"),
    REFUSED(getpid, ENOSYS, "abort() on its way to SIGABRT, which is reported"),
    REFUSED(clock_gettime, ENOSYS, "a thread's own CPU time, for the collector's statistics; nobody looks whether it was had"),
    REFUSED(socket, EAFNOSUPPORT, "the log's daemon; what is logged is lost"),
};

#define ART_PRCTL(option, because) \
  {.number = __NR_prctl, .name = "prctl", .error = 0, .why = because, .check_count = 1, .checks = {{0, ALL_BITS, option}}}
// Code of libraries may be marked (PROT_BTI), memory of the C library tagged (PROT_MTE).
#if defined(__aarch64__)
#define ART_START_PROTECTION ((uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC) | (uint64_t)0x30)
#else
#define ART_START_PROTECTION ((uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC))
#endif

// In force until the lock only. Nothing here makes a process, a socket, a file to write to, a mapping that can be written
// by others, or a ring.
static const struct errno_call art_starts[] = {
    REFUSED(io_uring_setup, ENOSYS, "a ring would still be there after the lock"),
    REFUSED(userfaultfd, ENOSYS, "a collector of newer Androids would use it, which -Xgc:CC does without"),
    REFUSED(membarrier, ENOSYS, "after the lock it is not there: ART decides at its start how it does without"),
    REFUSED(memfd_create, ENOSYS, "code that is made at run time; none is"),
    REFUSED(clone3, ENOSYS, "its flags can't be seen from outside; bionic uses clone"),
    REFUSED(socket, EAFNOSUPPORT, "the log's daemon; what is logged is lost"),
    CHECKED(clone, 0, 0, ALL_BITS, THREAD_FLAGS, "the Java threads of ART itself; flags of a thread only"),
    CHECKED(openat, 0, 2, O_ACCMODE | O_CREAT | O_TRUNC, 0,
            "libraries, the boot image, properties, time zones; to read only"),
    REFUSED(openat, EPERM, "the trace's marker, to write to; it goes on without"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "libraries, the boot image, heap; private",
     .check_count = 2,
     .checks = {{2, ~ART_START_PROTECTION, 0},
                {3, ~(ART_HINTS | (uint64_t)(MAP_ANONYMOUS | MAP_DENYWRITE | MAP_POPULATE)), MAP_PRIVATE}}},
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "properties, time zones, jars, to read only: of files that can't be written, so they stay so",
     .check_count = 2,
     .checks = {{2, ALL_BITS, PROT_READ}, {3, ALL_BITS, MAP_SHARED}}},
    CHECKED(mprotect, 0, 2, ~ART_START_PROTECTION, 0, "the linker protects what it has mapped"),
    STARTS(close, "libraries"),
#if defined(__NR_close_range)
    STARTS(close_range, "descriptor 2 and all above it, before the lock"),
#endif
    STARTS(pread64, "headers of libraries, entries of jars"),
    STARTS(lseek, "sizes of files"),
#if defined(__NR_newfstatat)
    STARTS(newfstatat, "looks for files"),
    STARTS(fstat, "sizes of files"),
    STARTS(fstatfs, "whether a library lies in memory"),
#else
    STARTS(fstatat64, "looks for files"),
    STARTS(fstat64, "sizes of files"),
    STARTS(fstatfs64, "whether a library lies in memory"),
    STARTS(_llseek, "sizes of files"),
    STARTS(ugetrlimit, "stack size"),
    STARTS(fcntl64, "standard descriptors"),
    STARTS(getuid32, "who it is"),
    STARTS(geteuid32, "who it is"),
    STARTS(getgid32, "who it is"),
    STARTS(getegid32, "who it is"),
    STARTS(personality, "a 32-bit process of a 64-bit machine says so"),
#endif
    STARTS(faccessat, "looks for files"),
    STARTS(readlinkat, "its own path, and those of libraries"),
    STARTS(getdents64, "what folders hold"),
    STARTS(dup, "the same"),
    STARTS(getcwd, "the folder"),
    STARTS(fcntl, "standard descriptors are open"),
    REFUSED(ioctl, ENOTTY, "whether standard descriptors are terminals: the true answer"),
    STARTS(getuid, "who it is"),
    STARTS(geteuid, "who it is"),
    STARTS(getgid, "who it is"),
    STARTS(getegid, "who it is"),
    STARTS(getpid, "its number"),
    STARTS(getppid, "its parent's"),
    STARTS(uname, "the kernel's version"),
    STARTS(sysinfo, "memory of the machine"),
    STARTS(getrandom, "seeds"),
    CHECKED(prlimit64, 0, 2, ALL_BITS, 0, "stack size, number of descriptors; to read only"),
    REFUSED(prlimit64, EPERM, "limits stay as they are"),
    STARTS(sched_yield, "locks"),
    STARTS(sched_getaffinity, "number of processors"),
    STARTS(sched_getscheduler, "threads are made like the first"),
    STARTS(sched_getparam, "the same"),
    STARTS(getpriority, "priorities of threads"),
    REFUSED(setpriority, EPERM, "priorities of threads; they stay as they are"),
    STARTS(set_tid_address, "threads"),
    STARTS(rseq, "threads"),
    STARTS(rt_sigaction, "ART and the linker set their handlers"),
    STARTS(sigaltstack, "ART's handlers"),
    STARTS(rt_sigtimedwait, "a thread that waits for a signal to dump what runs; none comes"),
    ART_PRCTL(15, "names of threads (PR_SET_NAME)"),
    ART_PRCTL(16, "names of threads (PR_GET_NAME)"),
    ART_PRCTL(0x53564d41, "names of memory (PR_SET_VMA)"),
    ART_PRCTL(3, "whether it may be dumped (PR_GET_DUMPABLE)"),
    ART_PRCTL(54, "keys for return addresses of a new thread (PR_PAC_RESET_KEYS)"),
    ART_PRCTL(55, "tags of the C library's memory (PR_SET_TAGGED_ADDR_CTRL)"),
    ART_PRCTL(56, "the same (PR_GET_TAGGED_ADDR_CTRL)"),
    REFUSED(prctl, EINVAL, "anything else, as an older kernel would answer"),
    STARTS(mincore, "which pages of the boot image are there"),
    STARTS(clock_getres, "timers"),
    STARTS(clock_gettime, "timers"),
    STARTS(clock_nanosleep, "waits"),
    STARTS(getrusage, "its own figures"),
#if defined(ART_STAND_IN)
    // The tests' stand-in is a program of glibc, which asks for these; bionic doesn't.
    REFUSED(set_robust_list, ENOSYS, "threads"),
    STARTS(brk, "heap"),
#if defined(__NR_access)
    REFUSED(access, ENOENT, "looks for files"),
#endif
#endif
#if defined(__x86_64__)
    STARTS(arch_prctl, "thread pointers: the C library's and ART's"),
#elif defined(__arm__)
    {.number = 0x0f0005, .name = "set_tls", .error = 0, .why = "thread pointer"},
    {.number = 0x0f0002, .name = "cacheflush", .error = 0, .why = "code that the linker has put in place"},
#endif
};
