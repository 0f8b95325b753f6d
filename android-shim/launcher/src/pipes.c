// What goes into a service and comes out of it: files and pipes on our side, its two pipes on the other. See job.h.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "job.h"

enum { CHUNK = 65536 };

static void close_input(struct job *job) {
  if (job->in_pipe >= 0) close(job->in_pipe);
  job->in_pipe = -1;
}

// Bytes still in the pipe were not taken by the service.
void job_count_unread(struct job *job) {
  int unread = 0;
  if (job->in_probe >= 0 && ioctl(job->in_probe, FIONREAD, &unread) == 0 && unread > 0)
    job->unread_bytes = (uint64_t)unread;
}

// The next bytes for the input pipe: a runtime's header and code, then the input. 0 at the end, -1 on failure.
static ssize_t next_input(const struct job *job, uint8_t *chunk, size_t size) {
  if (job->code_sent >= job->code_bytes) return pread(job->in_file, chunk, size, (off_t)job->bytes_in);
  if (job->code_sent < CODE_HEADER) {
    size_t sent = (size_t)job->code_sent;
    memcpy(chunk, job->code_header + sent, CODE_HEADER - sent);
    return (ssize_t)(CODE_HEADER - sent);
  }
  uint64_t left = job->code_bytes - job->code_sent;
  ssize_t length = pread(job->code_file, chunk, left < size ? (size_t)left : size, (off_t)(job->code_sent - CODE_HEADER));
  if (length == 0) errno = EIO; // shorter than it was
  return length == 0 ? -1 : length;
}

// Whether the next input comes from a pipe.
static bool is_streaming(const struct job *job) { return job->in_stream && job->code_sent >= job->code_bytes; }

struct pollfd job_wait_for_input(const struct job *job) {
  if (job->in_pipe >= 0 && is_streaming(job) && job->in_empty) return (struct pollfd){.fd = job->in_file, .events = POLLIN};
  return (struct pollfd){.fd = job->in_pipe, .events = POLLOUT};
}

// From pipe to pipe: nothing is taken out that can't be put in.
static void pump_stream(struct job *job) {
  ssize_t moved = splice(job->in_file, NULL, job->in_pipe, NULL, CHUNK, SPLICE_F_NONBLOCK);
  if (moved > 0)
    job->bytes_in += (uint64_t)moved;
  else if (moved == 0)
    close_input(job);
  else if (errno == EAGAIN)
    job->in_empty = !job->in_empty; // the end that was waited for is ready, so it is the other one that isn't
  else if (errno != EINTR)
    job_end(job, REASON_SANDBOX_ERROR, "the input can't be read");
}

// What is not short, from a regular file. False: it has to be copied.
static bool pump_file(struct job *job) {
  if (job->code_sent < job->code_bytes || job->bytes_in < CHUNK) return false;
  ssize_t moved = flow_in(&job->in_flow, job->in_file, (off_t)job->bytes_in, job->in_pipe);
  if (moved > 0)
    job->bytes_in += (uint64_t)moved;
  else if (moved == 0)
    close_input(job);
  else if (errno == ENOTSUP)
    return false;
  else if (errno != EAGAIN && errno != EINTR)
    job_end(job, REASON_SANDBOX_ERROR, "the input file can't be moved into its pipe");
  return true;
}

void job_pump_input(struct job *job) {
  static uint8_t chunk[CHUNK];
  if (job->in_pipe < 0) return;
  if (is_streaming(job)) {
    pump_stream(job);
    return;
  }
  if (pump_file(job)) return;
  ssize_t length = next_input(job, chunk, sizeof chunk);
  if (length < 0) {
    job_end(job, REASON_SANDBOX_ERROR, "the input or code file can't be read");
    return;
  }
  ssize_t written = length == 0 ? 0 : write(job->in_pipe, chunk, (size_t)length);
  if (written > 0) {
    *(job->code_sent < job->code_bytes ? &job->code_sent : &job->bytes_in) += (uint64_t)written;
  } else if (length == 0) {
    close_input(job);
  } else if (written < 0 && errno != EAGAIN && errno != EINTR) {
    job_end(job, REASON_SANDBOX_ERROR, "the input pipe is broken");
  }
}

void job_prime_input(struct job *job) {
  if (job->in_stream) return;
  job_pump_input(job);
  if (job->reason == REASON_NONE) job_pump_input(job); // sees the end of a short one
}

static bool cannot_write(struct job *job) {
  char message[MESSAGE_LIMIT];
  snprintf(message, sizeof message, "the output file can't be written: %s", strerror(errno));
  job_end(job, REASON_SANDBOX_ERROR, message);
  return false;
}

static bool close_output(struct job *job) {
  close(job->out_pipe);
  job->out_pipe = -1;
  return false;
}

// Writes as much of it as the service may give out.
static bool write_output(struct job *job, const uint8_t *chunk, size_t length) {
  uint64_t room = job->max_output_bytes - job->bytes_out;
  size_t keep = length > room ? (size_t)room : length;
  for (size_t done = 0; done < keep;) {
    ssize_t written = write(job->out_file, chunk + done, keep - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot_write(job);
    done += (size_t)written;
    job->bytes_out += (uint64_t)written;
  }
  if (keep == length) return true;
  job_end(job, REASON_OUTPUT_LIMIT, "");
  return false;
}

// The first bytes are copied, since it is told when they came; and the last, since only that shows that they are too many.
static bool copy_output(struct job *job) {
  static uint8_t chunk[CHUNK];
  ssize_t length = read(job->out_pipe, chunk, sizeof chunk);
  if (length < 0) return errno == EINTR;
  if (length == 0) return close_output(job);
  if (job->first_byte_ns == 0) job->first_byte_ns = now_ns();
  return job_open_output(job) && write_output(job, chunk, (size_t)length);
}

bool job_pump_output(struct job *job) {
  if (job->carried.on) return carried_pump(job);
  if (job->out_pipe < 0) return false;
  uint64_t room = job->max_output_bytes - job->bytes_out;
  if (job->bytes_out < CHUNK || room == 0) return copy_output(job);
  size_t most = room < FLOW_BYTES ? (size_t)room : FLOW_BYTES;
  ssize_t moved = flow_out(&job->out_flow, job->out_pipe, job->out_file, most);
  if (moved < 0 && errno == ENOTSUP) return copy_output(job);
  if (moved < 0 && errno != EAGAIN && errno != EINTR) return cannot_write(job);
  if (moved < 0) return errno == EINTR;
  if (moved == 0) return close_output(job);
  job->bytes_out += (uint64_t)moved;
  return true;
}
