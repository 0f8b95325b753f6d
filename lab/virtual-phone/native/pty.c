// The relay between adbd's pipes and a command's terminal. Never blocks on one direction while the other waits.
#define _GNU_SOURCE
#include "phone.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define BUFFER_SIZE 65536

typedef struct {
  int from, to;  // -1 when that end is gone
  size_t start, end;
  char bytes[BUFFER_SIZE];
} flow;

// "ROWSxCOLS", optionally followed by ",XPIXELSxYPIXELS": what adb's window size packet says.
void set_window_size(int master, const char *text) {
  unsigned rows = 0, columns = 0, x = 0, y = 0;
  if (sscanf(text, "%ux%u,%ux%u", &rows, &columns, &x, &y) < 2) return;
  struct winsize size = {.ws_row = (unsigned short)rows,
                         .ws_col = (unsigned short)columns,
                         .ws_xpixel = (unsigned short)x,
                         .ws_ypixel = (unsigned short)y};
  (void)ioctl(master, TIOCSWINSZ, &size);
}

static void set_nonblocking(int fd) { (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

// Both return false when that end is gone.
static bool fill(flow *f) {
  ssize_t got = read(f->from, f->bytes, BUFFER_SIZE);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  f->start = 0;
  f->end = (size_t)got;
  return got > 0;
}

static bool drain(flow *f) {
  ssize_t put = write(f->to, f->bytes + f->start, f->end - f->start);
  if (put < 0) return errno == EAGAIN || errno == EINTR;
  f->start += (size_t)put;
  return true;
}

static bool read_control(int control, int master) {
  char line[64];
  ssize_t got = read(control, line, sizeof line - 1);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return false;
  line[got] = '\0';
  // Several lines may come at once: the last whole one counts.
  char *last = line;
  for (char *newline = strchr(line, '\n'); newline && newline[1]; newline = strchr(newline + 1, '\n')) last = newline + 1;
  set_window_size(master, last);
  return true;
}

void relay_terminal(int master, int control) {
  static flow in, out;
  in = (flow){.from = STDIN_FILENO, .to = master};
  out = (flow){.from = master, .to = STDOUT_FILENO};
  set_nonblocking(master);
  set_nonblocking(STDIN_FILENO);
  set_nonblocking(STDOUT_FILENO);
  for (;;) {
    bool in_waits = in.start < in.end, out_waits = out.start < out.end;
    short master_events = (short)((in_waits ? POLLOUT : 0) | (out_waits ? 0 : POLLIN));
    struct pollfd watched[] = {{.fd = in_waits ? -1 : in.from, .events = POLLIN},
                               {.fd = master, .events = master_events},
                               {.fd = out_waits ? STDOUT_FILENO : -1, .events = POLLOUT},
                               {.fd = control, .events = POLLIN}};
    if (poll(watched, 4, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (watched[2].revents && !drain(&out)) return;
    if (watched[1].revents & POLLOUT && !drain(&in)) return;
    if (watched[1].revents & (POLLIN | POLLHUP | POLLERR) && out.start == out.end && !fill(&out)) return;
    if (watched[0].revents && !fill(&in)) in.from = -1;
    if (watched[3].revents && !read_control(control, master)) control = -1;
  }
}
