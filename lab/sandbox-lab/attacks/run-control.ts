// An attempt outside the sandbox: the same program, with an environment, and a descriptor more than the three.

import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { AbhayaError, throwIfAborted } from '#base';
import type { Ending } from './judge.ts';

const KEPT = 200;
const ENDLESS_MS = 1_000;
/** Filling a heap takes a JVM in an emulated machine long. */
const LONGEST_MS = 300_000;

/** Resolves when the program and its output have ended; it is killed on abort, and `endless` ones after a second. */
export async function runControl(
  [program, ...args]: readonly [string, ...string[]],
  options: { inputPath: string; endless: boolean; signal?: AbortSignal | undefined },
): Promise<Ending> {
  throwIfAborted(options.signal);
  const input = await open(options.inputPath);
  try {
    const child = spawn(program, args, {
      stdio: [input.fd, 'pipe', 'ignore', input.fd],
      env: { HOME: '/', PATH: process.env.PATH },
    });
    let ended = false;
    const end = () => {
      ended = true;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(end, options.endless ? ENDLESS_MS : LONGEST_MS);
    options.signal?.addEventListener('abort', end, { once: true });
    let bytes = 0;
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (output.length < KEPT) output = (output + chunk.toString('latin1')).slice(0, KEPT);
    });
    try {
      return await new Promise<Ending>((resolve, reject) => {
        child.on('error', (cause) =>
          reject(new AbhayaError('host.setup', `a control can't be run: ${cause.message}`, { cause })),
        );
        child.on('close', (code, signal) => resolve({ code, signal, ended, bytes, output }));
      });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
    }
  } finally {
    await input.close();
    throwIfAborted(options.signal);
  }
}
