// What Go's runtime does before and beside a program, in some pages of C without a libc, whose own start would need other
// calls: run as a service under the table for Go, it says whether that works here. An exit code says what did not.
#include "probe.h"

#if defined(__LP64__)
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

// Nothing here may need a thread pointer, which is not set when this begins.
#define BARE __attribute__((no_stack_protector))

enum { STACK = 16384, RESERVED = 512 << 20, PIECE = 65536, QUEUE = 3, EVENT = 4 };
enum { THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM | CLONE_THREAD };
static char stack[STACK], handler_stack[STACK];
#if defined(__x86_64__)
static char thread_pointer[256];
#endif
static volatile int thread_runs;

BARE static long call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#else
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#endif
}
#define CALL(name, a, b, c, d) call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define P(pointer) (long)(uintptr_t)(pointer)

BARE static _Noreturn void end(int code) {
  for (;;) CALL(exit_group, code, 0, 0, 0);
}

// A step that did not go as it must ends the canary with its number.
BARE static void must(int step, bool done) {
  if (!done) end(step);
}

BARE static _Noreturn void in_thread(void) {
  thread_runs = 1;
  CALL(futex, P(&thread_runs), FUTEX_WAKE_PRIVATE, 1, 0);
  for (;;) CALL(exit, 0, 0, 0, 0);
}

BARE static long start_thread(void) {
  char *const top = stack + STACK - 64;
#if defined(__x86_64__)
  register long r8 __asm__("r8") = P(thread_pointer);
  long result;
  __asm__ volatile(
      "syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\tand $-16, %%rsp\n\tcall *%[start]\n1:"
      : "=a"(result)
      : "a"(SYS_clone), "D"((long)(THREAD | CLONE_SETTLS)), "S"(top), "d"(0), "r"(r8), [start] "r"(in_thread)
      : "rcx", "r11", "memory");
  return result;
#else
  register long x8 __asm__("x8") = SYS_clone, x0 __asm__("x0") = THREAD, x1 __asm__("x1") = P(top);
  register long x2 __asm__("x2") = 0, x3 __asm__("x3") = 0, x4 __asm__("x4") = 0;
  __asm__ volatile("svc #0\n\tcbnz x0, 1f\n\tblr %[start]\n1:"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [start] "r"(in_thread)
                   : "memory", "x30");
  return x0;
#endif
}

enum { READABLE = PROT_READ | PROT_WRITE, OWN = MAP_PRIVATE | MAP_ANONYMOUS };

BARE static long map(long at, long length, int protection, int flags) {
  return call(SYS_mmap, at, length, protection, flags, -1, 0);
}

// Instead of a panic: what was read is made readable, and read again.
BARE static void on_fault(int number, siginfo_t *about, void *context) {
  (void)number;
  (void)context;
  long page = P(about->si_addr) & ~(long)(PIECE - 1);
  must(20, map(page, PIECE, READABLE, OWN | MAP_FIXED) == page);
}

// As the kernel has it (Go's own struct is the same).
struct kernel_action {
  void (*handler)(int, siginfo_t *, void *);
  unsigned long flags;
  void (*restorer)(void);
  unsigned long mask;
};

#if defined(__x86_64__)
__asm__(".text\ngo_canary_return: mov $15, %eax\n\tsyscall\n");
extern void go_canary_return(void);
enum { RESTORER = 0x04000000 };
#else
#define go_canary_return NULL
enum { RESTORER = 0 };
#endif

BARE static void handle_faults(void) {
  static struct kernel_action action;
  static stack_t own;
  action.handler = on_fault;
  action.flags = SA_SIGINFO | SA_ONSTACK | RESTORER;
  action.restorer = go_canary_return;
  own.ss_sp = handler_stack;
  own.ss_size = sizeof handler_stack;
  must(11, CALL(sigaltstack, P(&own), 0, 0, 0) == 0);
  must(12, CALL(rt_sigaction, SIGSEGV, P(&action), 0, 8) == 0);
  must(13, CALL(rt_sigaction, SIGTERM, P(&action), 0, 8) == 0);
}

