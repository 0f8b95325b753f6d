// What is run to measure a runtime: the probe for native programs, a few lines for the others. Pure.

export interface ProbeService {
  readonly runtime: string;
  /** Name of the program's file. */
  readonly file: string;
  /** What is written into that file; absent: it lies beside the native probe. */
  readonly code?: string | Uint8Array;
  /** An input for which the service answers one byte and ends. */
  readonly trivial: string;
  /** An input that is answered with one byte and a forbidden call, where the runtime can say such a thing in one line. */
  readonly forbidden?: string;
  /** The service's answer is its input: bytes of it that fit into the default memory with the runtime. */
  readonly echoBytes: number;
  readonly echo: string;
  /** It gives the first bytes back before it has all: its time is counted from those. */
  readonly streams: boolean;
  /** An input that is answered with the ticks of a loop. */
  readonly compute?: string;
  /** Whether a process of it can wait, ready, for a service. */
  readonly waits: boolean;
  /** Steps of the search for the smallest memory. */
  readonly memoryStep: number;
}

const MIB = 1024 ** 2;

export const nativeProbe: ProbeService = {
  runtime: 'native',
  file: 'sandbox-probe',
  trivial: 't',
  forbidden: 'd',
  echo: 'e',
  echoBytes: 64 * MIB,
  compute: 'c',
  memoryStep: 64 * 1024,
  waits: true,
  streams: true,
};

/** The launcher's own canary for Go, which does what Go's runtime does before `main`, and then gives back what comes. */
const goProbe: ProbeService = {
  runtime: 'go',
  file: 'abhaya-launcher',
  trivial: 't',
  forbidden: 'open',
  echo: 'e',
  echoBytes: 64 * MIB,
  memoryStep: 64 * 1024,
  waits: false,
  streams: true,
};

/** android-shim/probe/wasm/echo.wat, assembled. */
export const echoModule = Buffer.from(
  [
    'AGFzbQEAAAABDAJgBH9/f38Bf2AAAAJEAhZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxB2ZkX3JlYWQAABZ3YXNpX3NuYXBzaG90',
    'X3ByZXZpZXcxCGZkX3dyaXRlAAADAgEBBQMBAAIHEwIGbWVtb3J5AgAGX3N0YXJ0AAIKSAFGAANAQQBBgAg2AgBBBEGAgAQ2',
    'AgBBAEEAQQFBCBAABEAAC0EIKAIABEBBBEEIKAIANgIAQQFBAEEBQQwQAQRAAAsMAQsLCw==',
  ].join(''),
  'base64',
);

const interpreted = { trivial: 't', echo: 'e', memoryStep: MIB, waits: true, streams: false } as const;

const pythonProbe = `import os
part = os.read(0, 65536)
while part:
    os.write(1, part)
    if part == b'd':
        os.getppid()
    part = os.read(0, 65536)
`;

/** By runtime; one that isn't here is offered without being measured, and the notes say so. */
export const probeServices: Readonly<Record<string, ProbeService>> = {
  native: nativeProbe,
  go: goProbe,
  // The runtime reads all of the input before the service gets it, and the answer is a copy.
  nodejs: {
    ...interpreted,
    runtime: 'nodejs',
    file: 'probe.js',
    code: 'module.exports = (input) => input;\n',
    echoBytes: 8 * MIB,
  },
  wasm: {
    ...{ ...interpreted, runtime: 'wasm', file: 'probe.wasm' },
    code: echoModule,
    echoBytes: 8 * MIB,
  },
  jvm: { ...interpreted, runtime: 'jvm', file: 'probe.jar', echoBytes: 8 * MIB },
  python: {
    ...interpreted,
    runtime: 'python',
    file: 'probe.py',
    code: pythonProbe,
    forbidden: 'd',
    echoBytes: 64 * MIB,
    streams: true,
  },
};
