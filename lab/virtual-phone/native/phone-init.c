// phone-init: the namespaces of one virtual phone, without root.
//   boot   makes user, mount, pid, ipc and uts namespaces and stays as their pid 1 and its watcher
//   enter  runs one command in them, for adbd
//   tether becomes another program, which dies with the process that started it
//   apart  becomes another program, which has none of our open files but the first three
#include "phone.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void die(const char *format, ...) {
  int error = errno;
  va_list arguments;
  va_start(arguments, format);
  fputs("phone-init: ", stderr);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "%s%s\n", error ? ": " : "", error ? strerror(error) : "");
  _exit(EXIT_SETUP);
}

bool write_all(int fd, const void *data, size_t length) {
  const char *at = data;
  while (length > 0) {
    ssize_t written = write(fd, at, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    length -= (size_t)written;
  }
  return true;
}

bool write_text_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  // The kernel takes a uid_map in one write only.
  bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  int error = errno;
  close(fd);
  errno = error;
  return done;
}

static int tether_main(char **command) {
  pid_t parent = getppid();
  if (!command[0]) die("tether needs a program");
  if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0) die("PR_SET_PDEATHSIG");
  if (getppid() != parent) return EXIT_SETUP;
  execv(command[0], command);
  die("%s", command[0]);
}

/** A window's files must not stay open in a lab host that outlives it. */
static int apart_main(char **command) {
  if (!command[0]) die("apart needs a program");
  if (syscall(SYS_close_range, 3u, ~0u, 0u) != 0) {
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < (most > 0 && most < 65536 ? most : 65536); fd++) close(fd);
  }
  execv(command[0], command);
  die("%s", command[0]);
}

int main(int argc, char **argv) {
  if (argc >= 2 && strcmp(argv[1], "boot") == 0) return boot_main(argc - 2, argv + 2);
  if (argc >= 2 && strcmp(argv[1], "enter") == 0) return enter_main(argc - 2, argv + 2);
  if (argc >= 2 && strcmp(argv[1], "tether") == 0) return tether_main(argv + 2);
  if (argc >= 2 && strcmp(argv[1], "apart") == 0) return apart_main(argv + 2);
  fputs("usage: phone-init boot|enter|tether|apart ...\n", stderr);
  return EXIT_SETUP;
}
