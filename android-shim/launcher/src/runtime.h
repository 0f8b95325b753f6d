// Runtimes that are started before they get a service's code (spec 03, layer 2): how Node.js is started.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"

// Where Node.js is on this device, and whether its canaries passed.
struct nodejs {
  char folder[PATH_LIMIT + 1]; // "": not asked for
  int folder_fd, loader_fd;
  bool available;
  char message[MESSAGE_LIMIT]; // why not, where it was asked for
};

enum { ARGUMENTS_MAX = 24, NUMBER_TEXT = 48 };
struct arguments {
  char *list[ARGUMENTS_MAX]; // ends with NULL
  char numbers[4][NUMBER_TEXT];
};

// Opens folder and loader. False with a message where they can't be.
bool nodejs_open(struct nodejs *nodejs, const char *folder);
// Paths are relative to the folder: it is the child's working directory, and its root where there is a mount namespace.
void nodejs_arguments(uint64_t memory_bytes, struct arguments *out);
// Private writable memory that Node.js reserves and hardly touches (stacks of helpers, arenas): beside the job's memory
// in RLIMIT_DATA; what is touched is counted by the monitor.
enum { NODEJS_RESERVED_BYTES = 24 << 20, NODEJS_STACK_BYTES = 2 << 20 };

// What is in front of the service's code on the input pipe: a kind and the code's length.
enum code_kind { CODE_SERVICE = 0, CODE_CANARY = 1 };
enum { CODE_HEADER = 5, CODE_MAX = 32 << 20 };
void write_code_header(enum code_kind kind, uint32_t length, uint8_t out[CODE_HEADER]);

// Last words of a service, made fit to be shown: UTF-8, one line, without controls. In place; answers the length.
size_t clean_words(char *text, size_t length);
