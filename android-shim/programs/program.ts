// Real programs: jobs that people would write for a runtime, built for it and never changed for the sandbox. Each runtime
// has its rows in a file here.

import type { SandboxRuntime } from '../../device-agent/sandbox/port.ts';

export interface Program {
  readonly name: string;
  readonly runtime: SandboxRuntime;
  readonly language: string;
  /** Builds it below the folder where it isn't there yet; answers its absolute path. */
  readonly file: (build: string) => Promise<string>;
  readonly input: Uint8Array;
  /** What it must answer, found here by other means. */
  readonly expected: Uint8Array;
  /** What is to be compared, where the answer itself may be any of several. */
  readonly read?: (output: Buffer) => Uint8Array;
  /** 64 MB where it doesn't say. */
  readonly memoryBytes?: number;
}

/** Whole numbers below `below`, the same on every run. */
export function numbers(count: number, below: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  });
}
