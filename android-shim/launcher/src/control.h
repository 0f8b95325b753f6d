// The control channel: frames in from stdin, frames out to stdout, neither ever blocking the monitor.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"

// Output of carried jobs that nobody has taken yet (carried.h) fits in, and every other frame beside it.
enum { CONTROL_OUT_MAX = 4 << 20 };

struct control {
  int in, out;
  uint8_t input[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  size_t input_length;
  uint8_t output[CONTROL_OUT_MAX];
  size_t output_start, output_end;
};

void control_init(struct control *control, int in, int out);
// Reads what is there. False at end of file, or when the channel is broken.
bool control_read(struct control *control);
// The next whole frame's payload, or NULL. *wrong is set when the bytes can't be a frame.
// The payload stays valid until the next call.
const uint8_t *control_next(struct control *control, size_t *length, bool *wrong);
// Queues a frame. False when the supervisor has not read for so long that the queue is full.
bool control_put(struct control *control, const uint8_t *frame, size_t length);
bool control_pending(const struct control *control);
// Writes what the pipe takes. False when the channel is broken.
bool control_flush(struct control *control);
