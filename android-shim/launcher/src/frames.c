// Encoding and checking of launcher frames. See frames.h.
#include "frames.h"

#include <string.h>

const char *reason_name(enum exit_reason reason) {
  switch (reason) {
    case REASON_COMPLETED: return "completed";
    case REASON_FAILED: return "failed";
    case REASON_CRASHED: return "crashed";
    case REASON_SYSCALL_DENIED: return "syscall-denied";
    case REASON_OUT_OF_MEMORY: return "out-of-memory";
    case REASON_WALL_TIMEOUT: return "wall-timeout";
    case REASON_CPU_TIMEOUT: return "cpu-timeout";
    case REASON_OUTPUT_LIMIT: return "output-limit";
    case REASON_CANCELLED: return "cancelled";
    case REASON_SANDBOX_ERROR: return "sandbox-error";
    case REASON_NONE: break;
  }
  return "none";
}

static const uint64_t MEMORY_MAX = (uint64_t)1 << 40;

uint32_t read_u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// --- reading: every take checks what is left; after a failure all further takes give zero ---

struct reader {
  const uint8_t *at, *end;
  const char *wrong;
};

static uint64_t take_number(struct reader *r, size_t width) {
  uint64_t value = 0;
  if (r->wrong != NULL || (size_t)(r->end - r->at) < width) {
    if (r->wrong == NULL) r->wrong = "the frame is too short";
    return 0;
  }
  for (size_t i = 0; i < width; i++) value = value << 8 | *r->at++;
  return value;
}

static void take_path(struct reader *r, char out[PATH_LIMIT + 1]) {
  size_t length = (size_t)take_number(r, 2);
  out[0] = '\0';
  if (r->wrong != NULL) return;
  if (length > PATH_LIMIT) {
    r->wrong = "a path is too long";
  } else if ((size_t)(r->end - r->at) < length) {
    r->wrong = "the frame is too short";
  } else if (length == 0 || r->at[0] != '/' || memchr(r->at, '\0', length) != NULL) {
    r->wrong = "a path is not absolute";
  } else {
    memcpy(out, r->at, length);
    out[length] = '\0';
    r->at += length;
  }
}

static const char *finish(const struct reader *r) {
  if (r->wrong != NULL) return r->wrong;
  return r->at == r->end ? NULL : "the frame is too long";
}

static enum runtime_kind take_runtime(struct reader *r) {
  uint64_t kind = take_number(r, 1);
  if (r->wrong == NULL && (kind < RUNTIME_NATIVE || kind > RUNTIME_LAST)) r->wrong = "unknown runtime";
  return (enum runtime_kind)kind;
}

const char *decode_start(const uint8_t *payload, size_t length, struct start_frame *out) {
  struct reader r = {payload, payload + length, NULL};
  if (take_number(&r, 1) != FRAME_START) return "not a START frame";
  out->job = (uint32_t)take_number(&r, 4);
  out->runtime = take_runtime(&r);
  out->spare = (uint32_t)take_number(&r, 4);
  out->accepted_ns = take_number(&r, 8);
  out->memory_bytes = take_number(&r, 8);
  out->wall_ms = (uint32_t)take_number(&r, 4);
  out->cpu_ms = (uint32_t)take_number(&r, 4);
  out->max_output_bytes = take_number(&r, 8);
  take_path(&r, out->program);
  take_path(&r, out->input);
  take_path(&r, out->output);
  const char *wrong = finish(&r);
  if (wrong != NULL) return wrong;
  if (out->memory_bytes == 0 || out->wall_ms == 0 || out->cpu_ms == 0) return "a limit is zero";
  if (out->spare != 0 && out->spare == out->job) return "an impossible spare";
  // Sums with these can't overflow, and no device has as much.
  if (out->memory_bytes > MEMORY_MAX || out->max_output_bytes > (uint64_t)1 << 50) return "a limit is absurd";
  return NULL;
}

const char *decode_cancel(const uint8_t *payload, size_t length, uint32_t *job) {
  struct reader r = {payload, payload + length, NULL};
  if (take_number(&r, 1) != FRAME_CANCEL) return "not a CANCEL frame";
  *job = (uint32_t)take_number(&r, 4);
  return finish(&r);
}

const char *decode_warm(const uint8_t *payload, size_t length, struct warm_frame *out) {
  struct reader r = {payload, payload + length, NULL};
  if (take_number(&r, 1) != FRAME_WARM) return "not a WARM frame";
  out->job = (uint32_t)take_number(&r, 4);
  out->runtime = take_runtime(&r);
  out->memory_bytes = take_number(&r, 8);
  const char *wrong = finish(&r);
  if (wrong != NULL) return wrong;
  if (out->job == 0) return "nothing that could be warmed";
  return out->memory_bytes == 0 || out->memory_bytes > MEMORY_MAX ? "a limit is absurd" : NULL;
}

