// The phone's file tree: a small read-only tmpfs with binds of the image, the data folder and host libraries.
#define _GNU_SOURCE
#include "phone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void join(char *out, const char *root, const char *path) {
  if (path[0] != '/' || strstr(path, "/../") != NULL) die("not an absolute phone path: %s", path);
  int length = snprintf(out, PATH_MAX, "%s%s", root, path);
  if (length < 0 || length >= PATH_MAX) die("path too long: %s", path);
}

// Like mkdir -p for everything before the last component.
static void make_parents(char *path, const char *root) {
  for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0755) != 0 && errno != EEXIST && errno != EROFS) die("mkdir %s", path);
    *slash = '/';
  }
}

static void make_target(const char *path, mode_t type) {
  struct stat existing;
  if (lstat(path, &existing) == 0) return;
  if (S_ISDIR(type)) {
    if (mkdir(path, 0755) != 0) die("mkdir %s", path);
    return;
  }
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) die("create %s", path);
  close(fd);
}

static void restrict_mount(const char *path, bool read_only, bool devices) {
  struct mount_attr attributes = {
      .attr_set = MOUNT_ATTR_NOSUID | (read_only ? MOUNT_ATTR_RDONLY : 0) | (devices ? 0 : MOUNT_ATTR_NODEV)};
  if (syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &attributes, sizeof attributes) == 0) return;
  if (errno != ENOSYS) die("mount_setattr %s", path);
  // Before Linux 5.12: the top mount only. A source with writable mounts below it is refused, not half protected.
  unsigned long flags = MS_BIND | MS_REMOUNT | MS_NOSUID | (read_only ? MS_RDONLY : 0) | (devices ? 0 : MS_NODEV);
  if (mount(NULL, path, NULL, flags, NULL) != 0) die("remount %s", path);
}

static void bind(const char *source, const char *target, bool read_only, bool devices) {
  if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) != 0) die("bind %s", source);
  restrict_mount(target, read_only, devices);
}

static void bind_devices(const char *root) {
  static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty"};
  char target[PATH_MAX], source[64];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(source, sizeof source, "/dev/%s", names[i]);
    snprintf(target, sizeof target, "%s/dev/%s", root, names[i]);
    make_target(target, S_IFREG);
    bind(source, target, false, true);
  }
  static const char *const links[][2] = {{"/proc/self/fd", "fd"},        {"/proc/self/fd/0", "stdin"},
                                         {"/proc/self/fd/1", "stdout"},  {"/proc/self/fd/2", "stderr"},
                                         {"pts/ptmx", "ptmx"}};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    snprintf(target, sizeof target, "%s/dev/%s", root, links[i][1]);
    if (symlink(links[i][0], target) != 0) die("symlink %s", target);
  }
}

static void take_step(const char *root, const plan_step *step) {
  char target[PATH_MAX];
  join(target, root, step->target);
  make_parents(target, root);
  if (strcmp(step->kind, "dir") == 0) {
    make_target(target, S_IFDIR);
  } else if (strcmp(step->kind, "link") == 0) {
    if (symlink(step->source, target) != 0) die("symlink %s", target);
  } else {
    struct stat source;
    if (stat(step->source, &source) != 0) die("stat %s", step->source);
    make_target(target, source.st_mode & S_IFMT);
    bind(step->source, target, strcmp(step->kind, "rw") != 0, false);
  }
}

void build_tree(const char *root, const plan_step *steps, int count) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) die("make mounts private");
  if (mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0) die("tmpfs on %s", root);
  static const char *const folders[] = {"dev", "dev/pts", "dev/shm", "dev/socket", "proc", "mnt", "mnt/proc"};
  char path[PATH_MAX];
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    snprintf(path, sizeof path, "%s/%s", root, folders[i]);
    if (mkdir(path, 0755) != 0) die("mkdir %s", path);
  }
  bind_devices(root);
  for (int i = 0; i < count; i++) take_step(root, &steps[i]);
  snprintf(path, sizeof path, "%s/dev/shm", root);
  if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0) die("tmpfs on /dev/shm");
  if (mount(NULL, root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0) die("remount root");
}

static void mount_in(const char *root, const char *path, const char *type, const char *options) {
  char target[PATH_MAX];
  snprintf(target, sizeof target, "%s%s", root, path);
  unsigned long flags = MS_NOSUID | MS_NOEXEC | (strcmp(type, "proc") == 0 ? MS_NODEV : 0);
  if (mount(type, target, type, flags, options) != 0) die("mount %s", path);
}

void enter_tree(const char *root) {
  // A mount copied from a more privileged namespace can't become the root; a bind of it made here can.
  if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) != 0) die("bind root");
  mount_in(root, "/proc", "proc", NULL);
  // A second one that nothing is mounted over: without it, nested namespaces could not mount their own.
  mount_in(root, "/mnt/proc", "proc", NULL);
  mount_in(root, "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=0620");
  static const char *const covered[] = {"meminfo", "cpuinfo"};
  for (size_t i = 0; i < sizeof covered / sizeof *covered; i++) {
    char source[PATH_MAX], target[PATH_MAX];
    snprintf(source, sizeof source, "%s/dev/socket/%s", root, covered[i]);
    snprintf(target, sizeof target, "%s/proc/%s", root, covered[i]);
    if (access(source, R_OK) == 0) bind(source, target, true, false);
  }
  if (chdir(root) != 0) die("chdir %s", root);
  if (syscall(SYS_pivot_root, ".", ".") != 0) die("pivot_root");
  // The old root now lies over the new one: take it away.
  if (umount2(".", MNT_DETACH) != 0) die("detach the old root");
  if (chdir("/") != 0) die("chdir /");
}
