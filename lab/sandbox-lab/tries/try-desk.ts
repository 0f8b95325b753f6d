// Somebody's own program in this machine's sandbox as the lab host runs it: one at a time, followed, cancelled; the last
// one's output is kept until the next. Owns the one that runs and a temporary folder.

import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { Sandbox, SandboxRuntime } from '#agent/sandbox';
import { AbhayaError, type Clock, isAbhayaError, type Logger, toErrorShape } from '#base';
import { type SandboxLimits, type SandboxTryView, type StartSandboxTry, TRY_FILE_MAX_BYTES } from '#schemas';
import { execute, runtimeOf } from '../local/index.ts';
import { OutputHead } from './output-head.ts';

export interface TryDesk {
  readonly view: SandboxTryView;
  readonly running: boolean;
  /** Returns when it is sure what will be run. Throws `conflict` while one runs, `not-found`, `input.*`. */
  start(request: StartSandboxTry): Promise<SandboxTryView>;
  /** Resolves when it has ended. */
  cancel(): Promise<SandboxTryView>;
  /** All that the last one wrote. Throws `not-found`, and `conflict` while it runs. */
  openOutput(): Promise<Readable>;
  close(): Promise<void>;
}

export interface TryDeskOptions {
  /** A sandbox that has the runtime; throws `sandbox.unavailable`. */
  readonly open: (
    runtime: SandboxRuntime,
    options: { readonly limits: SandboxLimits; readonly signal: AbortSignal },
  ) => Promise<Sandbox>;
  /** Files that were sent. */
  readonly uploads: { pathOf(uploadId: string): string; remove(uploadId: string): Promise<void> };
  readonly emit: (view: SandboxTryView) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TELL_EVERY_MS = 250;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const MIB = 1024 * 1024;

export function createTryDesk(options: TryDeskOptions): TryDesk {
  const { uploads, clock } = options;
  let view: SandboxTryView = { state: 'never' };
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  let starting = false;
  let folder: string | undefined;

  function tell(change: Partial<SandboxTryView>): void {
    view = { ...view, ...change };
    options.emit(view);
  }

  async function work(request: StartSandboxTry, runtime: SandboxRuntime, stop: AbortController) {
    const { signal } = stop;
    const outputPath = join(await newFolder(), 'output');
    const head = new OutputHead();
    let toldAt = 0;
    const now = (): boolean => {
      if (clock.now() - toldAt < TELL_EVERY_MS) return false;
      toldAt = clock.now();
      return true;
    };
    const output = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        head.take(chunk);
        if (now()) tell({ output: head.view() });
        done(null, chunk);
      },
    });
    const written = pipeline(output, createWriteStream(outputPath, { mode: 0o600 }));
    written.catch(() => stop.abort());
    try {
      const limits = limitsOf(request);
      const report = await execute(
        async () => {
          const sandbox = await options.open(runtime, { limits, signal });
          tell({ state: 'running' });
          return sandbox;
        },
        {
          ...{ runtime, signal, output, program: uploads.pathOf(request.program), name: request.name },
          ...{ memoryBytes: limits.maxMemoryBytes, wallMs: limits.maxWallMs },
          maxOutputBytes: limits.maxOutputBytes,
          input: inputOf(request, uploads.pathOf),
          onProgress: (progress) => void (now() && tell({ progress: { ...progress } })),
        },
      );
      const { layers, ...rest } = report;
      view = { ...view, report: { ...rest, layers: [...layers] } };
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'bug') options.logger.error('a program could not be tried by a bug', { error });
      if (!signal.aborted || !isAbhayaError(error, 'cancelled'))
        view = { ...view, problem: { code, message } };
    } finally {
      output.end();
      await finished(output).catch(() => undefined);
      await written.catch((error: Error) => {
        view = {
          ...view,
          problem: { code: 'input.invalid', message: `the output can't be kept: ${error.message}` },
        };
      });
      view = { ...view, output: head.view() };
    }
  }

  async function end(request: StartSandboxTry, signal: AbortSignal): Promise<void> {
    await forgetUploads(request);
    const { progress: _progress, startedAt = clock.now(), ...rest } = view;
    running = undefined;
    const state = rest.report && !signal.aborted ? 'ended' : rest.problem ? 'failed' : 'cancelled';
    view = { ...rest, startedAt, state, tookMs: clock.now() - startedAt };
    options.emit(view);
  }

  async function forgetUploads({ program, input }: StartSandboxTry): Promise<void> {
    for (const id of [program, ...(input && 'upload' in input ? [input.upload] : [])])
      await uploads.remove(id).catch(() => undefined);
  }

  /** What the last one left goes first. */
  async function newFolder(): Promise<string> {
    await dropFolder();
    folder = await mkdtemp(join(tmpdir(), 'abhaya-try-'));
    return folder;
  }

  async function dropFolder(): Promise<void> {
    const old = folder;
    folder = undefined;
    if (old !== undefined) await rm(old, { recursive: true, force: true });
  }

  return {
    get view() {
      return view;
    },
    get running() {
      return running !== undefined || starting;
    },
    async start(request) {
      if (running || starting)
        throw new AbhayaError('conflict', 'a program is being tried; cancel it or wait for its end');
      starting = true;
      try {
        const runtime = await programRuntime(request, uploads.pathOf);
        const { name, memoryMB, seconds } = request;
        const stop = new AbortController();
        const ended = Promise.withResolvers<void>();
        running = { stop, ended: ended.promise };
        view = {
          ...{ state: 'opening', tryId: randomBytes(8).toString('hex'), startedAt: clock.now() },
          ...{ name, runtime, memoryMB, seconds },
        };
        options.emit(view);
        void work(request, runtime, stop)
          .then(() => end(request, stop.signal))
          .finally(() => ended.resolve());
        return view;
      } catch (error) {
        await forgetUploads(request);
        throw error;
      } finally {
        starting = false;
      }
    },
    async cancel() {
      running?.stop.abort();
      await running?.ended;
      return view;
    },
    async openOutput() {
      if (running) throw new AbhayaError('conflict', 'it still runs; wait for its end, or cancel it');
      if (folder === undefined || view.output === undefined)
        throw new AbhayaError('not-found', 'nothing was tried yet');
      return createReadStream(join(folder, 'output'));
    },
    async close() {
      running?.stop.abort();
      await running?.ended;
      await dropFolder();
    },
  };
}