const char *decode_carry(const uint8_t *payload, size_t length, struct carry_frame *out) {
  struct reader r = {payload, payload + length, NULL};
  if (take_number(&r, 1) != FRAME_CARRY) return "not a CARRY frame";
  out->job = (uint32_t)take_number(&r, 4);
  out->runtime = take_runtime(&r);
  out->spare = (uint32_t)take_number(&r, 4);
  out->memory_bytes = take_number(&r, 8);
  out->wall_ms = (uint32_t)take_number(&r, 4);
  out->cpu_ms = (uint32_t)take_number(&r, 4);
  out->max_output_bytes = take_number(&r, 8);
  out->program_bytes = take_number(&r, 8);
  out->input_bytes = take_number(&r, 8);
  const char *wrong = finish(&r);
  if (wrong != NULL) return wrong;
  if (out->memory_bytes == 0 || out->wall_ms == 0 || out->cpu_ms == 0) return "a limit is zero";
  if (out->spare != 0 && out->spare == out->job) return "an impossible spare";
  if (out->memory_bytes > MEMORY_MAX || out->max_output_bytes > (uint64_t)1 << 50) return "a limit is absurd";
  if (out->program_bytes == 0 || out->program_bytes > MEMORY_MAX || out->input_bytes > MEMORY_MAX)
    return "a length is absurd";
  return NULL;
}

const char *decode_piece(const uint8_t *payload, size_t length, struct piece_frame *out) {
  struct reader r = {payload, payload + length, NULL};
  if (take_number(&r, 1) != FRAME_PIECE) return "not a PIECE frame";
  out->job = (uint32_t)take_number(&r, 4);
  uint64_t file = take_number(&r, 1);
  out->offset = take_number(&r, 8);
  if (r.wrong != NULL) return r.wrong;
  if (file != CARRIED_PROGRAM && file != CARRIED_INPUT) return "a piece of no file";
  out->file = (enum carried_file)file;
  out->bytes = r.at;
  out->length = (size_t)(r.end - r.at);
  if (out->length == 0) return "a piece is empty";
  if (out->length > PIECE_MAX) return "a piece is too long";
  return out->offset > MEMORY_MAX ? "a length is absurd" : NULL;
}

const char *decode_taken(const uint8_t *payload, size_t length, uint32_t *job, uint32_t *bytes) {
  struct reader r = {payload, payload + length, NULL};
  if (take_number(&r, 1) != FRAME_TAKEN) return "not a TAKEN frame";
  *job = (uint32_t)take_number(&r, 4);
  *bytes = (uint32_t)take_number(&r, 4);
  return finish(&r);
}

// --- writing ---

struct writer {
  uint8_t *start, *at, *end;
  bool full;
};

static struct writer open_writer(uint8_t *out, enum frame_kind kind) {
  struct writer w = {out, out + FRAME_HEADER, out + FRAME_HEADER + FRAME_PAYLOAD_MAX, false};
  *w.at++ = (uint8_t)kind;
  return w;
}

static void put_number(struct writer *w, uint64_t value, size_t width) {
  if (w->full || (size_t)(w->end - w->at) < width) {
    w->full = true;
    return;
  }
  for (size_t i = width; i-- > 0;) *w->at++ = (uint8_t)(value >> (8 * i));
}

// Microseconds in 32 bits, the last of which says that there is none.
static void put_time(struct writer *w, int64_t us) {
  put_number(w, us < 0 ? UINT32_MAX : us >= UINT32_MAX ? UINT32_MAX - 1 : (uint64_t)us, 4);
}

static void put_text(struct writer *w, const char *text, size_t limit) {
  size_t length = text == NULL ? 0 : strnlen(text, limit);
  put_number(w, length, 2);
  if (w->full || (size_t)(w->end - w->at) < length) {
    w->full = true;
    return;
  }
  if (length > 0) memcpy(w->at, text, length);
  w->at += length;
}

static void put_bytes(struct writer *w, const uint8_t *bytes, size_t length) {
  if (w->full || (size_t)(w->end - w->at) < length) {
    w->full = true;
    return;
  }
  memcpy(w->at, bytes, length);
  w->at += length;
}

static size_t close_writer(struct writer *w) {
  if (w->full) return 0;
  uint32_t length = (uint32_t)(w->at - w->start) - FRAME_HEADER;
  for (size_t i = 0; i < FRAME_HEADER; i++) w->start[i] = (uint8_t)(length >> (24 - 8 * i));
  return length + FRAME_HEADER;
}

