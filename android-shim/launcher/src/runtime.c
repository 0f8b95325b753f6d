// The list of runtimes, and what they have in common. See runtime.h.
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct runtime nodejs_runtime;
extern const struct runtime wasm_runtime;
extern const struct runtime jvm_runtime;
extern const struct runtime python_runtime;

const struct runtime *const runtimes[] = {&nodejs_runtime, &wasm_runtime, &jvm_runtime, &python_runtime, NULL};
_Static_assert(sizeof runtimes / sizeof *runtimes <= RUNTIME_LIMIT, "more runtimes than a HELLO can name");

const struct runtime *find_runtime(enum runtime_kind kind) {
  for (size_t i = 0; runtimes[i] != NULL; i++)
    if (runtimes[i]->kind == kind) return runtimes[i];
  return NULL;
}

const struct runtime *find_runtime_by_name(const char *name) {
  for (size_t i = 0; runtimes[i] != NULL; i++)
    if (strcmp(runtimes[i]->policy->runtime, name) == 0) return runtimes[i];
  return NULL;
}

static bool refuse(struct place *place, const char *what) {
  snprintf(place->message, sizeof place->message, "%s: %s", what, strerror(errno));
  return false;
}

// Opens the first that is there.
static int open_foreign(const char *const *programs) {
  int fd = -1;
  for (size_t i = 0; fd < 0 && programs[i] != NULL; i++) fd = open(programs[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  return fd;
}

bool place_open(struct place *place, const struct runtime *runtime, const char *folder) {
  *place = (struct place){.runtime = runtime, .folder_fd = -1, .program_fd = -1};
  snprintf(place->folder, sizeof place->folder, "%s", folder);
  place->folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (place->folder_fd < 0) return refuse(place, "the runtime's folder");
  if (runtime->other != NULL && faccessat(place->folder_fd, runtime->other->mark, F_OK, 0) == 0)
    place->runtime = runtime = runtime->other;
  if (runtime->foreign != NULL) {
    place->program_fd = open_foreign(runtime->foreign);
    return place->program_fd >= 0 || refuse(place, runtime->foreign[0]);
  }
  place->program_fd = openat(place->folder_fd, runtime->program, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (place->program_fd < 0) return refuse(place, runtime->program);
  return true;
}

void add_argument(struct arguments *out, const char *argument) {
  size_t count = 0;
  while (count < ARGUMENTS_MAX && out->list[count] != NULL) count++;
  if (count + 1 >= ARGUMENTS_MAX) abort();
  out->list[count] = (char *)(uintptr_t)argument;
  out->list[count + 1] = NULL;
}

void write_code_header(enum code_kind kind, uint32_t length, uint8_t out[CODE_HEADER]) {
  out[0] = (uint8_t)kind;
  for (size_t i = 0; i < 4; i++) out[1 + i] = (uint8_t)(length >> (24 - 8 * i));
}

// Length of the well-formed sequence at `at`, 0 where there is none (RFC 3629).
static size_t sequence(const uint8_t *at, size_t left) {
  if (at[0] < 0x80) return 1;
  size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
  if (at[0] < 0xc2 || at[0] > 0xf4 || left < length) return 0;
  for (size_t i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  uint8_t second = at[1];
  if ((at[0] == 0xe0 && second < 0xa0) || (at[0] == 0xed && second > 0x9f) || (at[0] == 0xf0 && second < 0x90) ||
      (at[0] == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

size_t clean_words(char *text, size_t length) {
  size_t out = 0;
  for (size_t at = 0; at < length;) {
    size_t size = sequence((const uint8_t *)text + at, length - at);
    if (size <= 1) {
      unsigned char c = (unsigned char)text[at++];
      text[out++] = size == 1 && c >= ' ' && c != 0x7f ? (char)c : size == 1 ? ' ' : '?';
    } else {
      memmove(text + out, text + at, size);
      out += size;
      at += size;
    }
  }
  while (out > 0 && text[out - 1] == ' ') out--;
  return out;
}
