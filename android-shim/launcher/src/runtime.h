// Runtimes that are started before they get a service's code (spec 03, layer 2). Each has a file of its own beside its
// table: nodejs.c and nodejs_table.h. What they have in common: they run from a folder, ask for the lock by SIGNAL_LOCK,
// read the service's code from the input pipe, and end by SIGNAL_END (policy.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "policy.h"

enum { ARGUMENTS_MAX = 64, NUMBER_TEXT = 48, ENVIRONMENT_MAX = 10 };
struct arguments {
  const char *folder;        // given: the runtime's, absolute
  char *list[ARGUMENTS_MAX]; // ends with NULL
  char numbers[4][NUMBER_TEXT];
  char path[PATH_LIMIT + NAME_LIMIT];
  char *environment[ENVIRONMENT_MAX]; // ends with NULL; of those that are `foreign`
};

struct runtime {
  enum runtime_kind kind;
  const struct policy *policy; // its name is the runtime's
  // What is executed, relative to the runtime's folder: the loader of the libraries that lie in it, or a static program.
  const char *program;
  // Instead, one that the device has: the first of these that is there, absolute, with the device's own loader, libraries
  // and root. Ends with NULL.
  const char *const *foreign;
  // Another flavour of the same runtime, for folders that hold its mark.
  const struct runtime *other;
  const char *mark;
  // Paths are relative to the folder: it is the child's working directory, and its root where there is a mount namespace.
  void (*arguments)(uint64_t memory_bytes, struct arguments *out);
  // Private writable memory that the runtime reserves and hardly touches (stacks of helpers, arenas): beside the job's
  // memory in RLIMIT_DATA; what is touched is counted by the monitor.
  uint64_t reserved_bytes;
  uint64_t stack_bytes;
  // It ends itself by SIGABRT when its heap is full, and its heap is more than half of the memory.
  bool aborts_when_full;
  // The same, and a service has no way to make it abort: tables, types and code of WebAssembly are refused so before they
  // are there.
  bool aborts_only_when_full;
  // A service that answers its input, and does before what the runtime must be able to do after the lock.
  const uint8_t *canary;
  size_t canary_length;
  // Its bootstrap runs the canary, and then opens the file: one start shows both. For runtimes whose start costs much.
  bool canaries_in_one;
};

// Ends with NULL. Order: as they are offered.
extern const struct runtime *const runtimes[];
const struct runtime *find_runtime(enum runtime_kind kind);
const struct runtime *find_runtime_by_name(const char *name);

// Where a runtime is on this device, and whether its canaries passed.
struct place {
  const struct runtime *runtime;
  char folder[PATH_LIMIT + 1]; // "": not asked for
  int folder_fd, program_fd;
  bool proven; // whoever started us saw its canaries pass, on this device as it is now
  bool available;
  char message[MESSAGE_LIMIT]; // why not, where it was asked for
};
// Opens folder and program, of the flavour that the folder is for. False with a message where they can't be.
bool place_open(struct place *place, const struct runtime *runtime, const char *folder);

// Appends; ends the program with too many, which only a change of the code could make.
void add_argument(struct arguments *out, const char *argument);

// What is in front of the service's code on the input pipe: a kind and the code's length. A bootstrap that gets a canary
// opens a file, which must be stopped by name.
enum code_kind { CODE_SERVICE = 0, CODE_CANARY = 1 };
enum { CODE_HEADER = 5, CODE_MAX = 32 << 20 };
void write_code_header(enum code_kind kind, uint32_t length, uint8_t out[CODE_HEADER]);

// Last words of a service, made fit to be shown: UTF-8, one line, without controls. In place; answers the length.
size_t clean_words(char *text, size_t length);
