// Frames against the golden samples that Kotlin and TypeScript read too, and against bytes that are wrong.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/control.h"
#include "../src/frames.h"
#include "check.h"


// Runs in android-shim/launcher.
#define GOLDEN "../../schemas/golden/launcher/"

// Hex with whitespace; answers the number of bytes, 0 when the file is missing.
static size_t read_hex(const char *name, uint8_t *out, size_t size) {
  char path[256];
  size_t length = 0;
  unsigned byte = 0;
  snprintf(path, sizeof path, GOLDEN "%s.hex", name);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  while (length < size && fscanf(file, "%2x", &byte) == 1) out[length++] = (uint8_t)byte;
  fclose(file);
  return length;
}

static bool same_as_golden(const char *name, const uint8_t *frame, size_t length) {
  static uint8_t golden[FRAME_PAYLOAD_MAX];
  size_t expected = read_hex(name, golden, sizeof golden);
  if (expected == length && memcmp(golden, frame, length) == 0) return true;
  fprintf(stderr, "%s should be:", name);
  for (size_t i = 0; i < length; i++) fprintf(stderr, " %02x", frame[i]);
  fprintf(stderr, "\n");
  return false;
}

static uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];

static void golden_start(void) {
  static struct start_frame start, again;
  start.job = 7;
  start.runtime = RUNTIME_NATIVE;
  start.memory_bytes = 67108864;
  start.wall_ms = 30000;
  start.cpu_ms = 20000;
  start.max_output_bytes = 1048576;
  strcpy(start.program, "/data/service/x86_64/wordcount");
  strcpy(start.input, "/data/in");
  strcpy(start.output, "/data/\xc3\xa4us");
  size_t length = encode_start(&start, frame);
  CHECK(same_as_golden("start", frame, length));
  CHECK(decode_start(frame + FRAME_HEADER, length - FRAME_HEADER, &again) == NULL);
  CHECK(again.job == 7 && again.memory_bytes == 67108864 && again.wall_ms == 30000 && again.cpu_ms == 20000);
  CHECK(again.max_output_bytes == 1048576 && strcmp(again.output, start.output) == 0);
  start.runtime = RUNTIME_NODEJS;
  start.spare = 5;
  start.accepted_ns = 0x1122334455667788;
  strcpy(start.program, "/data/service/main.js");
  length = encode_start(&start, frame);
  CHECK(same_as_golden("start-nodejs", frame, length));
  CHECK(decode_start(frame + FRAME_HEADER, length - FRAME_HEADER, &again) == NULL);
  CHECK(again.runtime == RUNTIME_NODEJS && again.spare == 5 && again.accepted_ns == 0x1122334455667788);
}

static void golden_carried(void) {
  static const uint8_t bytes[] = {0x7f, 'E', 'L', 'F'};
  struct carry_frame carry = {.job = 7,
                              .runtime = RUNTIME_GO,
                              .spare = 5,
                              .memory_bytes = 67108864,
                              .wall_ms = 30000,
                              .cpu_ms = 20000,
                              .max_output_bytes = 1048576,
                              .program_bytes = 900000,
                              .input_bytes = 0};
  struct carry_frame again;
  size_t length = encode_carry(&carry, frame);
  CHECK(same_as_golden("carry", frame, length));
  CHECK(decode_carry(frame + FRAME_HEADER, length - FRAME_HEADER, &again) == NULL);
  CHECK(again.job == 7 && again.runtime == RUNTIME_GO && again.spare == 5 && again.program_bytes == 900000);
  CHECK(decode_carry(frame + FRAME_HEADER, length - FRAME_HEADER - 1, &again) != NULL);
  carry.program_bytes = 0;
  length = encode_carry(&carry, frame);
  CHECK(decode_carry(frame + FRAME_HEADER, length - FRAME_HEADER, &again) != NULL);

  struct piece_frame piece = {.job = 7, .file = CARRIED_INPUT, .offset = 32000, .bytes = bytes, .length = 4}, taken;
  length = encode_piece(&piece, frame);
  CHECK(same_as_golden("piece", frame, length));
  CHECK(decode_piece(frame + FRAME_HEADER, length - FRAME_HEADER, &taken) == NULL);
  CHECK(taken.file == CARRIED_INPUT && taken.offset == 32000 && taken.length == 4 && memcmp(taken.bytes, bytes, 4) == 0);
  CHECK(decode_piece(frame + FRAME_HEADER, length - FRAME_HEADER - 4, &taken) != NULL); // of nothing
  frame[FRAME_HEADER + 5] = 3;                                                          // of no file
  CHECK(decode_piece(frame + FRAME_HEADER, length - FRAME_HEADER, &taken) != NULL);
  static uint8_t long_piece[PIECE_MAX + 1];
  piece.bytes = long_piece;
  piece.length = PIECE_MAX;
  length = encode_piece(&piece, frame);
  CHECK(decode_piece(frame + FRAME_HEADER, length - FRAME_HEADER, &taken) == NULL && taken.length == PIECE_MAX);
  piece.length = PIECE_MAX + 1;
  length = encode_piece(&piece, frame);
  CHECK(length > 0 && decode_piece(frame + FRAME_HEADER, length - FRAME_HEADER, &taken) != NULL);

  uint32_t job = 0, count = 0;
  length = encode_taken(7, 16000, frame);
  CHECK(same_as_golden("taken", frame, length));
  CHECK(decode_taken(frame + FRAME_HEADER, length - FRAME_HEADER, &job, &count) == NULL && job == 7 && count == 16000);
  struct piece_frame output = {.job = 7, .offset = 65536, .bytes = bytes, .length = 4};
  CHECK(same_as_golden("output", frame, encode_output(&output, frame)));
}

