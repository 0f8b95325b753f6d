// The stopwatch for what runs without our sandbox: one process of the probe, which starts a program as often as it is
// told (android-shim/probe/src/clock.c). Owns the process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { AbhayaError, throwIfAborted } from '#base';

export interface Clocked {
  /** From before the fork to the first byte of output; undefined where there was none. */
  readonly firstMs: number | undefined;
  /** To the reaped process. */
  readonly totalMs: number;
  readonly bytesOut: number;
  /** The number that the output begins with, 0 where it doesn't. */
  readonly number: number;
}

export interface Clock {
  readonly name: string;
  run(signal?: AbortSignal): Promise<Clocked>;
  close(): Promise<void>;
}

export interface ClockOptions {
  readonly name: string;
  /** Absolute path of sandbox-probe. */
  readonly probe: string;
  readonly command: readonly [string, ...string[]];
  readonly input: string;
  readonly output?: string;
  /** With the launcher's filter in force, everything let through. */
  readonly filter?: boolean;
}

const CLOSE_MS = 2_000;

export function startClock(options: ClockOptions): Clock {
  const { name, probe, command, input, output, filter } = options;
  const files = ['--input', input, ...(output ? ['--output', output] : [])];
  const child = spawn(probe, ['clock', ...(filter ? ['--filter'] : []), ...files, ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = Promise.race([once(child, 'close'), once(child, 'error')]).catch(() => undefined);
  child.stdin.on('error', () => undefined); // its end is seen by the lines
  child.on('error', () => undefined);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    name,
    async run(signal) {
      throwIfAborted(signal);
      child.stdin.write('.');
      const { value, done } = await lines.next();
      if (done === true) throw new AbhayaError('sandbox.unavailable', `${name} could not run its program`);
      const [first = -1, total = 0, bytesOut = 0, number = 0] = String(value).split(' ').map(Number);
      return { firstMs: first < 0 ? undefined : first / 1e6, totalMs: total / 1e6, bytesOut, number };
    },
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
