// Any program in the sandbox of this machine: its input is taken from a stream, its output given to one.

import { createWriteStream } from 'node:fs';
import { mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ExitReport, Sandbox, SandboxProgress, SandboxRuntime } from '#agent/sandbox';
import { AbhayaError, throwIfAborted } from '#base';
import { followFile } from './follow-file.ts';
import { guessRuntime } from './guess-runtime.ts';

const HEAD_BYTES = 4_096;

export interface Program {
  /** Absolute, without links: the launcher follows none. */
  readonly path: string;
  /** Undefined where it can't be told. */
  readonly runtime: SandboxRuntime | undefined;
}

/** Throws `not-found` for a file that isn't there, `input.invalid` for what is no file or may not be read. */
export async function lookAtProgram(file: string): Promise<Program> {
  const path = await realpath(file).catch((cause: NodeJS.ErrnoException) => {
    throw new AbhayaError('not-found', `there is no ${file}`, { cause });
  });
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AbhayaError('input.invalid', `${file} can't be read: ${cause.message}`, { cause });
  });
  try {
    if (!(await handle.stat()).isFile()) throw new AbhayaError('input.invalid', `${file} is not a file`);
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    return { path, runtime: guessRuntime(path, head.subarray(0, bytesRead)) };
  } finally {
    await handle.close();
  }
}

export interface ExecuteOptions {
  readonly runtime: SandboxRuntime;
  readonly program: string;
  readonly memoryBytes: number;
  readonly wallMs: number;
  readonly maxOutputBytes: number;
  /** The input pipe's bytes, to the stream's end; they go through a file, not through memory. */
  readonly input: NodeJS.ReadableStream;
  /** Gets the output pipe's bytes as they come; stays open. */
  readonly output: NodeJS.WritableStream;
  readonly onProgress?: ((progress: SandboxProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the sandbox while the input is read. Ends with a report for every outcome; throws `cancelled` where there is none
 * yet, and what the output stream fails with, after the service was ended.
 */
export async function execute(open: () => Promise<Sandbox>, options: ExecuteOptions): Promise<ExitReport> {
  const folder = await mkdtemp(join(tmpdir(), 'abhaya-exec-'));
  const opening = open();
  opening.catch(() => {}); // awaited below
  try {
    const inputPath = join(folder, 'input');
    await keepInput(options, inputPath);
    return await run(await opening, { inputPath, outputPath: join(folder, 'output') }, options);
  } finally {
    await opening.then(
      (sandbox) => sandbox.close(),
      () => undefined,
    );
    await rm(folder, { recursive: true, force: true });
  }
}

async function keepInput({ input, signal }: ExecuteOptions, path: string): Promise<void> {
  try {
    await pipeline(input, createWriteStream(path, { mode: 0o600 }), signal ? { signal } : {});
  } catch (cause) {
    throwIfAborted(signal);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AbhayaError('input.invalid', `the input can't be kept in ${path}: ${why}`, { cause });
  }
}

async function run(
  sandbox: Sandbox,
  paths: { inputPath: string; outputPath: string },
  options: ExecuteOptions,
): Promise<ExitReport> {
  const { runtime, program, memoryBytes, wallMs, maxOutputBytes, output, onProgress } = options;
  const gone = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, gone.signal]) : gone.signal;
  let ended = false;
  const following = followFile(paths.outputPath, output, () => ended).catch((cause: Error) => {
    gone.abort();
    throw new AbhayaError('closed', `the output can't be written: ${cause.message}`, { cause });
  });
  following.catch(() => {}); // awaited below
  try {
    const limits = { memoryBytes, wallMs, cpuMs: wallMs, maxOutputBytes };
    return await sandbox.run(
      { jobId: 'exec', runtime, program, ...paths, ...limits },
      { signal, ...(onProgress ? { onProgress } : {}) },
    );
  } finally {
    ended = true;
    await following;
  }
}