static void golden_others(void) {
  uint32_t job = 0;
  size_t length = encode_cancel(7, frame);
  CHECK(same_as_golden("cancel", frame, length));
  CHECK(decode_cancel(frame + FRAME_HEADER, length - FRAME_HEADER, &job) == NULL && job == 7);

  struct warm_frame warm = {5, RUNTIME_NODEJS, 67108864}, again;
  length = encode_warm(&warm, frame);
  CHECK(same_as_golden("warm", frame, length));
  CHECK(decode_warm(frame + FRAME_HEADER, length - FRAME_HEADER, &again) == NULL);
  CHECK(again.job == 5 && again.runtime == RUNTIME_NODEJS && again.memory_bytes == 67108864);
  CHECK(decode_warm(frame + FRAME_HEADER, length - FRAME_HEADER - 1, &again) != NULL);
  frame[FRAME_HEADER + 5] = RUNTIME_NATIVE; // waits for its program
  CHECK(decode_warm(frame + FRAME_HEADER, length - FRAME_HEADER, &again) == NULL && again.runtime == RUNTIME_NATIVE);
  frame[FRAME_HEADER + 5] = 0;
  CHECK(decode_warm(frame + FRAME_HEADER, length - FRAME_HEADER, &again) != NULL);
  CHECK(same_as_golden("ready", frame, encode_ready(5, frame)));

  struct hello_frame hello = {4, true, "x86_64", "6.1.0", {"seccomp", "landlock"}, 2, "", {"native", "nodejs"}, 2, {{NULL, NULL}}, 0};
  CHECK(same_as_golden("hello", frame, encode_hello(&hello, frame)));
  struct hello_frame unable = {
      4, false, "armv7", "4.19.0", {NULL}, 0, "kernel 4.19.0 can't show denied calls", {NULL}, 0, {{"nodejs", "no folder"}, {"python", "no folder"}}, 2};
  CHECK(same_as_golden("hello-unavailable", frame, encode_hello(&unable, frame)));

  struct progress_frame progress = {7, 1200, 5000000, 65536, 4294967296u};
  CHECK(same_as_golden("progress", frame, encode_progress(&progress, frame)));

  struct exit_frame denied = {.job = 7,
                              .reason = REASON_SYSCALL_DENIED,
                              .cpu_ms = 3,
                              .wall_ms = 5,
                              .first_byte_us = NO_TIME,
                              .teardown_us = 750,
                              .peak_memory_bytes = 200704,
                              .bytes_in = 9,
                              .bytes_out = 0,
                              .syscall = "openat",
                              .signal = "",
                              .message = "",
                              .layers = {"seccomp", "landlock"},
                              .layer_count = 2,
                              .hits = {{"rseq", 1}, {"ioctl", 300}},
                              .hit_count = 2};
  CHECK(same_as_golden("exit-denied", frame, encode_exit(&denied, frame)));
  struct exit_frame failed = {.job = 4294967295u,
                              .reason = REASON_FAILED,
                              .has_exit_code = true,
                              .exit_code = 255,
                              .first_byte_us = 1500,
                              .teardown_us = NO_TIME,
                              .peak_memory_bytes = 1,
                              .syscall = "",
                              .signal = "",
                              .message = ""};
  CHECK(same_as_golden("exit-failed", frame, encode_exit(&failed, frame)));
}

// Where the limits are, after kind, job, runtime, spare and time.
enum { LIMITS = 18 };

