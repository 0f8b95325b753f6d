// What this kernel lets us do, found out by doing it: namespaces by trial, the whole sandbox by two canaries.
#pragma once

#include <stdbool.h>

#include "frames.h"

// How calls that the filter doesn't let through are seen. Notifications are quicker; a tracer needs no new kernel.
enum listener_choice { LISTENER_BEST, LISTENER_NOTIFY, LISTENER_TRACE };

struct probe {
  bool available;
  bool notifies; // the kernel can; message says why not
  bool traces;   // it is by ptrace that calls are seen
  int namespaces; // clone flags that work here
  char kernel[NAME_LIMIT];
  char message[MESSAGE_LIMIT]; // why not available
  bool waits;                  // a process can wait for its program (5.9 and later)
  char waits_message[MESSAGE_LIMIT];
  bool go; // programs in Go can be run
  char go_message[MESSAGE_LIMIT];
  // Of a program that is kept in memory (carried.h): a process that waits can map it, the kernel executes it.
  bool maps_memory, runs_memory;
  char memory_message[MESSAGE_LIMIT]; // why it doesn't
};

// Kernel version, seccomp actions, /proc, namespaces; everything but the canaries. False where nothing can be run.
bool probe_kernel(struct probe *probe, bool has_pidfd);

// What the launcher's own program does when it is started as a service: input `open` tries to open a file,
// anything else is copied to the output.
int canary_main(void);
// The same for programs in Go, after all that their runtime does; it has no libc. The program's entry asks for it. It is
// also what is measured: before it opens a file it answers one byte.
#if defined(__LP64__)
_Noreturn void go_canary(void);
#endif
