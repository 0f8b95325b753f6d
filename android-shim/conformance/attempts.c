// Hostile services in one program: the attempt's name comes as input. It says `did` when it got what it wanted,
// `reached <errno>` when the kernel itself refused, and `nothing` when there was nothing to get.
// The same program is run outside the sandbox as a control (see conformance.it.test.ts).
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__arm__)
// What the 32-bit ABI has instead.
#define SYS_newfstatat SYS_fstatat64
#define SYS_mmap SYS_mmap2
#endif

#define P(pointer) (long)(uintptr_t)(pointer)

extern char **environ;
static char zeros[256], scratch[8192];
static char ones[8] = {1};
static char page[4096] __attribute__((aligned(4096)));
static volatile int zero;

// Raw, since the C library's own calls would get in the way of the attempt's.
static void say(const char *text) {
  size_t length = strlen(text);
  if (syscall(SYS_write, 1, text, length) != (long)length) syscall(SYS_exit_group, 9);
}

static _Noreturn void end(int code) {
  for (;;) syscall(SYS_exit_group, code);
}

static _Noreturn void report(long result, int error) {
  char line[64];
  // Addresses may look negative in 32 bits; errors are the last page (-4095 to -1).
  if (result >= 0 || result < -4095) {
    say("did");
    end(0);
  }
  snprintf(line, sizeof line, "reached %d", error);
  say(line);
  end(3);
}

// --- processes ---

static long child_of(long pid) {
  if (pid == 0) end(0);
  if (pid > 0) syscall(SYS_wait4, pid, 0, 0, 0);
  return pid;
}
static long try_fork(void) { return child_of(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static long try_vfork(void) { return child_of(syscall(SYS_clone, SIGCHLD | CLONE_VFORK, 0, 0, 0, 0)); }
static long try_clone3(void) {
  uint64_t arguments[8] = {0, 0, 0, 0, SIGCHLD, 0, 0, 0};
  return child_of(syscall(SYS_clone3, arguments, sizeof arguments));
}
static long try_fork_bomb(void) {
  // Outside it stops at four: a control, not an attack.
  for (int i = 0; i < 4; i++)
    if (try_fork() < 0) return -1;
  return 0;
}
static char *const echo[] = {"/bin/echo", "-n", "did", NULL};
static long try_exec(void) { return syscall(SYS_execve, echo[0], echo, NULL); }
static long try_exec_path(void) { return syscall(SYS_execveat, 2, echo[0], echo, NULL, AT_EMPTY_PATH); }
static long try_exec_replay(void) { return syscall(SYS_execveat, 2, "", echo, NULL, AT_EMPTY_PATH); }

// --- what was inherited ---

#if defined(WITH_THREADS)
enum { FIRST_INHERITED = 3 }; // 2 leads to the last words
static const char *const expected[] = {"GODEBUG=", "GOMAXPROCS=", "TZ=", "GOMEMLIMIT="};
#else
enum { FIRST_INHERITED = 2 };
static const char *const expected[] = {NULL};
#endif
static long try_descriptors(void) {
  for (int fd = FIRST_INHERITED; fd < 1024; fd++) {
    if (syscall(SYS_read, fd, scratch, 0) == 0 || errno != EBADF) return 0;
    if (syscall(SYS_write, fd, scratch, 0) == 0 || errno != EBADF) return 0;
  }
  say("nothing");
  end(3);
}
static long try_environment(void) {
  size_t count = 0;
  for (char **at = environ; at != NULL && *at != NULL; at++) {
    bool known = false;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
      known = known || (expected[i] != NULL && strncmp(*at, expected[i], strlen(expected[i])) == 0);
    if (!known || ++count > sizeof expected / sizeof *expected) return 0;
  }
  say("nothing");
  end(3);
}

// --- other entries to the kernel ---

#if defined(__x86_64__)
static long try_int80(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory"); // getpid of i386
  errno = (int)-result;
  return result;
}
static long try_int80_open(void) {
  // A 32-bit pointer would be needed: the kernel answers EFAULT or ENOENT, both from beyond the gate.
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(0), "c"(0), "d"(0) : "memory");
  errno = (int)-result;
  return result;
}
static long try_x32(void) { return syscall(0x40000000 + SYS_read, 0, 0, 0); }
static long try_x32_open(void) { return syscall(0x40000000 + SYS_openat, AT_FDCWD, "/", 0, 0); }
#endif

// --- resources ---

static long try_memory(void) {
  for (size_t taken = 0; taken < (256u << 20); taken += 1 << 20) {
    char *block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return -1;
    memset(block, 1, 1 << 20);
  }
  return 0;
}
static long try_heap(void) {
  for (size_t taken = 0; taken < (256u << 20); taken += 4096) {
    char *block = malloc(4096);
    if (block == NULL) return -1;
    memset(block, 1, 4096);
  }
  return 0;
}
static long try_one_large_block(void) {
  char *block = malloc(512u << 20);
  if (block == NULL) return -1;
  block[0] = 1;
  return 0;
}
static long try_page_tables(void) {
  // One read for every 2 MB makes a page of page tables each and hardly any memory of its own.
  for (int i = 0; i < 64; i++) {
    char *block = mmap(NULL, 1u << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) return -1;
    for (size_t at = 0; at < (1u << 30); at += 2u << 20) zero += block[at];
  }
  return 0;
}
static __attribute__((noinline)) int recurse(int depth) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  return depth > (1 << 20) ? frame[0] : recurse(depth + 1) + frame[0];
}
static long try_stack(void) { return recurse(zero); }
static long try_spin(void) {
  // Outside: half a second, to show that nothing else stops it.
  for (volatile uint64_t i = 0; i < 300000000u; i++) continue;
  return 0;
}
static _Noreturn void spin(void) {
  for (;;) zero++;
}
static long try_spin_for_ever(void) { spin(); }
static long try_sleep(void) {
  static const long while_ago[2] = {1000, 0};
  while (syscall(SYS_clock_nanosleep, 1, 0, while_ago, 0) == 0) continue;
  return -1;
}
static long try_flood(void) {
  memset(scratch, 'x', sizeof scratch);
  for (size_t written = 0; written < (8u << 20); written += sizeof scratch)
    if (syscall(SYS_write, 1, scratch, sizeof scratch) < 0) return -1;
  return 0;
}
static long try_bytewise_output(void) {
  for (int i = 0; i < 100000; i++)
    if (syscall(SYS_write, 1, "x", 1) != 1) return -1;
  return 0;
}
static long try_errno_flood(void) {
  for (int i = 0; i < 200000; i++) syscall(SYS_getpid);
  return 0;
}

