// Frames between the supervisor and the launcher: u32 big-endian length, then a payload whose first byte is its kind.
// Pure: bytes in, structs out. The layout is documented in ../README.md, samples are in schemas/golden/launcher.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROTOCOL_VERSION = 4 };
enum { FRAME_PAYLOAD_MAX = 16384, FRAME_HEADER = 4 };
enum { PATH_LIMIT = 4095, NAME_LIMIT = 64, MESSAGE_LIMIT = 512, LAYER_LIMIT = 24, HIT_LIMIT = 32, RUNTIME_LIMIT = 8 };

enum frame_kind {
  FRAME_START = 0x01,
  FRAME_CANCEL = 0x02,
  FRAME_WARM = 0x03,
  FRAME_CARRY = 0x04,
  FRAME_PIECE = 0x05,
  FRAME_TAKEN = 0x06,
  FRAME_HELLO = 0x81,
  FRAME_PROGRESS = 0x82,
  FRAME_EXIT = 0x83,
  FRAME_READY = 0x84,
  FRAME_OUTPUT = 0x85,
};

// The closed set of spec 03, in the order of device-agent/sandbox/port.ts. Numbers are the wire's: never reordered.
enum exit_reason {
  REASON_NONE = 0,
  REASON_COMPLETED = 1,
  REASON_FAILED = 2,
  REASON_CRASHED = 3,
  REASON_SYSCALL_DENIED = 4,
  REASON_OUT_OF_MEMORY = 5,
  REASON_WALL_TIMEOUT = 6,
  REASON_CPU_TIMEOUT = 7,
  REASON_OUTPUT_LIMIT = 8,
  REASON_CANCELLED = 9,
  REASON_SANDBOX_ERROR = 10,
};
const char *reason_name(enum exit_reason reason);

// Numbers are the wire's.
enum runtime_kind {
  RUNTIME_NATIVE = 1,
  RUNTIME_NODEJS = 2,
  RUNTIME_WASM = 3,
  RUNTIME_JVM = 4,
  RUNTIME_PYTHON = 5,
  RUNTIME_GO = 6,
  RUNTIME_LAST = RUNTIME_GO,
};
enum { NO_TIME = -1 }; // of a time in an EXIT frame: it was never measured

struct start_frame {
  uint32_t job;
  enum runtime_kind runtime;
  uint32_t spare; // the pre-started process that takes it; 0: none
  uint64_t accepted_ns; // CLOCK_MONOTONIC, when the supervisor took it on; 0: not said
  uint64_t memory_bytes;
  uint32_t wall_ms;
  uint32_t cpu_ms;
  uint64_t max_output_bytes;
  char program[PATH_LIMIT + 1];
  char input[PATH_LIMIT + 1];
  char output[PATH_LIMIT + 1];
};

// Starts a runtime ahead of its service.
struct warm_frame {
  uint32_t job;
  enum runtime_kind runtime;
  uint64_t memory_bytes;
};

// A job whose program and input come as pieces, and whose output goes so (carried.h). It begins when both are whole.
struct carry_frame {
  uint32_t job;
  enum runtime_kind runtime;
  uint32_t spare; // as in START
  uint64_t memory_bytes;
  uint32_t wall_ms;
  uint32_t cpu_ms;
  uint64_t max_output_bytes;
  uint64_t program_bytes, input_bytes;
};

// Numbers are the wire's.
enum carried_file { CARRIED_PROGRAM = 1, CARRIED_INPUT = 2 };
enum { PIECE_MAX = 16000 };
struct piece_frame {
  uint32_t job;
  enum carried_file file; // not of output
  uint64_t offset;
  const uint8_t *bytes; // of the payload that was decoded
  size_t length;        // 1 to PIECE_MAX
};

struct hello_frame {
  uint16_t protocol;
  bool available;
  const char *arch;
  const char *kernel;
  const char *layers[LAYER_LIMIT];
  size_t layer_count;
  const char *message;
  const char *runtimes[RUNTIME_LIMIT];
  size_t runtime_count;
  // Why a runtime that was asked for is not there.
  struct {
    const char *runtime, *why;
  } lacks[RUNTIME_LIMIT];
  size_t lack_count;
};

struct progress_frame {
  uint32_t job;
  uint32_t cpu_ms;
  uint64_t memory_bytes, bytes_in, bytes_out;
};

struct exit_frame {
  uint32_t job;
  enum exit_reason reason;
  bool has_exit_code;
  uint8_t exit_code;
  uint32_t cpu_ms, wall_ms;
  int64_t first_byte_us; // from the supervisor's taking it on to its first byte of output, or NO_TIME
  int64_t teardown_us;   // from the verdict to the reaped process, or NO_TIME
  uint64_t peak_memory_bytes, bytes_in, bytes_out;
  const char *syscall; // "" when none
  const char *signal;  // "" when none
  const char *message; // "" when none
  const char *layers[LAYER_LIMIT];
  size_t layer_count;
  struct {
    const char *name;
    uint32_t count;
  } hits[HIT_LIMIT];
  size_t hit_count;
};

// Decoders take a payload (without its length) and answer NULL, or a sentence on what is wrong with it.
// Trailing bytes, embedded NULs, relative or empty paths and limits of zero are wrong.
const char *decode_start(const uint8_t *payload, size_t length, struct start_frame *out);
const char *decode_cancel(const uint8_t *payload, size_t length, uint32_t *job);
const char *decode_warm(const uint8_t *payload, size_t length, struct warm_frame *out);
const char *decode_carry(const uint8_t *payload, size_t length, struct carry_frame *out);
const char *decode_piece(const uint8_t *payload, size_t length, struct piece_frame *out);
const char *decode_taken(const uint8_t *payload, size_t length, uint32_t *job, uint32_t *bytes);

// Encoders write length and payload into `out` (at least FRAME_HEADER + FRAME_PAYLOAD_MAX bytes) and answer the
// number of bytes, or 0 if the frame would be too long.
size_t encode_start(const struct start_frame *frame, uint8_t *out);
size_t encode_cancel(uint32_t job, uint8_t *out);
size_t encode_warm(const struct warm_frame *frame, uint8_t *out);
size_t encode_carry(const struct carry_frame *frame, uint8_t *out);
size_t encode_piece(const struct piece_frame *frame, uint8_t *out);
size_t encode_taken(uint32_t job, uint32_t bytes, uint8_t *out);
size_t encode_output(const struct piece_frame *frame, uint8_t *out);
size_t encode_ready(uint32_t job, uint8_t *out);
size_t encode_hello(const struct hello_frame *frame, uint8_t *out);
size_t encode_progress(const struct progress_frame *frame, uint8_t *out);
size_t encode_exit(const struct exit_frame *frame, uint8_t *out);

uint32_t read_u32(const uint8_t *at);
