// The table of programs in Go: threads, timers and nil pointers of its runtime. Keyed by what Go 1.23 to 1.27 asks for, read in
// its sources (runtime/os_linux.go, sys_linux_*.s, netpoll_epoll.go), under the variables in go.c.
#pragma once

#include <linux/sched.h>
#include <signal.h>

#include "policy_table.h"

// A thread, and nothing but one: any other flag, or one less, would be a process or a namespace.
#define GO_THREAD ((uint64_t)(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM | CLONE_THREAD))
#if defined(__x86_64__)
#define GO_CLONE (GO_THREAD | CLONE_SETTLS)
#else
#define GO_CLONE GO_THREAD
#endif

// Order: the most frequent first.
static const struct allowed_call go_allowed[] = {
    PLAIN(futex, "threads wait for each other"),
    PLAIN(nanosleep, "the runtime's own watchman sleeps between two looks"),
    PLAIN(read, "takes the input pipe's bytes"),
    {.number = __NR_write,
     .name = "write",
     .why = "gives bytes to the output pipe, and wakes the thread that waits for timers",
     .when = "not to descriptor 2 (nor to others with its bit, which are not open for writing)",
     .check_count = 1,
     .checks = {{0, WORDS_DESCRIPTOR, 0}},
     .length_argument = -1},
    {.number = __NR_mmap,
     .name = "mmap",
     .why = "the heap; reserved first, without rights, and given them piece by piece",
     .when = "private, anonymous, not executable; capped by RLIMIT_DATA and the monitor",
     .check_count = 2,
     .checks = {{2, ~READ_WRITE, 0}, {3, ~MAP_HINTS, MAP_REQUIRED}},
     .length_argument = -1},
    {.number = __NR_epoll_pwait,
     .name = "epoll_pwait",
     .why = "waits for the next timer: in a queue of nothing but that",
     .when = "descriptor 3, no signal mask",
     .check_count = 2,
     .checks = {{0, ALL_BITS, 3}, {4, ALL_BITS, 0}},
     .length_argument = -1},
    PLAIN(getrandom, "keys and nonces of crypto/rand"),
    {.number = __NR_clone,
     .name = "clone",
     .why = "threads; the launcher counts them",
     .when = "flags of a thread only, 32 at most",
     .check_count = 1,
     .checks = {{0, ALL_BITS, GO_CLONE}},
     .length_argument = -1,
     .observed = true},
    {.number = __NR_rt_sigaction,
     .name = "rt_sigaction",
     .why = "a nil pointer becomes a panic, which the program may recover from",
     .when = "SIGSEGV only",
     .check_count = 1,
     .checks = {{0, ALL_BITS, SIGSEGV}},
     .length_argument = -1},
    PLAIN(rt_sigreturn, "the way back from there"),
    PLAIN(sigaltstack, "the stack for that, one for each thread"),
#if defined(__x86_64__)
    THREAD_POINTER,
#endif
};
_Static_assert(sizeof go_allowed / sizeof *go_allowed <= ALLOWED_MAX, "spec 03 allows at most 12 calls");

// An error of 0 does nothing, and says that it is done.
static const struct errno_call go_errnos[] = {
    REFUSED(sched_yield, 0, "a lock's wait; it goes on without"),
    REFUSED(madvise, 0, "pages given back, in Go's second way (harddecommit) by mapping them anew; hints"),
    REFUSED(munmap, 0, "edges of a reservation, which has no memory: it stays reserved"),
    REFUSED(rt_sigprocmask, 0, "threads are made with signals blocked; none comes from outside"),
    REFUSED(gettid, ENOSYS, "a number for signals between threads, of which there are none"),
    REFUSED(sched_getaffinity, ENOSYS, "the number of processors: Go takes one"),
    REFUSED(prlimit64, ENOSYS, "Go would raise its limit of descriptors; it goes on without"),
#if defined(__NR_getrlimit)
    REFUSED(getrlimit, ENOSYS, "the same, as Go asks before 1.24"),
#endif
    REFUSED(uname, ENOSYS, "the kernel's age decides how files are copied: the plain way"),
    REFUSED(clock_gettime, ENOSYS, "where the vDSO has no clock; none is offered instead"),
    CHECKED(rt_sigaction, 0, 0, 0, 0, "handlers of the other signals: none of them comes, or its default is right"),
    CHECKED(mmap, EINVAL, 3, 0x0f, 0x08, "droppable memory of the vDSO's random numbers; getrandom is there"),
    CHECKED(prctl, EINVAL, 0, ALL_BITS, 0x53564d41, "names of memory (PR_SET_VMA), as a kernel without them says"),
    CHECKED(fcntl, 0, 1, ALL_BITS, F_GETFD, "whether 0 to 2 are open: 2 leads to the last words"),
    CHECKED(fcntl, 0, 1, ALL_BITS, F_GETFL, "whether 0 to 2 wait: they do"),
    CHECKED(write, ANSWER_WORDS, 0, ALL_BITS, 2, "last words, such as those of a panic"),
    REFUSED(openat, ANSWER_PATH, "size of huge pages and the control group, read at start: they are not there"),
    REFUSED(epoll_create1, ANSWER_QUEUE, "timers wait in an event queue: the launcher puts one at 3, once"),
    REFUSED(eventfd2, ANSWER_EVENT, "what wakes them, at 4, once"),
    REFUSED(epoll_ctl, ANSWER_CONTROL, "the launcher puts that event into that queue, once"),
    REFUSED(exit, ANSWER_NEVER, "a thread's end: it sleeps until that of the program"),
    REFUSED(exit_group, ANSWER_END, "the end: the launcher measures, takes the code and ends all threads"),
};
