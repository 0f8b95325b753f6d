// boot: the order in which a phone's walls go up, then pid 1 of the phone.
//   phone-init boot ROOT HOST_UID [ro SRC DST | rw SRC DST | link TARGET DST | dir - DST]...
// ROOT is an empty folder. HOST_UID, used when we are root, is the uid that phone processes get outside.
// Prints "ready PID" when the phone can be entered. Ends when stdin ends, when its parent dies or on SIGTERM.
#define _GNU_SOURCE
#include "phone.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_STEPS 256
// Covered in the phone's own mount namespace only.
#define WALKABLE "/tmp"
#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS)

static void die_with_parent(void) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) die("PR_SET_PDEATHSIG");
}

static void map_ids(pid_t child, bool root, unsigned host_uid) {
  char path[64], map[64];
  unsigned uid = root ? host_uid : geteuid(), gid = root ? host_uid : getegid();
  snprintf(path, sizeof path, "/proc/%d/setgroups", child);
  // Without root the kernel demands it; with root, the phone's processes drop their groups by themselves.
  if (!root && !write_text_file(path, "deny")) die("write %s", path);
  snprintf(path, sizeof path, "/proc/%d/uid_map", child);
  snprintf(map, sizeof map, "%d %u 1", SHELL_UID, uid);
  if (!write_text_file(path, map)) die("write %s", path);
  snprintf(path, sizeof path, "/proc/%d/gid_map", child);
  snprintf(map, sizeof map, "%d %u 1", SHELL_UID, gid);
  if (!write_text_file(path, map)) die("write %s", path);
}

// Pid 1 of the phone: reaps orphans until the lifeline (stdin) ends. The kernel then kills everything else.
__attribute__((noreturn)) static void reap_until_end(int lifeline) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigaddset(&signals, SIGTERM);
  if (sigprocmask(SIG_SETMASK, &signals, NULL) != 0) die("sigprocmask");
  int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
  if (signal_fd < 0) die("signalfd");
  struct pollfd watched[] = {{.fd = lifeline, .events = POLLIN}, {.fd = signal_fd, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 2, -1) < 0 && errno != EINTR) _exit(EXIT_SETUP);
    if (watched[1].revents) {
      struct signalfd_siginfo info;
      if (read(signal_fd, &info, sizeof info) == sizeof info && info.ssi_signo == SIGTERM) _exit(0);
      while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    }
    if (watched[0].revents) {
      char byte;
      if (read(lifeline, &byte, 1) <= 0) _exit(0);
    }
  }
}

__attribute__((noreturn)) static void phone_child(const char *root, const plan_step *steps, int count, bool built,
                                                  int go, int report, char *arguments, size_t arguments_length) {
  char byte;
  if (read(go, &byte, 1) != 1) _exit(EXIT_SETUP);  // the watcher failed and has said why
  become_shell_keeping_capabilities();
  die_with_parent();
  if (sethostname("localhost", 9) != 0) die("sethostname");
  if (!built) build_tree(root, steps, count);
  enter_tree(root);
  drop_capabilities();
  // Changing credentials cleared both of these.
  die_with_parent();
  if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) die("PR_SET_DUMPABLE");
  prctl(PR_SET_NAME, "init", 0, 0, 0);
  if (setsid() < 0) die("setsid");
  if (write(report, "r", 1) != 1) _exit(EXIT_SETUP);
  close(report);
  close(go);
  (void)!freopen("/dev/null", "w", stdout);
  // What `ps` shows inside should not be the host's paths.
  memset(arguments, 0, arguments_length);
  memcpy(arguments, "init", arguments_length < 4 ? 0 : 4);
  reap_until_end(STDIN_FILENO);
}

static int parse_steps(int argc, char **argv, plan_step *steps) {
  int count = 0;
  if (argc % 3 != 0) die("the plan is not made of triples");
  for (int i = 0; i < argc; i += 3) {
    const char *kind = argv[i];
    if (strcmp(kind, "ro") && strcmp(kind, "rw") && strcmp(kind, "link") && strcmp(kind, "dir")) {
      die("unknown step %s", kind);
    }
    if (count == MAX_STEPS) die("too many steps");
    steps[count++] = (plan_step){.kind = kind, .source = argv[i + 1], .target = argv[i + 2]};
  }
  return count;
}

int boot_main(int argc, char **argv) {
  static plan_step steps[MAX_STEPS];
  if (argc < 2) die("boot needs ROOT and HOST_UID");
  const char *root = argv[0];
  unsigned long host_uid = strtoul(argv[1], NULL, 10);
  int count = parse_steps(argc - 2, argv + 2, steps);
  bool is_root = geteuid() == 0;
  if (is_root && host_uid == 0) die("HOST_UID must not be root's");

  pid_t parent = getppid();
  die_with_parent();
  if (getppid() != parent) return EXIT_SETUP;
  int go[2], report[2];
  if (pipe(go) != 0 || pipe(report) != 0) die("pipe");
  if (is_root) {
    // Root's own mounts reach folders that the phone's user could not walk to, and the phone can't undo them.
    if (unshare(CLONE_NEWNS) != 0) die("unshare");
    build_tree(root, steps, count);
    // Under a place that everyone can walk to: the phone's user may not reach the folder that ROOT lies in.
    if (mount(root, WALKABLE, NULL, MS_BIND | MS_REC, NULL) != 0) die("bind %s", WALKABLE);
    root = WALKABLE;
  }
  pid_t child = (pid_t)syscall(SYS_clone, NAMESPACES | SIGCHLD, NULL, NULL, NULL, NULL);
  if (child < 0) die("clone");
  if (child == 0) {
    close(go[1]);
    close(report[0]);
    // argv lies in one piece, from the program's name (two before ours) to the last argument.
    char *last = argv[argc - 1];
    phone_child(root, steps, count, is_root, go[0], report[1], argv[-2], (size_t)(last + strlen(last) - argv[-2]));
  }
  close(go[0]);
  close(report[1]);
  map_ids(child, is_root, (unsigned)host_uid);
  char byte = 'g';
  if (write(go[1], &byte, 1) != 1) die("start the phone");
  if (read(report[0], &byte, 1) == 1) {
    char line[32];
    int length = snprintf(line, sizeof line, "ready %d\n", child);
    if (!write_all(STDOUT_FILENO, line, (size_t)length)) kill(child, SIGKILL);
  }
  close(report[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
