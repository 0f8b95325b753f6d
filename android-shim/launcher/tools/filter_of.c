// `filter-of PID`: the seccomp filter that is in force in a process, as the kernel gives it back, followed through every
// way (src/walk_filter.h). Prints JSON; ends with 1 and a sentence where it can't be had: that needs root, and a kernel
// with CONFIG_CHECKPOINT_RESTORE. Not part of the launcher, and not on phones.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "../src/policy.h"
#include "../src/walk_filter.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

enum { INSTRUCTIONS_MAX = 4096 };

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  static struct sock_filter filter[INSTRUCTIONS_MAX], second[INSTRUCTIONS_MAX];
  char *end = NULL;
  long pid = argc == 2 ? strtol(argv[1], &end, 10) : 0;
  if (pid <= 1 || *end != '\0') {
    fprintf(stderr, "usage: filter-of PID\n");
    return 64;
  }
  // The process stops, and goes on when we end, however we do.
  if (ptrace(PTRACE_SEIZE, (pid_t)pid, NULL, NULL) != 0) return failed("attach");
  if (ptrace(PTRACE_INTERRUPT, (pid_t)pid, NULL, NULL) != 0) return failed("stop");
  if (waitpid((pid_t)pid, NULL, __WALL) != pid) return failed("wait");
  long count = ptrace(PTRACE_SECCOMP_GET_FILTER, (pid_t)pid, 0L, filter);
  if (count <= 0) return failed("the filter");
  if (ptrace(PTRACE_SECCOMP_GET_FILTER, (pid_t)pid, 1L, second) >= 0) {
    fprintf(stderr, "the process has more than one filter\n");
    return 1;
  }
  print_walk(filter, (size_t)count, native_policy.audit_arch, stdout);
  printf("\n");
  return fflush(stdout) == 0 ? 0 : 1;
}
