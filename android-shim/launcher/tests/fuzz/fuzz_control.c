// The control channel: bytes in any portions, frames out in any portions, against a plain reading of the same bytes.
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../../src/control.h"
#include "fuzz.h"

static struct control control;

// Where the frame at `at` ends, 0 when it isn't whole; *wrong when it can't be one.
static size_t frame_end(const uint8_t *data, size_t size, size_t at, bool *wrong) {
  *wrong = false;
  if (size - at < FRAME_HEADER) return 0;
  uint32_t length = read_u32(data + at);
  *wrong = length == 0 || length > FRAME_PAYLOAD_MAX;
  return *wrong || size - at - FRAME_HEADER < length ? 0 : at + FRAME_HEADER + length;
}

// The first byte says in which portions the others come.
static void incoming(const uint8_t *data, size_t size, size_t portion) {
  int ends[2];
  size_t given = 0, at = 0;
  bool wrong = false, over = false;
  PROMISE(pipe(ends) == 0);
  control_init(&control, ends[0], ends[1]);
  while (!over) {
    size_t now = size - given < portion ? size - given : portion;
    if (now > 0) PROMISE(write(ends[1], data + given, now) == (ssize_t)now);
    given += now;
    if (now == 0) close(ends[1]);
    over = !control_read(&control);
    PROMISE(!over || now == 0);
    size_t length = 0;
    for (const uint8_t *payload; (payload = control_next(&control, &length, &wrong)) != NULL;) {
      bool unexpected = false;
      size_t end = frame_end(data, size, at, &unexpected);
      PROMISE(end != 0 && length == end - at - FRAME_HEADER && memcmp(payload, data + at + FRAME_HEADER, length) == 0);
      at = end;
    }
    if (wrong) break;
  }
  bool expected = false;
  PROMISE(frame_end(data, size, at, &expected) == 0 && expected == wrong);
  if (!over) close(ends[1]);
  close(ends[0]);
}

static void arrived(const uint8_t *seen, size_t got, const uint8_t *pattern, uint8_t *expected, size_t *total) {
  PROMISE(memcmp(seen, pattern + *expected, got) == 0);
  *expected = (uint8_t)(*expected + got);
  *total += got;
}

// Frames of lengths that the input says; the reader takes as much as it says, too.
static void outgoing(const uint8_t *data, size_t size) {
  static uint8_t pattern[256 + (1 << 16)], seen[1 << 16]; // bytes that count up: what is lost or moved is seen
  struct taker t = {data, size};
  int ends[2];
  uint8_t next = 0, expected = 0;
  for (size_t i = 0; i < sizeof pattern && pattern[sizeof pattern - 1] == 0; i++) pattern[i] = (uint8_t)i;
  size_t queued = 0, read_bytes = 0;
  PROMISE(pipe(ends) == 0);
  control_init(&control, ends[0], ends[1]);
  while (t.left > 0) {
    size_t length = (size_t)take(&t, 2) % (FRAME_HEADER + FRAME_PAYLOAD_MAX) + 1;
    if (control_put(&control, pattern + next, length)) {
      next = (uint8_t)(next + length);
      queued += length;
    }
    PROMISE(control_flush(&control));
    // Slower than frames come, so that the queue fills.
    ssize_t got = read(ends[0], seen, (size_t)take(&t, 2) % 4096 + 1);
    if (got > 0) arrived(seen, (size_t)got, pattern, &expected, &read_bytes);
  }
  for (;;) {
    PROMISE(control_flush(&control));
    ssize_t got = read(ends[0], seen, sizeof seen);
    if (got <= 0) break;
    arrived(seen, (size_t)got, pattern, &expected, &read_bytes);
  }
  PROMISE(read_bytes == queued && !control_pending(&control));
  close(ends[0]);
  PROMISE(!control_put(&control, pattern, 1) || !control_flush(&control)); // nobody reads any more
  close(ends[1]);
}

const unsigned fuzz_iterations = 200;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  (void)signal(SIGPIPE, SIG_IGN); // as the launcher does
  if (size == 0) return 0;
  incoming(data + 1, size - 1, (size_t)data[0] * 64 + 1);
  outgoing(data, size);
  return 0;
}

// Each frame alone, in portions of its own, all of them behind one another, and many.
size_t fuzz_seeds(struct seed *out, size_t most) {
  enum { FRAMES = 4, LONG = 4096 };
  static const char *const names[FRAMES] = {"start", "start-nodejs", "cancel", "warm"};
  static uint8_t one[FRAMES][1 + GOLDEN_MAX], all[1 + FRAMES * GOLDEN_MAX];
  size_t together = 1;
  static uint8_t many[LONG];
  if (most <= FRAMES + 1) return 0;
  for (size_t i = 0; i < FRAMES; i++) {
    size_t length = golden(names[i], one[i] + 1);
    if (length == 0) return 0;
    one[i][0] = (uint8_t)(i * 40);
    out[i] = (struct seed){one[i], length + 1};
    memcpy(all + together, one[i] + 1, length);
    together += length;
  }
  out[FRAMES] = (struct seed){all, together};
  // A thousand frames that go out.
  for (size_t i = 0; i < LONG; i++) many[i] = (uint8_t)(i * 167);
  out[FRAMES + 1] = (struct seed){many, LONG};
  return FRAMES + 2;
}
