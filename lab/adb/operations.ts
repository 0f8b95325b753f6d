// Which library does what. Both were measured on the same phone in one run (100 MB, two busy cores):
// push adbkit 154-164 MB/s, Tango 127-162; pull adbkit 160-202, Tango 168-193; small push 2.3 ms against 4.4.

export const operationLibraries = {
  track: 'adbkit',
  connect: 'adbkit',
  push: 'adbkit',
  openTcp: 'adbkit',
  // adbkit's pull writes to its stream without waiting for room: a slow reader would hold the whole file in memory.
  pull: 'tango',
  // adbkit's stat has 32-bit sizes and can't tell a missing file from one that may not be read.
  stat: 'tango',
  list: 'tango',
  // adbkit has no shell v2: no exit codes, and one stream for both outputs.
  shell: 'tango',
  spawn: 'tango',
  // adbkit can't remove a reverse forward.
  reverse: 'tango',
  // adbkit pushes to a temporary file first; this streams straight into the package manager.
  install: 'tango',
} as const satisfies Record<string, 'adbkit' | 'tango'>;
