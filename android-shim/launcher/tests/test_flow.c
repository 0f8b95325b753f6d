// Bytes that the kernel moves between files and pipes: all of them, in order, never more than asked for; and that it is
// told, with nothing moved, where it can't.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../src/flow.h"
#include "check.h"

enum { LONG_BYTES = 3 * FLOW_BYTES + 1234 };

static uint8_t content[LONG_BYTES], back[LONG_BYTES];

static int new_file(void) { return memfd_create("flow", MFD_CLOEXEC); }

static bool new_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0; }

static void close_pipe(const int ends[2]) {
  close(ends[0]);
  close(ends[1]);
}

static void test_through(void) {
  int ends[2], from = new_file(), to = new_file();
  struct flow in = {0}, out = {0};
  CHECK(from >= 0 && to >= 0 && new_pipe(ends));
  CHECK(write(from, content, sizeof content) == (ssize_t)sizeof content);
  size_t given = 0, taken = 0;
  bool fine = true, ended = false;
  while (fine && !ended) {
    ssize_t moved = flow_in(&in, from, (off_t)given, ends[1]);
    fine = moved >= 0 || errno == EAGAIN;
    ended = moved == 0;
    if (moved > 0) {
      given += (size_t)moved;
      continue;
    }
    // It is full, or this was all: out of it in portions of an odd size.
    ssize_t part;
    while ((part = flow_out(&out, ends[0], to, 54321)) > 0) {
      fine = fine && part <= 54321;
      taken += (size_t)part;
    }
    fine = fine && part < 0 && errno == EAGAIN;
  }
  CHECK(fine && ended);
  CHECK(given == sizeof content && taken == sizeof content);
  CHECK(in.moved && out.moved && !in.copies && !out.copies);
  CHECK(pread(to, back, sizeof back, 0) == (ssize_t)sizeof back && memcmp(content, back, sizeof back) == 0);
  close_pipe(ends);
  close(from);
  close(to);
}

static void test_most(void) {
  int ends[2], to = new_file();
  struct flow out = {0};
  CHECK(to >= 0 && new_pipe(ends));
  CHECK(write(ends[1], content, 5000) == 5000);
  CHECK(flow_out(&out, ends[0], to, 4999) == 4999 && lseek(to, 0, SEEK_CUR) == 4999);
  CHECK(flow_out(&out, ends[0], to, FLOW_BYTES) == 1);
  CHECK(flow_out(&out, ends[0], to, FLOW_BYTES) == -1 && errno == EAGAIN);
  close(ends[1]);
  CHECK(flow_out(&out, ends[0], to, FLOW_BYTES) == 0);
  close(ends[0]);
  close(to);
}

static void test_what_is_not_spliced(void) {
  int ends[2], fine = new_file(), appended = new_file(), memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  struct flow in = {0}, out = {0};
  CHECK(appended >= 0 && fcntl(appended, F_SETFL, O_APPEND) == 0 && memory >= 0 && new_pipe(ends));
  CHECK(flow_in(&in, memory, (off_t)(uintptr_t)content, ends[1]) == -1 && errno == ENOTSUP && in.copies);
  CHECK(write(ends[1], content, 5000) == 5000);
  CHECK(flow_out(&out, ends[0], appended, FLOW_BYTES) == -1 && errno == ENOTSUP && out.copies);
  CHECK(read(ends[0], back, sizeof back) == 5000); // nothing was lost
  // It is not tried again.
  CHECK(flow_out(&out, ends[0], fine, FLOW_BYTES) == -1 && errno == ENOTSUP);
  close_pipe(ends);
  close(appended);
  close(memory);
  close(fine);
}

static void test_a_reader_that_has_gone(void) {
  int ends[2], from = new_file();
  struct flow in = {0};
  CHECK(from >= 0 && new_pipe(ends) && write(from, content, 5000) == 5000);
  close(ends[0]);
  CHECK(flow_in(&in, from, 0, ends[1]) == -1 && errno == EPIPE && !in.copies);
  close(ends[1]);
  close(from);
}

int main(void) {
  for (size_t i = 0; i < sizeof content; i++) content[i] = (uint8_t)(i * 31 + i / 257);
  (void)signal(SIGPIPE, SIG_IGN);
  test_through();
  test_most();
  test_what_is_not_spliced();
  test_a_reader_that_has_gone();
  return finish_checks();
}
