// In the place of dalvikvm in a test: a dynamic program that starts as ART does, as far as the launcher sees it (threads
// that sleep, files read, an errno taken for an answer), keeps the bootstrap's side of the protocol, and has no Java in it.
//   CC -DBROKEN: after the lock it makes a call that no table has, as a wrong table would have ART do.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HEADER = 5, CANARY = 1, SIGNAL_LOCK = 0x0ab10000, SIGNAL_END = 0x0ab20000, START_FAILED = 70 };

static _Noreturn void end(uint32_t code, const char *words) {
  if (words[0] != '\0') syscall(SYS_pwrite64, 2, words, strlen(words), 0L);
  syscall(SYS_umask, SIGNAL_END | code);
  for (;;) syscall(SYS_exit_group, START_FAILED);
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

// A daemon of the collector's.
static void *wait_for_ever(void *none) {
  prctl(PR_SET_NAME, "HeapTaskDaemon");
  pthread_mutex_lock(&held);
  return none;
}

// The thread that waits for SIGQUIT.
static void *catch_signals(void *none) {
  sigset_t set;
  int got;
  sigemptyset(&set);
  sigaddset(&set, SIGQUIT);
  sigwait(&set, &got);
  return none;
}

static const char *value_of(int argc, char **argv, const char *option) {
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp(argv[i], option) == 0) return argv[i + 1];
  return "";
}

static bool holds(const char *path, const char *text) {
  char bytes[4096];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
  if (fd >= 0) close(fd);
  return length > 0 && memmem(bytes, (size_t)length, text, strlen(text)) != NULL;
}

static void read_all(void *into, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t got = read(0, (char *)into + at, length - at);
    if (got <= 0) end(1, "the code was cut short");
    at += (size_t)got;
  }
}

int main(int argc, char **argv) {
  pthread_t threads[2];
  uint8_t header[HEADER];
  const char *library = argv[argc - 1], *boot = getenv("BOOTCLASSPATH");
  bool told = boot != NULL && getenv("PATH") == NULL && strcmp(argv[argc - 2], "org.abhaya.jvm.ArtMain") == 0;
  if (!told || !holds(library, "ELF") || !holds(value_of(argc, argv, "-cp"), "PK")) return START_FAILED;
  // What an older kernel lacks, and what may not be had: ART goes on without.
  if (syscall(SYS_userfaultfd, 0) >= 0 || open("/dev/null", O_RDWR) >= 0) return START_FAILED;
  pthread_mutex_lock(&held);
  if (pthread_create(&threads[0], NULL, wait_for_ever, NULL) != 0) return START_FAILED;
  if (pthread_create(&threads[1], NULL, catch_signals, NULL) != 0) return START_FAILED;
  size_t size = 8 << 20;
  char *heap = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  for (int fd = 2; fd < 64; fd++) close(fd);
  syscall(SYS_umask, SIGNAL_LOCK);

  read_all(header, sizeof header);
  uint32_t length = (uint32_t)header[1] << 24 | (uint32_t)header[2] << 16 | (uint32_t)header[3] << 8 | header[4];
  if (length > size / 2) end(1, "the code is too large for a stand-in");
  read_all(heap, length);
  if (memcmp(heap, "abhaya canary", length < 13 ? length : 13) != 0 && memmem(heap, length, "classes.dex", 11) == NULL)
    end(1, "the jar has no classes.dex, which ART needs");
#if defined(BROKEN)
  syscall(SYS_timerfd_create, 0, 0);
#endif
  char *rest = heap + size / 2;
  for (ssize_t got; (got = read(0, rest, 4096)) > 0;)
    if (write(1, rest, (size_t)got) != got) end(1, "nobody takes it");
  if (madvise(heap, size, MADV_DONTNEED) != 0) end(1, "the collector can't empty its space");
  if (header[0] == CANARY) (void)open("/", O_RDONLY);
  end(0, "");
}
