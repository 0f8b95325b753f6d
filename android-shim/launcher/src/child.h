// The child's side of a start: everything between clone and exec, in one readable function.
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What of the optional layers came into force, as bits of setup_report.layers.
enum optional_layer {
  LAYER_USER_NS = 1 << 0,
  LAYER_MOUNT_NS = 1 << 1,
  LAYER_NET_NS = 1 << 2,
  LAYER_PID_NS = 1 << 3,
  LAYER_IPC_NS = 1 << 4,
  LAYER_EMPTY_ROOT = 1 << 5,
  LAYER_LANDLOCK = 1 << 6,
  LAYER_TRACED = 1 << 7, // not one more: how the filter shows calls
};

enum setup_step {
  STEP_PARENT_DEATH = 1,
  STEP_SESSION,
  STEP_RLIMITS,
  STEP_CAPABILITIES,
  STEP_NO_NEW_PRIVS,
  STEP_SIGNALS,
  STEP_SECCOMP,
  STEP_DESCRIPTORS,
  STEP_EXEC,
  STEP_LOCKED, // not a failure: the filter is in force, value is the listener's descriptor
};
const char *step_name(uint32_t step);

// What the child says over its status pipe: one before the lock, one more only if exec failed.
struct setup_report {
  uint32_t step;
  int32_t value; // errno, or the listener
  uint32_t layers;
};

struct child_plan {
  int in_pipe, out_pipe, program, status; // descriptors of the table shared with the launcher
  int launcher;                           // a pidfd of the launcher; -1 where it traces
  int go[2];                              // where it traces: a pipe that says when it has attached; else -1
  int namespaces;                         // clone flags in force
  const struct sock_filter *filter;
  size_t filter_length;
  uint64_t memory_bytes; // RLIMIT_DATA
  uint64_t address_bytes, stack_bytes, cpu_seconds;
  char *const *arguments, *const *environment;
  uint32_t threads; // beside the first one, of a program that has its own
  // Two-phase runtimes: the folder that they start from, as path and descriptor. NULL and -1 for native services.
  const char *folder;
  int folder_fd;
  // It is a program of the device's own, which needs the device's own root.
  bool foreign;
};

// Calls that the child makes after the lock, in this order; the launcher lets exactly these go on, once.
struct scripted_call {
  int number;
  uint64_t args[6];
  uint8_t checked; // how many of the arguments are compared
};
enum { SCRIPT_MAX = 6 };
// Answers how many calls it has.
size_t write_script(const struct child_plan *plan, struct scripted_call script[SCRIPT_MAX]);
// Of a native service, and of the launcher's own program that waits for one (load.h).
extern char *const native_arguments[];
extern char *const load_arguments[];
extern char *const runtime_environment[];

// Never returns.
_Noreturn void run_child(const struct child_plan *plan);