const limitsOf = ({ memoryMB, seconds }: StartSandboxTry): SandboxLimits => ({
  ...{ maxMemoryBytes: memoryMB * MIB, maxWallMs: seconds * 1_000, maxCpuMs: seconds * 1_000 },
  ...{ maxOutputBytes: MAX_OUTPUT_BYTES, maxChildren: 1 },
});

function inputOf({ input }: StartSandboxTry, pathOf: (uploadId: string) => string): NodeJS.ReadableStream {
  if (!input) return Readable.from([]);
  return 'text' in input ? Readable.from([Buffer.from(input.text)]) : createReadStream(pathOf(input.upload));
}

/** Looks at what was sent before anything is begun. A native program has to be one that may be run. */
async function programRuntime(
  { program, name, runtime, input }: StartSandboxTry,
  pathOf: (uploadId: string) => string,
): Promise<SandboxRuntime> {
  const path = pathOf(program);
  for (const [file, what] of [
    [path, name],
    ...(input && 'upload' in input ? [[pathOf(input.upload), input.name] as const] : []),
  ] as const) {
    const about = await stat(file).catch(() => undefined);
    if (!about) throw new AbhayaError('not-found', `${what} is not there; send it again`);
    if (about.size > TRY_FILE_MAX_BYTES)
      throw new AbhayaError('input.too-large', `${what} is larger than ${TRY_FILE_MAX_BYTES / MIB} MiB`);
  }
  await chmod(path, 0o700);
  const told = runtime ?? (await runtimeOf(path, name));
  if (told) return told;
  throw new AbhayaError('input.invalid', `what runs ${name} can't be told by the file: choose a runtime`);
}
