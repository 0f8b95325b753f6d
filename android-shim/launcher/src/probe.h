// What this kernel lets us do, found out by doing it: namespaces by trial, the whole sandbox by two canaries.
#pragma once

#include <stdbool.h>

#include "frames.h"

struct probe {
  bool available;
  int namespaces; // clone flags that work here
  char kernel[NAME_LIMIT];
  char message[MESSAGE_LIMIT]; // why not available
  bool waits;                  // a process can wait for its program (5.9 and later)
  char waits_message[MESSAGE_LIMIT];
};

// Kernel version, seccomp actions, /proc, namespaces; everything but the canaries.
void probe_kernel(struct probe *probe);

// What the launcher's own program does when it is started as a service: input `open` tries to open a file,
// anything else is copied to the output.
int canary_main(void);
