// Frames from a supervisor that lies, and frames to it made of any words.
#include <string.h>

#include "../../src/frames.h"
#include "fuzz.h"

static uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];

// What was taken as well-formed is written again as the same bytes: nothing was misread or passed over.
static void same(const uint8_t *data, size_t size, size_t length) {
  PROMISE(length == size + FRAME_HEADER);
  PROMISE(read_u32(frame) == size && memcmp(frame + FRAME_HEADER, data, size) == 0);
}

static bool is_path(const char *path) { return path[0] == '/' && strnlen(path, PATH_LIMIT + 1) <= PATH_LIMIT; }

static void decode(const uint8_t *data, size_t size) {
  static struct start_frame start;
  struct warm_frame warm;
  uint32_t job = 0;
  if (decode_start(data, size, &start) == NULL) {
    PROMISE(is_path(start.program) && is_path(start.input) && is_path(start.output));
    PROMISE(start.memory_bytes > 0 && start.memory_bytes <= (uint64_t)1 << 40 && start.wall_ms > 0 && start.cpu_ms > 0);
    PROMISE(start.runtime >= RUNTIME_NATIVE && start.runtime <= RUNTIME_LAST);
    same(data, size, encode_start(&start, frame));
  }
  if (decode_warm(data, size, &warm) == NULL) {
    PROMISE(warm.job != 0 && warm.memory_bytes > 0);
    same(data, size, encode_warm(&warm, frame));
  }
  struct carry_frame carry;
  if (decode_carry(data, size, &carry) == NULL) {
    PROMISE(carry.program_bytes > 0 && carry.program_bytes <= (uint64_t)1 << 40 && carry.input_bytes <= (uint64_t)1 << 40);
    PROMISE(carry.memory_bytes > 0 && carry.runtime >= RUNTIME_NATIVE && carry.runtime <= RUNTIME_LAST);
    same(data, size, encode_carry(&carry, frame));
  }
  struct piece_frame piece;
  if (decode_piece(data, size, &piece) == NULL) {
    PROMISE(piece.length > 0 && piece.length <= PIECE_MAX && piece.bytes + piece.length == data + size);
    same(data, size, encode_piece(&piece, frame));
  }
  uint32_t taken = 0;
  if (decode_taken(data, size, &job, &taken) == NULL) same(data, size, encode_taken(job, taken, frame));
  if (decode_cancel(data, size, &job) == NULL) same(data, size, encode_cancel(job, frame));
}

// Words end where the input says, not at a limit of ours; NULL is one of them.
static const char *words(struct taker *t, char *space, size_t size) {
  size_t length = (size_t)take(t, 2) % size;
  if (length == size - 1) return NULL;
  for (size_t i = 0; i < length; i++) space[i] = (char)take(t, 1);
  space[length] = '\0';
  return space;
}

static void is_frame(size_t length) {
  PROMISE(length <= sizeof frame);
  PROMISE(length == 0 || (length > FRAME_HEADER && read_u32(frame) == length - FRAME_HEADER));
}

static void encode(const uint8_t *data, size_t size) {
  static char spaces[LAYER_LIMIT + HIT_LIMIT + 3][1200];
  struct taker t = {data, size};
  size_t space = 0;
  struct exit_frame exit = {
      .job = (uint32_t)take(&t, 4),
      .reason = (enum exit_reason)(take(&t, 1) % (REASON_SANDBOX_ERROR + 1)),
      .has_exit_code = take(&t, 1) % 2 == 0,
      .exit_code = (uint8_t)take(&t, 1),
      .first_byte_us = (int64_t)take(&t, 8),
      .teardown_us = (int64_t)take(&t, 8),
      .layer_count = (unsigned)take(&t, 1) % (LAYER_LIMIT + 1),
      .hit_count = (unsigned)take(&t, 1) % (HIT_LIMIT + 1),
  };
  const char **texts[] = {&exit.syscall, &exit.signal, &exit.message};
  for (size_t i = 0; i < 3; i++, space++) *texts[i] = words(&t, spaces[space], sizeof *spaces);
  for (size_t i = 0; i < exit.layer_count; i++, space++) exit.layers[i] = words(&t, spaces[space], sizeof *spaces);
  for (size_t i = 0; i < exit.hit_count; i++, space++) {
    exit.hits[i].name = words(&t, spaces[space], sizeof *spaces);
    exit.hits[i].count = (uint32_t)take(&t, 4);
  }
  is_frame(encode_exit(&exit, frame));
  struct hello_frame hello = {
      .protocol = PROTOCOL_VERSION,
      .arch = exit.syscall,
      .kernel = exit.signal,
      .message = exit.message,
      .layer_count = exit.layer_count,
      .lack_count = exit.hit_count % (RUNTIME_LIMIT + 1),
  };
  memcpy(hello.layers, exit.layers, sizeof hello.layers);
  for (size_t i = 0; i < hello.lack_count; i++) hello.lacks[i].runtime = hello.lacks[i].why = exit.hits[i].name;
  is_frame(encode_hello(&hello, frame));
}

const unsigned fuzz_iterations = 100000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  decode(data, size);
  encode(data, size);
  return 0;
}

// The longest path that there may be, and one byte more.
static size_t long_paths(struct seed *out, size_t most) {
  enum { HEAD = 1 + 4 + 1 + 4 + 8 + 8 + 4 + 4 + 8 };
  static uint8_t made[2][HEAD + 3 * 2 + PATH_LIMIT + 1 + 2 * 2];
  for (size_t i = 0; i < 2 && i < most; i++) {
    struct start_frame start = {.job = 1, .runtime = RUNTIME_NATIVE, .memory_bytes = 1, .wall_ms = 1, .cpu_ms = 1};
    snprintf(start.program, sizeof start.program, "/p");
    snprintf(start.input, sizeof start.input, "/i");
    snprintf(start.output, sizeof start.output, "/o");
    (void)encode_start(&start, frame);
    size_t length = PATH_LIMIT + i, at = HEAD;
    memcpy(made[i], frame + FRAME_HEADER, HEAD);
    made[i][at++] = (uint8_t)(length >> 8);
    made[i][at++] = (uint8_t)length;
    memset(made[i] + at, '/', length);
    memcpy(made[i] + at + length, "\0\2/i\0\2/o", 8);
    out[i] = (struct seed){made[i], at + length + 8};
  }
  return most < 2 ? most : 2;
}

size_t fuzz_seeds(struct seed *out, size_t most) {
  static const char *const names[] = {"start", "start-nodejs", "cancel", "warm", "carry", "piece", "taken", "exit-denied", "exit-failed", "hello"};
  static uint8_t frames[sizeof names / sizeof *names][GOLDEN_MAX];
  size_t count = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names && count < most; i++) {
    size_t length = golden(names[i], frames[i]);
    if (length > FRAME_HEADER) out[count++] = (struct seed){frames[i] + FRAME_HEADER, length - FRAME_HEADER};
  }
  return count + long_paths(out + count, most - count);
}