BARE static void use_memory(void) {
  long reserved = map(0, RESERVED, PROT_NONE, OWN);
  must(14, reserved > 0);
  must(15, map(reserved, PIECE, READABLE, OWN | MAP_FIXED) == reserved);
  *(volatile char *)(uintptr_t)reserved = 1;
  must(16, *(volatile char *)(uintptr_t)(reserved + (RESERVED >> 1)) == 0); // a fault
  must(17, CALL(madvise, reserved, PIECE, MADV_DONTNEED, 0) == 0 && CALL(munmap, reserved, PIECE, 0, 0) == 0);
}

BARE static void use_threads(void) {
  static const struct timespec soon = {0, 1000};
  must(21, start_thread() > 0);
  while (!thread_runs) CALL(futex, P(&thread_runs), FUTEX_WAIT_PRIVATE, 0, 0);
  must(22, CALL(nanosleep, P(&soon), 0, 0, 0) == 0 && CALL(sched_yield, 0, 0, 0, 0) == 0);
}

BARE static void use_timers(void) {
  static struct epoll_event wanted, got;
  static const uint64_t one = 1;
  wanted.events = EPOLLIN;
  wanted.data.u64 = 0x1234567890abcdef;
  must(31, CALL(epoll_create1, O_CLOEXEC, 0, 0, 0) == QUEUE);
  must(32, CALL(eventfd2, 0, O_CLOEXEC | O_NONBLOCK, 0, 0) == EVENT);
  must(33, CALL(epoll_ctl, QUEUE, EPOLL_CTL_ADD, EVENT, P(&wanted)) == 0);
  must(34, CALL(epoll_pwait, QUEUE, P(&got), 1, 1) == 0);
  must(35, CALL(write, EVENT, P(&one), sizeof one, 0) == sizeof one);
  must(36, CALL(epoll_pwait, QUEUE, P(&got), 1, 1000) == 1 && got.data.u64 == wanted.data.u64);
}

BARE _Noreturn void go_canary(void) {
  static char text[PIECE];
  long got = 0;
  bool begins = true;
#if defined(__x86_64__)
  must(10, CALL(arch_prctl, 0x1002, P(thread_pointer), 0, 0) == 0);
#endif
  handle_faults();
  use_memory();
  use_threads();
  use_timers();
  must(41, CALL(getrandom, P(text), 64, 0, 0) == 64);
  must(42, CALL(openat, AT_FDCWD, P("/proc/self/cgroup"), O_RDONLY | O_CLOEXEC, 0) == -2);
  must(43, CALL(write, 2, P("canary"), 6, 0) == 6);
  for (; (got = CALL(read, 0, P(text), sizeof text, 0)) > 0; begins = false) {
    bool opens = begins && got == 4 && text[0] == 'o' && text[1] == 'p';
    if (opens) got = 1;
    must(44, CALL(write, 1, P(text), got, 0) == got);
    if (opens) end(CALL(openat, AT_FDCWD, P("/"), O_RDONLY, 0) >= 0 ? 2 : 3); // never returns when the sandbox holds
  }
  end(got == 0 ? 0 : 1);
}

// The entry of this program: libc's, but for a service under the table for Go, which is told by its environment.
BARE __attribute__((used)) static void look_at_start(const long *start) {
  const char *const *argv = (const char *const *)(start + 1);
  const char *name = argv[0], *first = start[0] == 1 ? argv[2] : NULL;
  if (first == NULL || name == NULL) return;
  for (const char *want = "service"; *want != '\0'; want++, name++)
    if (*name != *want) return;
  for (const char *want = "GODEBUG="; *want != '\0'; want++, first++)
    if (*first != *want) return;
  go_canary();
}

#if defined(__x86_64__)
__asm__(".text\n.globl launcher_start\nlauncher_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rbx\n\tmov %rdx, %r12\n"
        "\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall look_at_start\n\tmov %rbx, %rsp\n\tmov %r12, %rdx\n\tjmp _start\n");
#else
__asm__(".text\n.globl launcher_start\nlauncher_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x19, x0\n\tmov x0, sp\n"
        "\tbl look_at_start\n\tmov x0, x19\n\tb _start\n");
#endif
#endif
