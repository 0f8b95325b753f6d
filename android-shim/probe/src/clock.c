// Times one start of a program after the other. For every byte on stdin: fork, exec, feed, drain, wait; one line is
// printed: nanoseconds from before the fork to the first byte of output (-1: none), to the reaped process, bytes of
// output, and the number that the output begins with. The baseline, free of what the asking runtime adds.
// Input and output are files, pumped as the launcher does (pipes.c there), so that throughputs can be compared.
// --filter installs the launcher's filter for native services before the exec, with everything let through: what is
// left is what running the filter costs.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../launcher/src/flow.h"
#include "../../launcher/src/policy.h"
#include "probe.h"

enum { CHUNK = 65536 };

struct setting {
  bool filter;
  const char *input, *output;
  char **command;
};

struct outcome {
  int64_t first_ns, total_ns;
  uint64_t bytes, number;
  bool ok;
};

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool install_filter(void) {
  static struct sock_filter filter[FILTER_MAX];
  size_t count = build_filter(&native_policy, 64u << 20, filter);
  if (count == 0) return false;
  for (size_t i = 0; i < count; i++)
    if (filter[i].code == (BPF_RET | BPF_K)) filter[i].k = SECCOMP_RET_ALLOW;
  struct sock_fprog program = {(unsigned short)count, filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void become(const struct setting *setting, const int in[2], const int out[2]) {
  if (dup2(in[0], 0) != 0 || dup2(out[1], 1) != 1) _exit(126);
  if (setting->filter && !install_filter()) _exit(125);
  execv(setting->command[0], setting->command);
  _exit(127);
}

static bool take_output(int from, int file, int64_t start, struct outcome *seen) {
  static char chunk[CHUNK];
  static struct flow flow;
  if (seen->bytes == 0) flow = (struct flow){0};
  if (file >= 0 && seen->bytes >= CHUNK) {
    ssize_t moved = flow_out(&flow, from, file, FLOW_BYTES);
    if (moved > 0) seen->bytes += (uint64_t)moved;
    if (moved < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (moved >= 0) return moved > 0;
  }
  ssize_t length = read(from, chunk, sizeof chunk - 1);
  if (length < 0) return errno == EINTR;
  if (length == 0) return false;
  if (seen->first_ns < 0) {
    seen->first_ns = now() - start;
    chunk[length] = '\0';
    seen->number = strtoull(chunk, NULL, 10);
  }
  seen->bytes += (uint64_t)length;
  for (ssize_t done = 0; file >= 0 && done < length;) {
    ssize_t written = write(file, chunk + done, (size_t)(length - done));
    if (written <= 0) return seen->ok = false;
    done += written;
  }
  return true;
}

// False when there is nothing more to give.
static bool give_input(int file, int to, off_t *at) {
  static char chunk[CHUNK];
  static struct flow flow;
  if (*at == 0) flow = (struct flow){0};
  if (file >= 0 && *at >= CHUNK) {
    ssize_t moved = flow_in(&flow, file, *at, to);
    if (moved > 0) *at += moved;
    if (moved >= 0 || errno != ENOTSUP) return moved > 0 || (moved < 0 && (errno == EAGAIN || errno == EINTR));
  }
  ssize_t length = file < 0 ? 0 : pread(file, chunk, sizeof chunk, *at);
  if (length <= 0) return false;
  ssize_t written = write(to, chunk, (size_t)length);
  if (written > 0) *at += written;
  return written > 0 || errno == EAGAIN || errno == EINTR;
}

static void pump(int files[2], int to, int from, int64_t start, struct outcome *seen) {
  off_t at = 0;
  bool feeding = true;
  for (;;) {
    struct pollfd sides[2] = {{from, POLLIN, 0}, {feeding ? to : -1, POLLOUT, 0}};
    if (poll(sides, 2, -1) < 0 && errno != EINTR) return;
    if (sides[1].revents != 0 && !give_input(files[0], to, &at)) {
      feeding = false;
      close(to);
    }
    if (sides[0].revents != 0 && !take_output(from, files[1], start, seen)) break;
  }
  if (feeding) close(to);
}

static struct outcome run(const struct setting *setting) {
  struct outcome seen = {.first_ns = -1, .ok = true};
  int in[2], out[2], status = 0;
  int files[2] = {setting->input ? open(setting->input, O_RDONLY | O_CLOEXEC) : -1,
                  setting->output ? open(setting->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1};
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) exit(1);
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  int64_t start = now();
  pid_t pid = fork();
  if (pid < 0) exit(1);
  if (pid == 0) become(setting, in, out);
  close(in[0]);
  close(out[1]);
  pump(files, in[1], out[0], start, &seen);
  if (waitpid(pid, &status, 0) != pid || status != 0) seen.ok = false;
  seen.total_ns = now() - start;
  close(out[0]);
  for (int i = 0; i < 2; i++)
    if (files[i] >= 0) close(files[i]);
  return seen;
}

int clock_main(int argc, char **argv) {
  struct setting setting = {0};
  int at = 0;
  for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
    if (strcmp(argv[at], "--filter") == 0) setting.filter = true;
    else if (strcmp(argv[at], "--input") == 0 && at + 1 < argc) setting.input = argv[++at];
    else if (strcmp(argv[at], "--output") == 0 && at + 1 < argc) setting.output = argv[++at];
    else return 64;
  }
  if (at >= argc) return 64;
  setting.command = argv + at;
  signal(SIGPIPE, SIG_IGN);
  for (char go; read(0, &go, 1) == 1;) {
    struct outcome seen = run(&setting);
    if (!seen.ok) return 1;
    printf("%lld %lld %llu %llu\n", (long long)seen.first_ns, (long long)seen.total_ns,
           (unsigned long long)seen.bytes, (unsigned long long)seen.number);
    fflush(stdout);
  }
  return 0;
}