size_t encode_start(const struct start_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_START);
  put_number(&w, frame->job, 4);
  put_number(&w, (uint64_t)frame->runtime, 1);
  put_number(&w, frame->spare, 4);
  put_number(&w, frame->accepted_ns, 8);
  put_number(&w, frame->memory_bytes, 8);
  put_number(&w, frame->wall_ms, 4);
  put_number(&w, frame->cpu_ms, 4);
  put_number(&w, frame->max_output_bytes, 8);
  put_text(&w, frame->program, PATH_LIMIT);
  put_text(&w, frame->input, PATH_LIMIT);
  put_text(&w, frame->output, PATH_LIMIT);
  return close_writer(&w);
}

size_t encode_cancel(uint32_t job, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_CANCEL);
  put_number(&w, job, 4);
  return close_writer(&w);
}

size_t encode_warm(const struct warm_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_WARM);
  put_number(&w, frame->job, 4);
  put_number(&w, (uint64_t)frame->runtime, 1);
  put_number(&w, frame->memory_bytes, 8);
  return close_writer(&w);
}

size_t encode_carry(const struct carry_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_CARRY);
  put_number(&w, frame->job, 4);
  put_number(&w, (uint64_t)frame->runtime, 1);
  put_number(&w, frame->spare, 4);
  put_number(&w, frame->memory_bytes, 8);
  put_number(&w, frame->wall_ms, 4);
  put_number(&w, frame->cpu_ms, 4);
  put_number(&w, frame->max_output_bytes, 8);
  put_number(&w, frame->program_bytes, 8);
  put_number(&w, frame->input_bytes, 8);
  return close_writer(&w);
}

size_t encode_piece(const struct piece_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_PIECE);
  put_number(&w, frame->job, 4);
  put_number(&w, (uint64_t)frame->file, 1);
  put_number(&w, frame->offset, 8);
  put_bytes(&w, frame->bytes, frame->length);
  return close_writer(&w);
}

size_t encode_taken(uint32_t job, uint32_t bytes, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_TAKEN);
  put_number(&w, job, 4);
  put_number(&w, bytes, 4);
  return close_writer(&w);
}

size_t encode_output(const struct piece_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_OUTPUT);
  put_number(&w, frame->job, 4);
  put_number(&w, frame->offset, 8);
  put_bytes(&w, frame->bytes, frame->length);
  return close_writer(&w);
}

size_t encode_ready(uint32_t job, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_READY);
  put_number(&w, job, 4);
  return close_writer(&w);
}

static void put_names(struct writer *w, const char *const *names, size_t count) {
  put_number(w, count, 1);
  for (size_t i = 0; i < count; i++) put_text(w, names[i], NAME_LIMIT);
}

size_t encode_hello(const struct hello_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_HELLO);
  put_number(&w, frame->protocol, 2);
  put_number(&w, frame->available ? 1 : 0, 1);
  put_text(&w, frame->arch, NAME_LIMIT);
  put_text(&w, frame->kernel, NAME_LIMIT);
  put_names(&w, frame->layers, frame->layer_count);
  put_text(&w, frame->message, MESSAGE_LIMIT);
  put_names(&w, frame->runtimes, frame->runtime_count);
  put_number(&w, frame->lack_count, 1);
  for (size_t i = 0; i < frame->lack_count; i++) {
    put_text(&w, frame->lacks[i].runtime, NAME_LIMIT);
    put_text(&w, frame->lacks[i].why, MESSAGE_LIMIT);
  }
  return close_writer(&w);
}

size_t encode_progress(const struct progress_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_PROGRESS);
  put_number(&w, frame->job, 4);
  put_number(&w, frame->cpu_ms, 4);
  put_number(&w, frame->memory_bytes, 8);
  put_number(&w, frame->bytes_in, 8);
  put_number(&w, frame->bytes_out, 8);
  return close_writer(&w);
}

size_t encode_exit(const struct exit_frame *frame, uint8_t *out) {
  struct writer w = open_writer(out, FRAME_EXIT);
  put_number(&w, frame->job, 4);
  put_number(&w, (uint64_t)frame->reason, 1);
  put_number(&w, frame->has_exit_code ? 1 : 0, 1);
  put_number(&w, frame->exit_code, 1);
  put_number(&w, frame->cpu_ms, 4);
  put_number(&w, frame->wall_ms, 4);
  put_time(&w, frame->first_byte_us);
  put_time(&w, frame->teardown_us);
  put_number(&w, frame->peak_memory_bytes, 8);
  put_number(&w, frame->bytes_in, 8);
  put_number(&w, frame->bytes_out, 8);
  put_text(&w, frame->syscall, NAME_LIMIT);
  put_text(&w, frame->signal, NAME_LIMIT);
  put_text(&w, frame->message, MESSAGE_LIMIT);
  put_names(&w, frame->layers, frame->layer_count);
  put_number(&w, frame->hit_count, 1);
  for (size_t i = 0; i < frame->hit_count; i++) {
    put_text(&w, frame->hits[i].name, NAME_LIMIT);
    put_number(&w, frame->hits[i].count, 4);
  }
  return close_writer(&w);
}
