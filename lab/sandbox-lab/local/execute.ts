// Any program in the sandbox of this machine: its input is taken from a stream, its output given to one.

import { mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitReport, Sandbox, SandboxProgress, SandboxRuntime } from '#agent/sandbox';
import { AbhayaError, guessRuntime } from '#base';
import { feedPipe, makePipe } from './feed-pipe.ts';
import { followFile } from './follow-file.ts';
import { isTypeScript, stripTypes } from './strip-types.ts';

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
  return { path, runtime: await runtimeOf(path, path) };
}

/** By the file's first bytes, or by `name`, which need not be its own. Throws `input.invalid`. */
export async function runtimeOf(path: string, name: string): Promise<SandboxRuntime | undefined> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AbhayaError('input.invalid', `${name} can't be read: ${cause.message}`, { cause });
  });
  try {
    if (!(await handle.stat()).isFile()) throw new AbhayaError('input.invalid', `${name} is not a file`);
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    return guessRuntime(name, head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

export interface ExecuteOptions {
  readonly runtime: SandboxRuntime;
  readonly program: string;
  /** What people call it, by whose ending TypeScript is known; `program` where it doesn't say. */
  readonly name?: string;
  readonly memoryBytes: number;
  readonly wallMs: number;
  readonly maxOutputBytes: number;
  /** The input pipe's bytes, as they come; destroyed at the program's end. Waiting for them counts in `wallMs`. */
  readonly input: NodeJS.ReadableStream;
  /** Gets the output pipe's bytes as they come; stays open. */
  readonly output: NodeJS.WritableStream;
  readonly onProgress?: ((progress: SandboxProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Ends with a report for every outcome; throws `cancelled` where there is none yet, and what the input or output stream
 * fails with, after the service was ended, and `input.invalid` for TypeScript that is none.
 */
export async function execute(open: () => Promise<Sandbox>, options: ExecuteOptions): Promise<ExitReport> {
  const folder = await mkdtemp(join(tmpdir(), 'abhaya-exec-'));
  try {
    const inputPath = join(folder, 'input');
    await makePipe(inputPath);
    const program = await withoutTypes(options, join(folder, 'program.js'));
    const sandbox = await open();
    try {
      const paths = { program, inputPath, outputPath: join(folder, 'output') };
      return await run(sandbox, paths, options);
    } finally {
      await sandbox.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withoutTypes(
  { runtime, program, name = program }: ExecuteOptions,
  to: string,
): Promise<string> {
  if (runtime !== 'nodejs' || !isTypeScript(name)) return program;
  await stripTypes(program, to, name);
  return to;
}

async function run(
  sandbox: Sandbox,
  paths: { program: string; inputPath: string; outputPath: string },
  options: ExecuteOptions,
): Promise<ExitReport> {
  const { runtime, memoryBytes, wallMs, maxOutputBytes, output, onProgress } = options;
  const gone = new AbortController();
  const over = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, gone.signal]) : gone.signal;
  const following = followFile(paths.outputPath, output, () => over.signal.aborted).catch((cause: Error) => {
    gone.abort();
    throw new AbhayaError('closed', `the output can't be written: ${cause.message}`, { cause });
  });
  const feeding = feedPipe(paths.inputPath, options.input, over.signal).catch((cause: AbhayaError) => {
    gone.abort();
    throw cause;
  });
  for (const flow of [following, feeding]) flow.catch(() => {}); // awaited below
  try {
    const limits = { memoryBytes, wallMs, cpuMs: wallMs, maxOutputBytes };
    return await sandbox.run(
      { jobId: 'exec', runtime, ...paths, ...limits },
      { signal, ...(onProgress ? { onProgress } : {}) },
    );
  } finally {
    over.abort();
    await Promise.allSettled([following, feeding]);
    await following;
    await feeding;
  }
}
