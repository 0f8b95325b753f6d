// Frames of jobs whose files come and go as pieces (carried.h), and what becomes of them. See launcher.h.
#include "launcher.h"

static void drop_spare(struct launcher *l, uint32_t id) {
  struct job *spare = id == 0 ? NULL : launcher_find_job(l, id);
  if (spare == NULL || !spare->spare) return;
  if (spare->state == JOB_PLANNED) spare->state = JOB_ENDED;
  job_end(spare, REASON_CANCELLED, "");
}

static bool has_room(const struct launcher *l, const struct carry_frame *frame) {
  uint64_t bytes = 0, jobs = 0;
  for (size_t i = 0; i < JOBS_MAX; i++) {
    const struct job *job = &l->jobs[i];
    if (job->state == JOB_CARRIED) bytes += job->carried.wanted.program_bytes + job->carried.wanted.input_bytes;
    if (job->state == JOB_CARRIED || (job->state != JOB_FREE && job->carried.on)) jobs++;
  }
  return jobs < CARRIED_JOBS_MAX && bytes + frame->program_bytes + frame->input_bytes <= CARRIED_BYTES_MAX;
}

static void begin_whole(struct launcher *l, struct job *job) {
  static struct start_frame frame;
  const struct carry_frame *wanted = &job->carried.wanted;
  struct files files = {job->code_file, job->in_file};
  frame = (struct start_frame){
      .job = wanted->job,
      .runtime = wanted->runtime,
      .spare = wanted->spare,
      .memory_bytes = wanted->memory_bytes,
      .wall_ms = wanted->wall_ms,
      .cpu_ms = wanted->cpu_ms,
      .max_output_bytes = wanted->max_output_bytes,
  };
  if (!carried_seal(files.program) || !carried_seal(files.input)) {
    carried_fail(job, REASON_SANDBOX_ERROR, "its files can't be sealed");
    return;
  }
  job_clear(job);
  launcher_begin(l, &frame, files);
}

static void on_carry(struct launcher *l, const struct carry_frame *frame) {
  const char *why = "this launcher was not told to keep files in memory";
  if (!l->probe.available) return launcher_refuse(l, frame->job, l->probe.message);
  if (launcher_find_job(l, frame->job) != NULL) launcher_leave(l, EXIT_MALFORMED, "CARRY for a job that is running");
  struct job *job = NULL;
  if (l->carries) {
    why = "too many jobs, or too many bytes of them, in memory";
    job = has_room(l, frame) ? launcher_free_job(l, frame->job) : NULL;
  }
  if (job != NULL) why = carried_begin(job, frame, now_ns());
  if (job != NULL && why == NULL) return;
  drop_spare(l, frame->spare);
  launcher_refuse(l, frame->job, why);
}

static void on_piece(struct launcher *l, const struct piece_frame *piece) {
  struct job *job = launcher_find_job(l, piece->job);
  if (job == NULL || job->state == JOB_ENDED) return; // of a job that ended meanwhile: no mistake
  if (job->state != JOB_CARRIED) {
    job_end(job, REASON_SANDBOX_ERROR, "a piece of its files came after the last");
    return;
  }
  uint32_t spare = job->carried.wanted.spare;
  carried_take(job, piece, now_ns());
  if (carried_is_whole(job))
    begin_whole(l, job);
  else if (job->state == JOB_ENDED)
    drop_spare(l, spare);
}

static void on_taken(struct launcher *l, uint32_t id, uint32_t bytes) {
  struct job *job = launcher_find_job(l, id);
  if (job == NULL || !job->carried.on) return; // as for pieces
  if (!carried_taken(job, bytes, now_ns())) launcher_leave(l, EXIT_MALFORMED, "more output was taken than was sent");
}

void launcher_cancel_carried(struct launcher *l, struct job *job) {
  if (job->state == JOB_ENDED) return carried_forget(job);
  drop_spare(l, job->carried.wanted.spare);
  carried_fail(job, REASON_CANCELLED, "");
}

const char *launcher_take_carried(struct launcher *l, const uint8_t *payload, size_t length) {
  struct carry_frame carry;
  struct piece_frame piece;
  uint32_t id = 0, bytes = 0;
  const char *wrong = "unknown frame";
  if (payload[0] == FRAME_CARRY) {
    wrong = decode_carry(payload, length, &carry);
    if (wrong == NULL) on_carry(l, &carry);
  } else if (payload[0] == FRAME_PIECE) {
    wrong = decode_piece(payload, length, &piece);
    if (wrong == NULL) on_piece(l, &piece);
  } else if (payload[0] == FRAME_TAKEN) {
    wrong = decode_taken(payload, length, &id, &bytes);
    if (wrong == NULL) on_taken(l, id, bytes);
  }
  return wrong;
}