static void wrong_starts(void) {
  static struct start_frame out;
  static uint8_t good[FRAME_PAYLOAD_MAX], bad[FRAME_PAYLOAD_MAX + 8];
  size_t length = read_hex("start", good, sizeof good);
  CHECK(length > FRAME_HEADER);
  if (length <= FRAME_HEADER) return;
  length -= FRAME_HEADER;
  const uint8_t *payload = good + FRAME_HEADER;
  CHECK(decode_start(payload, length, &out) == NULL);
  bool all_refused = true;
  for (size_t cut = 0; cut < length; cut++) {
    // A copy of exactly this size, so that a read past its end is seen by ASan.
    uint8_t *exact = malloc(cut == 0 ? 1 : cut);
    memcpy(exact, payload, cut);
    all_refused = all_refused && decode_start(exact, cut, &out) != NULL;
    free(exact);
  }
  CHECK(all_refused);
  memcpy(bad, payload, length);
  CHECK(decode_start(bad, length + 1, &out) != NULL);
  bad[0] = FRAME_CANCEL;
  CHECK(decode_start(bad, length, &out) != NULL);
  memcpy(bad, payload, length);
  bad[LIMITS + 24 + 2] = 'd'; // a relative path
  CHECK(decode_start(bad, length, &out) != NULL);
  memcpy(bad, payload, length);
  bad[LIMITS + 24 + 4] = '\0'; // a NUL within a path
  CHECK(decode_start(bad, length, &out) != NULL);
  memcpy(bad, payload, length);
  memset(bad + LIMITS, 0, 8); // no memory
  CHECK(decode_start(bad, length, &out) != NULL);
  memset(bad + LIMITS, 0xff, 8); // absurd memory
  CHECK(decode_start(bad, length, &out) != NULL);
  memcpy(bad, payload, length);
  bad[5] = RUNTIME_LAST + 1; // an unknown runtime
  CHECK(decode_start(bad, length, &out) != NULL);
  memcpy(bad, payload, length);
  bad[9] = 1; // a native service may have a spare
  CHECK(decode_start(bad, length, &out) == NULL && out.spare == 1);
  memcpy(bad + 6, bad + 1, 4); // but not itself
  CHECK(decode_start(bad, length, &out) != NULL);
}

static void too_long_to_encode(void) {
  struct exit_frame exit = {.job = 1, .reason = REASON_FAILED, .layer_count = LAYER_LIMIT, .hit_count = HIT_LIMIT};
  char name[200];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  for (size_t i = 0; i < LAYER_LIMIT; i++) exit.layers[i] = name;
  for (size_t i = 0; i < HIT_LIMIT; i++) exit.hits[i].name = name;
  exit.message = name;
  size_t length = encode_exit(&exit, frame);
  CHECK(length > 0 && length <= sizeof frame); // names are cut, so the largest report always fits
}

static void control_channel(void) {
  static struct control control;
  int in[2], out[2];
  size_t length = 0;
  bool wrong = false;
  CHECK(pipe(in) == 0 && pipe(out) == 0);
  control_init(&control, in[0], out[1]);
  // Two frames and a half, byte by byte.
  const uint8_t bytes[] = {0, 0, 0, 2, 9, 8, 0, 0, 0, 1, 7, 0, 0, 0, 3, 1};
  size_t frames = 0;
  for (size_t i = 0; i < sizeof bytes; i++) {
    CHECK(write(in[1], &bytes[i], 1) == 1);
    CHECK(control_read(&control));
    for (const uint8_t *payload; (payload = control_next(&control, &length, &wrong)) != NULL; frames++)
      CHECK(frames == 0 ? length == 2 && payload[0] == 9 && payload[1] == 8 : length == 1 && payload[0] == 7);
  }
  CHECK(frames == 2 && !wrong);
  close(in[1]);
  CHECK(!control_read(&control));
  // A supervisor that doesn't read fills the queue, and that is noticed.
  uint8_t big[FRAME_PAYLOAD_MAX] = {0};
  size_t queued = 0;
  while (control_put(&control, big, sizeof big)) queued++;
  CHECK(queued == CONTROL_OUT_MAX / sizeof big);
  CHECK(control_flush(&control) && control_pending(&control));
  close(out[0]);
  signal(SIGPIPE, SIG_IGN);
  CHECK(!control_flush(&control));
  close(in[0]);
  close(out[1]);
}

int main(void) {
  golden_start();
  golden_carried();
  golden_others();
  wrong_starts();
  too_long_to_encode();
  control_channel();
  return finish_checks();
}
