// See carried.h.
#include "carried.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "control.h"
#include "job.h"

// Since Linux 6.3; without them a program in memory may be refused where the system wants it said.
enum { MAY_NOT_RUN = 0x8, MAY_RUN = 0x10 };

int carried_file(const char *name, bool executable) {
  unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int file = memfd_create(name, flags | (executable ? MAY_RUN : MAY_NOT_RUN));
  if (file < 0 && errno == EINVAL) file = memfd_create(name, flags);
  return file;
}

bool carried_seal(int file) {
  return fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
}

// --- files on their way ---

void carried_fail(struct job *job, enum exit_reason reason, const char *message) {
  job_end(job, reason, message);
  job_close(job);
  job->state = JOB_ENDED;
}

const char *carried_begin(struct job *job, const struct carry_frame *frame, uint64_t now) {
  if (frame->program_bytes > CARRIED_PROGRAM_MAX) return "the program is too large to be kept in memory";
  if (frame->input_bytes > CARRIED_BYTES_MAX) return "the input is too large to be kept in memory";
  job->code_file = carried_file("program", true);
  job->in_file = carried_file("input", false);
  if (job->code_file < 0 || job->in_file < 0) {
    job_close(job);
    return "a memory file can't be made";
  }
  job->carried.wanted = *frame;
  job->carried.seen_ns = now;
  job->state = JOB_CARRIED;
  return NULL;
}

static bool write_at(int file, const uint8_t *bytes, size_t length, uint64_t offset) {
  for (size_t done = 0; done < length;) {
    ssize_t written = pwrite(file, bytes + done, length - done, (off_t)(offset + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += (size_t)written;
  }
  return true;
}

void carried_take(struct job *job, const struct piece_frame *piece, uint64_t now) {
  bool program = piece->file == CARRIED_PROGRAM;
  uint64_t *got = &job->carried.got[program ? 0 : 1];
  uint64_t size = program ? job->carried.wanted.program_bytes : job->carried.wanted.input_bytes;
  job->carried.seen_ns = now;
  if (piece->offset != *got) {
    carried_fail(job, REASON_SANDBOX_ERROR, "a piece of its files is missing, or came twice");
  } else if (piece->length > size - *got) {
    carried_fail(job, REASON_SANDBOX_ERROR, "more of its files came than was announced");
  } else if (!write_at(program ? job->code_file : job->in_file, piece->bytes, piece->length, piece->offset)) {
    char message[MESSAGE_LIMIT];
    snprintf(message, sizeof message, "its files can't be kept in memory: %s", strerror(errno));
    carried_fail(job, REASON_SANDBOX_ERROR, message);
  } else {
    *got += piece->length;
  }
}

bool carried_is_whole(const struct job *job) {
  const struct carried *carried = &job->carried;
  return job->state == JOB_CARRIED && carried->got[0] == carried->wanted.program_bytes &&
         carried->got[1] == carried->wanted.input_bytes;
}

// --- output ---

void carried_become(struct job *job, struct control *control) {
  job->carried = (struct carried){.on = true, .control = control, .seen_ns = now_ns()};
}

bool carried_may_send(const struct job *job) { return !job->carried.on || job->carried.untaken < CARRIED_WINDOW; }

// Takes as much out of the pipe as may be sent; answers what `read` does, or 0 where nothing may be.
static ssize_t next_piece(struct job *job, uint8_t *bytes, uint64_t most) {
  uint64_t room = CARRIED_WINDOW - job->carried.untaken;
  if (room > PIECE_MAX) room = PIECE_MAX;
  if (room > most) room = most;
  return room == 0 ? 0 : read(job->out_pipe, bytes, (size_t)room);
}

static void send_piece(struct job *job, const uint8_t *bytes, size_t length) {
  uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX];
  struct piece_frame piece = {.job = job->id, .offset = job->bytes_out, .bytes = bytes, .length = length};
  if (length == 0) return;
  // There is room, as every window was counted.
  if (!control_put(job->carried.control, frame, encode_output(&piece, frame))) {
    job_end(job, REASON_SANDBOX_ERROR, "the supervisor does not read");
    return;
  }
  job->bytes_out += length;
  job->carried.untaken += length;
}

bool carried_pump(struct job *job) {
  uint8_t bytes[PIECE_MAX];
  if (job->out_pipe < 0 || !carried_may_send(job)) return false;
  ssize_t length = next_piece(job, bytes, PIECE_MAX);
  if (length < 0) return errno == EINTR;
  if (length == 0) {
    close(job->out_pipe);
    job->out_pipe = -1;
    return false;
  }
  if (job->first_byte_ns == 0) job->first_byte_ns = now_ns();
  if (job->carried.untaken == 0) job->carried.seen_ns = now_ns();
  uint64_t room = job->max_output_bytes - job->bytes_out;
  send_piece(job, bytes, (uint64_t)length > room ? (size_t)room : (size_t)length);
  if ((uint64_t)length <= room) return job->reason == REASON_NONE;
  job_end(job, REASON_OUTPUT_LIMIT, "");
  return false;
}

void carried_settle(struct job *job) {
  int left = 0;
  if (!job->carried.on || job->reason != REASON_NONE || job->out_pipe < 0) return;
  if (ioctl(job->out_pipe, FIONREAD, &left) != 0 || left <= 0) return;
  uint64_t room = job->max_output_bytes - job->bytes_out;
  job->carried.owed = (uint64_t)left > room ? room : (uint64_t)left;
  job->carried.seen_ns = now_ns();
  if ((uint64_t)left > room) job_end(job, REASON_OUTPUT_LIMIT, "");
}

void carried_close(struct job *job) {
  int kept = job->carried.owed > 0 ? job->out_pipe : -1;
  if (kept >= 0) job->out_pipe = -1;
  job_close(job);
  job->out_pipe = kept;
}

void carried_drain(struct job *job) {
  uint8_t bytes[PIECE_MAX];
  if (job->state != JOB_ENDED || job->carried.owed == 0) return;
  while (job->carried.owed > 0 && carried_may_send(job)) {
    ssize_t length = next_piece(job, bytes, job->carried.owed);
    if (length < 0 && errno == EINTR) continue;
    if (length > 0) send_piece(job, bytes, (size_t)length);
    job->carried.owed -= length > 0 ? (uint64_t)length : job->carried.owed;
  }
  if (job->carried.owed == 0) carried_forget(job);
}

bool carried_taken(struct job *job, uint32_t bytes, uint64_t now) {
  if (bytes > job->carried.untaken) return false;
  job->carried.untaken -= bytes;
  job->carried.seen_ns = now;
  return true;
}

void carried_forget(struct job *job) {
  job->carried.owed = 0;
  carried_close(job);
}

// --- the clock ---

bool carried_waits(const struct job *job) {
  return job->state == JOB_CARRIED || (job->state == JOB_ENDED && job->carried.owed > 0);
}

void carried_tick(struct job *job, uint64_t now) {
  if (!carried_waits(job) || now - job->carried.seen_ns < (uint64_t)CARRIED_PATIENCE_MS * 1000000u) return;
  if (job->state == JOB_CARRIED) {
    carried_fail(job, REASON_SANDBOX_ERROR, "its files did not come");
    return;
  }
  job->reason = REASON_SANDBOX_ERROR;
  snprintf(job->message, sizeof job->message, "its output was not taken");
  carried_forget(job);
}
