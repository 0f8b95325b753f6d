// enter: one command inside a phone's namespaces, as its shell user.
//   phone-init enter [--merge] [--pty CONTROL_FD ROWSxCOLS] FD,FD,...|none -- program arg...
// The descriptors are /proc/PID/ns/* of the phone, user first; adbd opened them once, so no pid can be recycled.
// `none` (no namespaces to be had) leaves user and folder as they are.
// The exit code is the command's, or 128 + signal. SIGHUP, SIGINT and SIGTERM go to the command.
#define _GNU_SOURCE
#include "phone.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t command_pid;

static void forward(int signal_number) {
  if (command_pid > 0) kill(command_pid, signal_number);
}

static void join_namespaces(char *list) {
  for (char *item = strtok(list, ","); item; item = strtok(NULL, ",")) {
    int fd = atoi(item);
    if (setns(fd, 0) != 0) die("setns %s", item);
    close(fd);
  }
}

__attribute__((noreturn)) static void run(char **command, bool merge, const char *terminal) {
  if (setsid() < 0) die("setsid");
  if (terminal) {
    int fd = open(terminal, O_RDWR);  // a session leader's first terminal becomes its controlling one
    if (fd < 0) die("open %s", terminal);
    for (int i = 0; i < 3; i++) {
      if (dup2(fd, i) < 0) die("dup2");
    }
  } else if (merge && dup2(STDOUT_FILENO, STDERR_FILENO) < 0) {
    die("dup2");
  }
  if (close_range(3, ~0U, 0) != 0) {
    for (int fd = 3; fd < 256; fd++) close(fd);
  }
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) die("PR_SET_PDEATHSIG");
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  static const int ours[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) signal(ours[i], SIG_DFL);
  execv(command[0], command);
  fprintf(stderr, "%s: %s\n", command[0], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

int enter_main(int argc, char **argv) {
  bool merge = false;
  int control = -1, at = 0;
  const char *size = NULL;
  char terminal[64] = "";
  while (at < argc && strncmp(argv[at], "--", 2) == 0) {
    if (strcmp(argv[at], "--merge") == 0) {
      merge = true;
      at += 1;
    } else if (strcmp(argv[at], "--pty") == 0 && at + 2 < argc) {
      control = atoi(argv[at + 1]);
      size = argv[at + 2];
      at += 3;
    } else {
      die("unknown option %s", argv[at]);
    }
  }
  if (argc - at < 3 || strcmp(argv[at + 1], "--") != 0) die("enter needs descriptors, -- and a command");
  if (control >= 0) fcntl(control, F_SETFD, FD_CLOEXEC);
  if (strcmp(argv[at], "none") != 0) {
    join_namespaces(argv[at]);
    if (chdir("/") != 0) die("chdir /");
    become_shell();
  }

  int master = -1;
  if (size) {
    master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) die("open a terminal");
    int number = 0;
    if (ioctl(master, TIOCGPTN, &number) != 0) die("TIOCGPTN");
    snprintf(terminal, sizeof terminal, "/dev/pts/%d", number);
    set_window_size(master, size);
  }
  static const int ours[] = {SIGHUP, SIGINT, SIGTERM};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) signal(ours[i], forward);
  signal(SIGPIPE, SIG_IGN);
  pid_t pid = fork();
  if (pid < 0) die("fork");
  if (pid == 0) run(argv + at + 2, merge, size ? terminal : NULL);
  command_pid = pid;
  if (size) {
    relay_terminal(master, control);
    close(master);  // hangs up whoever still uses the terminal
  } else {
    // The ends of the pipes belong to the command alone: its end must be the reader's end.
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
