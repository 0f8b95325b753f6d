// Times one start of a program after the other: for every byte on stdin, fork, exec, wait; prints the nanoseconds.
// The benchmark's baseline, free of what the asking runtime adds.
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
  char go;
  (void)argc;
  while (read(0, &go, 1) == 1) {
    int status = 0;
    long long start = now();
    pid_t pid = fork();
    if (pid == 0) {
      close(0);
      execv(argv[1], argv + 1);
      _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) return 1;
    printf("%lld\n", now() - start);
    fflush(stdout);
  }
  return 0;
}
