// The tables of policy.h for CPython 3.11, keyed by that version and the flags in python.c. The filter is the narrow one
// from the first instruction on; `python_starts` is what the launcher lets through besides, until the lock, while only our
// code runs. Nothing here is ever both writable and executable, and after the lock nothing becomes executable.
#pragma once

#include "policy_table.h"

// MREMAP_MAYMOVE, and nothing beside it.
#define MAY_MOVE_ONLY ((uint64_t)1)

static const struct allowed_call python_allowed[] = {
    PLAIN(read, "takes the input pipe's bytes"),
    PLAIN(write, "gives bytes to the output pipe"),
    PLAIN(brk, "heap of glibc's malloc; capped by RLIMIT_DATA"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .why = "arenas of objects, and larger blocks of the heap",
     .when = "private, anonymous, not executable, not above the job's memory",
     .check_count = 2,
     .checks = {{2, ~READ_WRITE, 0}, {3, ~MAP_HINTS, MAP_REQUIRED}},
     .length_argument = 1},
    PLAIN(munmap, "gives arenas and blocks back"),
    {.number = __NR_mremap,
     .name = "mremap",
     .why = "lists and byte arrays grow in place, without a second copy; protection stays what it was",
     .when = "may move, not to a chosen address; not above the job's memory",
     .check_count = 1,
     .checks = {{3, ALL_BITS, MAY_MOVE_ONLY}},
     .length_argument = 2},
    PLAIN(clock_nanosleep, "time.sleep: it waits, and its deadline comes nearer"),
    {.number = __NR_exit_group,
     .name = "exit_group",
     .why = "os._exit; the launcher measures memory a last time before it",
     .when = "",
     .length_argument = -1,
     .observed = true},
};
_Static_assert(sizeof python_allowed / sizeof *python_allowed <= ALLOWED_MAX, "spec 03 allows at most 12 calls");

static const struct errno_call python_errnos[] = {
    REFUSED(lseek, ESPIPE, "streams ask for their place in a pipe: the true answer"),
    CHECKED(ioctl, ENOTTY, 1, ALL_BITS, 0x5401, "streams ask whether a pipe is a terminal (TCGETS): the true answer"),
#if defined(__NR_newfstatat)
    CHECKED(newfstatat, ENOSYS, 3, ALL_BITS, AT_EMPTY_PATH,
            "reading all of a stream asks for its size, by descriptor only; it goes on without"),
    REFUSED(fstat, ENOSYS, "the same, of older libraries"),
#else
    CHECKED(fstatat64, ENOSYS, 3, ALL_BITS, AT_EMPTY_PATH,
            "reading all of a stream asks for its size, by descriptor only; it goes on without"),
    REFUSED(fstat64, ENOSYS, "the same, of older libraries"),
#endif
    // Not ENOSYS: that would make CPython open /dev/urandom instead.
    REFUSED(getrandom, EINVAL, "a random.Random() without a seed; it takes the clock. secrets have a source of their own"),
    REFUSED(getpid, ENOSYS, "the same seed; os.getpid"),
    REFUSED(gettid, ENOSYS, "abort() on its way to SIGABRT, which is reported"),
    CHECKED(rt_sigprocmask, ENOSYS, 0, ALL_BITS, 1,
            "abort() unblocks SIGABRT on its way (SIG_UNBLOCK), which is reported"),
    CHECKED(futex, EINVAL, 1, ALL_BITS, 129,
            "pthread_once wakes others after a first use (FUTEX_WAKE, private); there is one thread only"),
    REFUSED(clock_gettime, ENOSYS, "where the vDSO has no clock; none is offered instead"),
};


// The loader marks code of libraries that were built so (PROT_BTI).
#if defined(__aarch64__)
#define START_CODE ((uint64_t)(PROT_READ | PROT_EXEC | 0x10))
#else
#define START_CODE ((uint64_t)(PROT_READ | PROT_EXEC))
#endif
#define START_MAPPING ~(MAP_HINTS | (uint64_t)(MAP_ANONYMOUS | MAP_DENYWRITE | MAP_FIXED_NOREPLACE)), MAP_PRIVATE

// In force until the lock only, for the loader, CPython and our bootstrap. Nothing here makes a process, a thread, a
// socket, a file to write to, a shared mapping or a ring.
static const struct errno_call python_starts[] = {
    CHECKED(openat, 0, 2, O_ACCMODE | O_CREAT | O_TRUNC | O_PATH, 0,
            "libraries, the program, its modules; to read only"),
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "data of libraries and the program, private",
     .check_count = 2,
     .checks = {{2, ~READ_WRITE, 0}, {3, START_MAPPING}}},
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = 0,
     .why = "code of libraries and the program, private, not writable",
     .check_count = 2,
     .checks = {{2, ~START_CODE, 0}, {3, START_MAPPING}}},
    {.number = MMAP_NUMBER,
     .name = MMAP_NAME,
     .error = EPERM,
     .why = "glibc would share the system's list of character sets, where it sees one; it reads it instead"},
    CHECKED(mprotect, 0, 2, ~READ_WRITE, 0, "the loader protects data that it has filled in"),
    CHECKED(mprotect, 0, 2, ~START_CODE, 0, "the loader marks code"),
    STARTS(close, "libraries, modules, descriptor 2"),
    STARTS(pread64, "the loader reads headers"),
    STARTS(lseek, "the archive of first modules"),
#if defined(__NR_newfstatat)
    STARTS(newfstatat, "the loader and CPython look for files"),
    STARTS(fstat, "sizes of files; whether 0 to 2 are open"),
#else
    STARTS(fstatat64, "the loader and CPython look for files"),
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
    STARTS(ioctl, "whether standard descriptors are terminals"),
    STARTS(getuid, "whether it runs with raised rights"),
    STARTS(geteuid, "whether it runs with raised rights"),
    STARTS(getgid, "whether it runs with raised rights"),
    STARTS(getegid, "whether it runs with raised rights"),
    STARTS(gettid, "its one thread's number"),
    STARTS(uname, "the kind of machine"),
    STARTS(sysinfo, "memory of the machine"),
    STARTS(getrandom, "seeds, once and for all"),
    CHECKED(prlimit64, 0, 2, ALL_BITS, 0, "stack size; to read only"),
    STARTS(set_tid_address, "the C library starts"),
    STARTS(set_robust_list, "the C library starts"),
    STARTS(rseq, "the C library starts"),
    STARTS(futex, "the C library starts"),
    STARTS(rt_sigaction, "CPython sets its handlers"),
    STARTS(clock_gettime, "where the vDSO has no clock"),
#if defined(__x86_64__)
    STARTS(arch_prctl, "thread pointer; the loader asks for shadow stacks"),
#elif defined(__arm__)
    {.number = 0x0f0005, .name = "set_tls", .error = 0, .why = "thread pointer"},
    {.number = 0x0f0002, .name = "cacheflush", .error = 0, .why = "new code"},
#endif
};