// --- ends ---

static long try_null(void) { return *(volatile int *)(uintptr_t)zero; }
static long try_illegal(void) {
#if defined(__aarch64__)
  __asm__ volatile(".inst 0"); // the compiler's own trap is a breakpoint there
#endif
  __builtin_trap();
}
#if defined(__x86_64__)
static long try_division(void) { return 7 / zero; } // ARM answers 0
#endif
static long try_write_code(void) {
  *(volatile char *)(uintptr_t)&try_null = 0;
  return 0;
}
static long try_abort(void) { abort(); }
static long try_exit_code(void) { end(7); }
static long try_success(void) { return 0; }

#if defined(WITH_THREADS)
#include "go/threads.inc"
#endif

static const struct {
  const char *name;
  long (*attempt)(void);
} programs[] = {
#if defined(WITH_THREADS)
    {"thread-bomb", try_thread_bomb},
    {"thread-namespace", try_thread_namespace},
    {"thread-process", try_thread_process},
    {"thread-untraced", try_thread_untraced},
    {"thread-exec", try_thread_exec},
    {"thread-open", try_thread_open},
    {"thread-outlives", try_thread_outlives},
    {"thread-flood", try_thread_flood},
    {"thread-stays", try_thread_stays},
    {"thread-memory", try_thread_memory},
    {"queue-twice", try_queue_twice},
    {"event-first", try_event_first},
    {"queue-input", try_queue_input},
    {"descriptor-flood", try_descriptor_flood},
    {"open-beside-cgroup", try_open_cgroup},
    {"words-flood", try_words_flood},
#endif
    {"fork", try_fork},
    {"vfork", try_vfork},
    {"clone3", try_clone3},
    {"fork-bomb", try_fork_bomb},
    {"exec", try_exec},
    {"exec-path", try_exec_path},
    {"exec-replay", try_exec_replay},
    {"inherited-descriptors", try_descriptors},
    {"environment", try_environment},
#if defined(__x86_64__)
    {"division", try_division},
    {"int80", try_int80},
    {"int80-open", try_int80_open},
    {"x32-read", try_x32},
    {"x32-open", try_x32_open},
#endif
    {"memory-bomb", try_memory},
    {"heap-bomb", try_heap},
    {"large-block", try_one_large_block},
    {"page-table-bomb", try_page_tables},
    {"stack-bomb", try_stack},
    {"spin", try_spin},
    {"spin-for-ever", try_spin_for_ever},
    {"sleep", try_sleep},
    {"output-flood", try_flood},
    {"bytewise-output", try_bytewise_output},
    {"errno-flood", try_errno_flood},
    {"null-pointer", try_null},
    {"illegal-instruction", try_illegal},
    {"write-code", try_write_code},
    {"abort", try_abort},
    {"exit-code", try_exit_code},
    {"success", try_success},
};

static long single_call(const char *name) {
#define CALL(label, number, a, b, c, d, e, f) \
  if (strcmp(name, label) == 0) return syscall(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f));
#include "calls.inc"
#undef CALL
  say("no such attempt");
  end(8);
}

static void list(void) {
#define CALL(label, number, a, b, c, d, e, f) puts(label);
#include "calls.inc"
#undef CALL
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) puts(programs[i].name);
}

int main(int argc, char **argv) {
  char name[64];
  size_t length = 0;
  long got;
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    list();
    return 0;
  }
  while (length < sizeof name - 1 && (got = read(0, name + length, sizeof name - 1 - length)) > 0)
    length += (size_t)got;
  name[length] = '\0';
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    if (strcmp(programs[i].name, name) != 0) continue;
    long result = programs[i].attempt();
    report(result, errno);
  }
  long result = single_call(name);
  report(result, errno);
}
