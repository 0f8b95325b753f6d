// See control.h.
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void control_init(struct control *control, int in, int out) {
  control->in = in;
  control->out = out;
  control->input_length = control->output_start = control->output_end = 0;
  fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
  fcntl(out, F_SETFL, fcntl(out, F_GETFL) | O_NONBLOCK);
}

bool control_read(struct control *control) {
  size_t room = sizeof control->input - control->input_length;
  if (room == 0) return true; // a whole frame is waiting to be taken
  ssize_t length = read(control->in, control->input + control->input_length, room);
  if (length < 0) return errno == EAGAIN || errno == EINTR;
  control->input_length += (size_t)length;
  return length > 0;
}

const uint8_t *control_next(struct control *control, size_t *length, bool *wrong) {
  static uint8_t payload[FRAME_PAYLOAD_MAX];
  *wrong = false;
  if (control->input_length < FRAME_HEADER) return NULL;
  uint32_t announced = read_u32(control->input);
  if (announced == 0 || announced > FRAME_PAYLOAD_MAX) {
    *wrong = true;
    return NULL;
  }
  if (control->input_length - FRAME_HEADER < announced) return NULL;
  memcpy(payload, control->input + FRAME_HEADER, announced);
  control->input_length -= FRAME_HEADER + announced;
  memmove(control->input, control->input + FRAME_HEADER + announced, control->input_length);
  *length = announced;
  return payload;
}

bool control_put(struct control *control, const uint8_t *frame, size_t length) {
  if (CONTROL_OUT_MAX - control->output_end < length) {
    control->output_end -= control->output_start;
    memmove(control->output, control->output + control->output_start, control->output_end);
    control->output_start = 0;
  }
  if (CONTROL_OUT_MAX - control->output_end < length) return false;
  memcpy(control->output + control->output_end, frame, length);
  control->output_end += length;
  return true;
}

bool control_pending(const struct control *control) { return control->output_end > control->output_start; }

bool control_flush(struct control *control) {
  while (control_pending(control)) {
    ssize_t length =
        write(control->out, control->output + control->output_start, control->output_end - control->output_start);
    if (length < 0) return errno == EAGAIN || errno == EINTR;
    control->output_start += (size_t)length;
  }
  control->output_start = control->output_end = 0;
  return true;
}
