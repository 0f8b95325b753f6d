// First process of the arm64 machine: loads modules, mounts what a phone has, starts one program, and switches the
// machine off when that has ended. What to start is in /machine/start, one argument a line; modules, in their order, in
// /machine/modules. Whatever goes wrong here is said on the console and switches the machine off.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINES_MAX = 64, TEXT_MAX = 16384, PORT_TRIES = 500 };

// The port that the program's output goes to; the console is for the kernel, and for what it says to people.
static const char report_port[] = "/dev/vport0p1";

static _Noreturn void off(const char *format, ...) {
  if (format != NULL) {
    va_list list;
    va_start(list, format);
    fprintf(stderr, "machine-init: ");
    vfprintf(stderr, format, list);
    fprintf(stderr, ": %s\n", strerror(errno));
    va_end(list);
  }
  sync();
  for (;;) reboot(RB_POWER_OFF);
}

struct lines {
  char text[TEXT_MAX];
  char *line[LINES_MAX + 1]; // ends with NULL
};

static void read_lines(const char *path, struct lines *lines) {
  size_t count = 0, length = 0;
  ssize_t got;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) off("%s", path);
  while (length < sizeof lines->text - 1 && (got = read(fd, lines->text + length, sizeof lines->text - 1 - length)) > 0)
    length += (size_t)got;
  close(fd);
  lines->text[length] = '\0';
  for (char *rest = lines->text, *line; count < LINES_MAX && (line = strsep(&rest, "\n")) != NULL;)
    if (*line != '\0') lines->line[count++] = line;
  lines->line[count] = NULL;
}

static void load_modules(void) {
  static struct lines modules;
  read_lines("/machine/modules", &modules);
  for (char **name = modules.line; *name != NULL; name++) {
    int fd = open(*name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST)) off("%s", *name);
    close(fd);
  }
}

static void place(const char *type, const char *path, unsigned long flags, const char *options) {
  if (mkdir(path, 0755) != 0 && errno != EEXIST) off("%s", path);
  if (mount(type, path, type, flags, options) != 0) off("%s", path);
}

// The root of an initial RAM disk can't be left by pivot_root, as the launcher does for its services. Mounted once more
// on top of itself it can.
static void stand_on_a_mount(void) {
  if (mount("/", "/mnt", NULL, MS_BIND | MS_REC, NULL) != 0 || chdir("/mnt") != 0 ||
      mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0)
    off("root");
}

static bool has_address(int fd, struct ifreq *interface) {
  // What QEMU's own network expects of its first guest.
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a00020f)};
  struct sockaddr_in mask = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xffffff00)};
  memcpy(&interface->ifr_addr, &address, sizeof address);
  if (ioctl(fd, SIOCSIFADDR, interface) != 0) return false;
  memcpy(&interface->ifr_netmask, &mask, sizeof mask);
  return ioctl(fd, SIOCSIFNETMASK, interface) == 0;
}

static bool is_up(int fd, struct ifreq *interface) {
  if (ioctl(fd, SIOCGIFFLAGS, interface) != 0) return false;
  interface->ifr_flags |= IFF_UP;
  return ioctl(fd, SIOCSIFFLAGS, interface) == 0;
}

// The loopback, and where the machine was given a network, that.
static void network_up(void) {
  struct ifreq loopback = {.ifr_name = "lo"}, network = {.ifr_name = "eth0"};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || !is_up(fd, &loopback)) off("loopback");
  if (if_nametoindex("eth0") != 0 && (!has_address(fd, &network) || !is_up(fd, &network))) off("network");
  close(fd);
}

// The driver makes the port a moment after it was loaded.
static int open_port(void) {
  for (int i = 0; i < PORT_TRIES; i++) {
    int fd = open(report_port, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) return fd;
    usleep(20000);
  }
  off("%s", report_port);
}

static pid_t start(char *const arguments[]) {
  static char home[] = "HOME=/root", temporary[] = "TMPDIR=/tmp", path[] = "PATH=/system/bin:/bin";
  static char *const environment[] = {home, temporary, path, NULL};
  int port = open_port();
  pid_t pid = fork();
  if (pid < 0) off("fork");
  if (pid == 0) {
    setsid();
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, 0);
    dup2(port, 1);
    execve(arguments[0], arguments, environment);
    fprintf(stderr, "machine-init: %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
  }
  close(port);
  return pid;
}

int main(void) {
  static struct lines program;
  int status = 0;
  umask(022);
  if (sethostname("machine", strlen("machine")) != 0) off("the machine's name");
  place("devtmpfs", "/dev", 0, NULL);
  int console = open("/dev/console", O_RDWR);
  for (int fd = 0; console >= 0 && fd < 3; fd++) dup2(console, fd);
  place("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  place("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  place("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
  place("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777"); // as Debian has it: named shared memory
  place("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "ptmxmode=0666");
  load_modules();
  stand_on_a_mount();
  network_up();
  read_lines("/machine/start", &program);
  if (program.line[0] == NULL) off("nothing to start");
  pid_t pid = start(program.line);
  // Processes that lost their parents end here, too.
  for (pid_t ended; (ended = wait(&status)) != pid;)
    if (ended < 0 && errno != EINTR) off("wait");
  if (WIFSIGNALED(status)) fprintf(stderr, "machine-init: ended by signal %d\n", WTERMSIG(status));
  if (WIFEXITED(status)) fprintf(stderr, "machine-init: ended with %d\n", WEXITSTATUS(status));
  off(NULL);
}
