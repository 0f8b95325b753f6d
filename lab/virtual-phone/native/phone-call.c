// phone-call: Android's small commands (getprop, dumpsys, pm, ...) inside a phone. Named by its links, it hands its
// arguments to the phone's services (a TypeScript process) over /dev/socket/services and relays input, output and
// exit code. Frames, both ways: one byte kind, four bytes length (little endian), bytes.
//   to the services:   'a' one argument (argv[0]'s name first), 'w' the working directory, 'g' end of arguments,
//                      'i' input, 'e' end of input
//   from the services: 'o' output, 'r' error output, 'w' wants input, 'x' exit code (one byte)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CHUNK 65536

static bool write_all(int fd, const void *data, size_t length) {
  const char *at = data;
  while (length > 0) {
    ssize_t put = write(fd, at, length);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      poll(&room, 1, -1);
      continue;
    }
    if (put <= 0) return false;
    at += put;
    length -= (size_t)put;
  }
  return true;
}

static bool read_all(int fd, void *data, size_t length) {
  char *at = data;
  while (length > 0) {
    ssize_t got = read(fd, at, length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    length -= (size_t)got;
  }
  return true;
}

static bool send_frame(int fd, char kind, const void *data, uint32_t length) {
  unsigned char header[5] = {(unsigned char)kind, (unsigned char)length, (unsigned char)(length >> 8),
                             (unsigned char)(length >> 16), (unsigned char)(length >> 24)};
  return write_all(fd, header, sizeof header) && write_all(fd, data, length);
}

static int connect_services(void) {
  const char *folder = getenv("ABHAYA_PHONE_SOCKETS");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  // The folder's path may be longer than a socket address can be: name it by a descriptor.
  int fd = open(folder ? folder : "/dev/socket", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/services", fd);
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection >= 0 && connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
    close(connection);
    connection = -1;
  }
  close(fd);
  return connection;
}

int main(int argc, char **argv) {
  static char chunk[CHUNK];
  signal(SIGPIPE, SIG_IGN);
  const char *name = strrchr(argv[0], '/');
  name = name ? name + 1 : argv[0];
  int services = connect_services();
  if (services < 0) {
    fprintf(stderr, "%s: the phone's services can't be reached: %s\n", name, strerror(errno));
    return 20;
  }
  bool sent = send_frame(services, 'a', name, (uint32_t)strlen(name));
  for (int i = 1; sent && i < argc; i++) sent = send_frame(services, 'a', argv[i], (uint32_t)strlen(argv[i]));
  if (sent && getcwd(chunk, sizeof chunk)) sent = send_frame(services, 'w', chunk, (uint32_t)strlen(chunk));
  if (sent) sent = send_frame(services, 'g', "", 0);
  bool wants_input = false;
  for (;;) {
    struct pollfd watched[] = {{.fd = services, .events = POLLIN}, {.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN}};
    if (poll(watched, 2, -1) < 0 && errno != EINTR) return 20;
    if (watched[0].revents) {
      unsigned char header[5];
      if (!read_all(services, header, sizeof header)) break;
      uint32_t length = header[1] | (uint32_t)header[2] << 8 | (uint32_t)header[3] << 16 | (uint32_t)header[4] << 24;
      if (length > CHUNK || !read_all(services, chunk, length)) break;
      if (header[0] == 'x') return length == 1 ? (unsigned char)chunk[0] : 20;
      if (header[0] == 'w') wants_input = true;
      if (header[0] == 'o' && !write_all(STDOUT_FILENO, chunk, length)) return 141;
      if (header[0] == 'r' && !write_all(STDERR_FILENO, chunk, length)) return 141;
      continue;
    }
    if (wants_input && watched[1].revents) {
      ssize_t got = read(STDIN_FILENO, chunk, sizeof chunk);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) {
        wants_input = false;
        if (!send_frame(services, 'e', "", 0)) break;
      } else if (!send_frame(services, 'i', chunk, (uint32_t)got)) {
        break;
      }
    }
  }
  fprintf(stderr, "%s: the phone's services hung up\n", name);
  return 20;
}
