// Jobs whose files come as pieces: what is kept, what is refused, and how much output may be under way.
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../src/carried.h"
#include "../src/control.h"
#include "../src/job.h"
#include "check.h"

static struct job job;
static struct control control;
static uint8_t bytes[PIECE_MAX];

static const char *begin(uint64_t program, uint64_t input) {
  struct carry_frame frame = {.job = 7, .runtime = RUNTIME_NATIVE, .program_bytes = program, .input_bytes = input};
  job_clear(&job);
  return carried_begin(&job, &frame, 1);
}

static void give(enum carried_file file, uint64_t offset, size_t length) {
  struct piece_frame piece = {.job = 7, .file = file, .offset = offset, .bytes = bytes, .length = length};
  carried_take(&job, &piece, 2);
}

static bool failed(const char *part) {
  bool said = job.state == JOB_ENDED && job.reason == REASON_SANDBOX_ERROR && strstr(job.message, part) != NULL;
  return said && job.code_file < 0 && job.in_file < 0;
}

static void files(void) {
  uint8_t read_back[300];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)i;
  CHECK(begin(300, 5) == NULL && job.state == JOB_CARRIED && carried_waits(&job));
  give(CARRIED_INPUT, 0, 5);
  give(CARRIED_PROGRAM, 0, 200);
  CHECK(!carried_is_whole(&job));
  give(CARRIED_PROGRAM, 200, 100);
  CHECK(carried_is_whole(&job) && job.reason == REASON_NONE);
  CHECK(pread(job.code_file, read_back, 300, 0) == 300 && read_back[199] == 199 && read_back[200] == 0);
  CHECK(carried_seal(job.code_file) && pwrite(job.code_file, bytes, 1, 0) < 0 && ftruncate(job.code_file, 1) != 0);
  job_close(&job);
  CHECK(begin(1, 0) == NULL);
  give(CARRIED_PROGRAM, 0, 1);
  CHECK(carried_is_whole(&job)); // an empty input is one, too
  job_close(&job);
}

static void wrong_pieces(void) {
  CHECK(begin(300, 5) == NULL);
  give(CARRIED_PROGRAM, 0, 301);
  CHECK(failed("more"));
  CHECK(begin(300, 5) == NULL);
  give(CARRIED_PROGRAM, 0, 200);
  give(CARRIED_PROGRAM, 0, 200);
  CHECK(failed("twice"));
  CHECK(begin(300, 5) == NULL);
  give(CARRIED_INPUT, 1, 1);
  CHECK(failed("missing"));
  CHECK(begin(300, 5) == NULL);
  carried_tick(&job, 1 + (uint64_t)CARRIED_PATIENCE_MS * 1000000u);
  CHECK(failed("did not come"));
  CHECK(begin(CARRIED_PROGRAM_MAX + 1, 0) != NULL && begin(1, CARRIED_BYTES_MAX + 1) != NULL);
}

// A service's output pipe, with our end of it in the job.
static int writer(uint64_t most) {
  int ends[2];
  job_clear(&job);
  CHECK(pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  job.id = 7;
  job.state = JOB_RUNNING;
  job.out_pipe = ends[0];
  job.max_output_bytes = most;
  carried_become(&job, &control);
  return ends[1];
}

static void write_all(int end, size_t length) {
  for (size_t done = 0; done < length; done += PIECE_MAX)
    CHECK(write(end, bytes, length - done < PIECE_MAX ? length - done : PIECE_MAX) > 0);
}

static void window(void) {
  int end = writer(1 << 20);
  for (size_t sent = 0; sent < CARRIED_WINDOW; sent += 32000) {
    write_all(end, 32000);
    while (carried_pump(&job)) continue;
  }
  CHECK(job.bytes_out == CARRIED_WINDOW && !carried_may_send(&job));
  CHECK(!carried_taken(&job, CARRIED_WINDOW + 1, 1));
  CHECK(carried_taken(&job, 1000, 1) && carried_may_send(&job));
  while (carried_pump(&job)) continue;
  CHECK(job.bytes_out == CARRIED_WINDOW + 1000);
  // It ends, and what it wrote is still to be sent.
  carried_settle(&job);
  CHECK(job.carried.owed == 96000 - CARRIED_WINDOW - 1000 && job.reason == REASON_NONE);
  carried_close(&job);
  job.state = JOB_ENDED;
  carried_drain(&job);
  CHECK(carried_waits(&job) && job.bytes_out == CARRIED_WINDOW + 1000);
  CHECK(carried_taken(&job, CARRIED_WINDOW, 1));
  carried_drain(&job);
  CHECK(!carried_waits(&job) && job.bytes_out == 96000 && job.out_pipe < 0);
  close(end);
}

static void limits(void) {
  int end = writer(100);
  write_all(end, 101);
  CHECK(!carried_pump(&job) && job.reason == REASON_OUTPUT_LIMIT && job.bytes_out == 100);
  job_close(&job);
  close(end);
  end = writer(CARRIED_WINDOW + 100);
  for (int i = 0; i < 2; i++) {
    write_all(end, CARRIED_WINDOW / 2);
    while (carried_pump(&job)) continue;
  }
  write_all(end, 101);
  carried_settle(&job);
  CHECK(job.reason == REASON_OUTPUT_LIMIT && job.carried.owed == 100);
  carried_close(&job);
  job.state = JOB_ENDED;
  // Whose reader takes nothing is given up.
  carried_tick(&job, job.carried.seen_ns + (uint64_t)CARRIED_PATIENCE_MS * 1000000u);
  CHECK(!carried_waits(&job) && job.reason == REASON_SANDBOX_ERROR && job.out_pipe < 0);
  close(end);
}

int main(void) {
  control_init(&control, -1, -1);
  files();
  wrong_pieces();
  window();
  limits();
  return finish_checks();
}
