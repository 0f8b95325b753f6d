// Starts the Kotlin supervisor and speaks with it. Owns the process: whoever calls startSandbox closes the Sandbox.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { AbhayaError, type Logger, throwIfAborted, withTimeout } from '#base';
import {
  decodeOutputPiece,
  type FromSupervisor,
  isOutputPiece,
  parseFromSupervisor,
  parserOf,
  SANDBOX_FRAME_MAX_BYTES,
  SANDBOX_PROTOCOL,
  type SandboxLimits,
  type SandboxPlaces,
  ToSupervisor,
} from '#schemas';
import { CarriedJobs } from './carried-jobs.ts';
import { deferred } from './deferred.ts';
import { encodeFrame, FrameDecoder } from './frame-decoder.ts';
import { Jobs } from './jobs.ts';
import type { ExitReport, Sandbox, SandboxCapabilities, SandboxJob, SandboxProgress } from './port.ts';

export interface SandboxOptions {
  /** Program and arguments of the supervisor, such as ['java', ..., '-cp', jar, 'org.abhaya.supervisor.Main']. */
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the launcher for this device's ABI. */
  readonly launcherPath: string;
  /** Ceilings of the device profile. */
  readonly limits: SandboxLimits;
  /** Where the runtimes are on this device, and how many processes of each wait ready. */
  readonly runtimes?: SandboxPlaces | undefined;
  readonly logger: Logger;
  /** In a session of its own: Ctrl-C on a terminal is for the caller alone, who then cancels and closes. */
  readonly ownSession?: boolean;
  /** The command is several processes, in a session of their own: one that has to be killed is killed with the others. */
  readonly group?: boolean;
  /** How long the supervisor may take to start and to probe the device. */
  readonly startMs?: number;
  /** Ends the start, not the started sandbox. */
  readonly signal?: AbortSignal | undefined;
}

type Hello = Extract<FromSupervisor, { kind: 'hello' }>;

/** Canaries of every runtime on a busy machine that emulates the phone's processor take minutes; this is for one that hangs. */
const START_MS = 300_000;
const CLOSE_MS = 3_000;
const LOGGED_MAX = 2_000;

const checkOutgoing = parserOf(ToSupervisor, 'sandbox job', 'input.invalid');

/**
 * Resolves when the supervisor has probed the device by running two programs; `capabilities.unavailable` says so if it
 * can't sandbox. Throws `sandbox.unavailable` when the supervisor doesn't start, and `cancelled`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  throwIfAborted(options.signal);
  const client = new SandboxClient(options);
  try {
    const hello = await client.greet(options);
    return client.opened(hello);
  } catch (cause) {
    await client.close();
    throwIfAborted(options.signal);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AbhayaError('sandbox.unavailable', `the sandbox can't be started: ${why}`, { cause });
  }
}

class SandboxClient {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #decoder = new FrameDecoder(SANDBOX_FRAME_MAX_BYTES);
  readonly #jobs = new Jobs();
  /** Where jobs bring their files along: they name no path to the supervisor. */
  readonly #carried: CarriedJobs | undefined;
  #drained: Promise<void> | undefined;
  readonly #logger: Logger;
  readonly #exited: Promise<unknown>;
  readonly #group: boolean;
  readonly #died = deferred<string>();
  readonly #hello = deferred<Hello>();
  #why: string | undefined;
  #closing: Promise<void> | undefined;

  constructor({ command, env, logger, limits, ownSession = false, group = false }: SandboxOptions) {
    const [program, ...args] = command;
    this.#logger = logger;
    this.#group = group;
    if (limits.maxCarriedBytes !== undefined)
      this.#carried = new CarriedJobs({
        send: (frame) => this.#send(frame),
        sendPiece: (payload) => this.#sendPiece(payload),
        distrust: (error) => this.#distrust(error),
      });
    this.#process = spawn(program, args, {
      stdio: 'pipe',
      env: { ...(env ?? process.env) },
      detached: ownSession || group,
    });
    this.#exited = Promise.race([once(this.#process, 'close'), once(this.#process, 'error')]).catch(() => {});
    this.#hello.promise.catch(() => {}); // closed before anyone waited
    this.#process.on('error', (error) => this.#end(`${program}: ${error.message}`));
    this.#process.on('close', (code, signal) =>
      this.#end(`the supervisor ended (${signal ?? `exit code ${code}`})`),
    );
    this.#process.stdin.on('error', () => {}); // its end is seen by 'close'
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) =>
      logger.debug('supervisor', { stderr: chunk.toString('utf8').slice(0, LOGGED_MAX) }),
    );
  }

  greet(options: SandboxOptions): Promise<Hello> {
    const { launcherPath: launcher, limits, runtimes, signal } = options;
    const hello = { kind: 'hello', protocol: SANDBOX_PROTOCOL, launcher, limits } as const;
    this.#send({ ...hello, ...(runtimes ? { runtimes } : {}) });
    const onAbort = () => this.#hello.reject(new AbhayaError('cancelled', 'cancelled'));
    signal?.addEventListener('abort', onAbort, { once: true });
    return withTimeout(this.#hello.promise, options.startMs ?? START_MS, 'the supervisor’s hello').finally(
      () => signal?.removeEventListener('abort', onAbort),
    );
  }

  opened(hello: Hello): Sandbox {
    const capabilities: SandboxCapabilities = {
      runtimes: hello.runtimes,
      layers: hello.layers,
      ...(hello.unavailable === undefined ? {} : { unavailable: hello.unavailable }),
      ...(hello.lacks === undefined ? {} : { lacks: hello.lacks }),
    };
    return {
      capabilities,
      died: this.#died.promise,
      run: (job, options) => this.#run(job, options),
      close: () => this.close(),
    };
  }

  async #run(
    job: SandboxJob,
    options: { onProgress?: (progress: SandboxProgress) => void; signal?: AbortSignal } = {},
  ): Promise<ExitReport> {
    const { onProgress, signal } = options;
    throwIfAborted(signal);
    if (this.#why !== undefined) throw new AbhayaError('sandbox.supervisor-died', this.#why);
    if (this.#jobs.has(job.jobId) || this.#carried?.has(job.jobId))
      throw new AbhayaError('conflict', `job ${job.jobId} runs already`);
    const frame = checkOutgoing({ kind: 'run', job });
    if (!this.#carried) return this.#begin(frame, job.jobId, onProgress, signal);
    const begin = (carry: ToSupervisor) => this.#begin(carry, job.jobId, onProgress, signal);
    return this.#carried.run(job, begin, signal);
  }

  async #begin(
    frame: ToSupervisor,
    jobId: string,
    onProgress: ((progress: SandboxProgress) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ExitReport> {
    const report = this.#jobs.add(jobId, onProgress);
    const onAbort = () => this.#send({ kind: 'cancel', jobId });
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#send(frame);
    try {
      return await report;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #send(frame: ToSupervisor): void {
    if (this.#process.stdin.writable)
      this.#process.stdin.write(encodeFrame(Buffer.from(JSON.stringify(frame))));
  }

  /** Resolves when the supervisor has read enough to be sent more, or will never read again. */
  async #sendPiece(payload: Uint8Array): Promise<void> {
    const { stdin } = this.#process;
    if (!stdin.writable || stdin.write(encodeFrame(payload))) return;
    this.#drained ??= new Promise<void>((resolve) => {
      const done = () => {
        this.#drained = undefined;
        stdin.off('drain', done).off('close', done);
        resolve();
      };
      stdin.on('drain', done).on('close', done);
    });
    await this.#drained;
  }

  #receive(chunk: Buffer): void {
    if (this.#why !== undefined) return;
    try {
      for (const payload of this.#decoder.push(chunk))
        if (this.#carried && isOutputPiece(payload)) this.#carried.onOutput(decodeOutputPiece(payload));
        else this.#on(parseFromSupervisor(payload));
    } catch (error) {
      this.#distrust(error);
    }
  }

  #kill(): void {
    const { pid, exitCode, signalCode } = this.#process;
    if (this.#group && pid !== undefined && exitCode === null && signalCode === null)
      process.kill(-pid, 'SIGKILL');
    else this.#process.kill('SIGKILL');
  }

  #distrust(error: unknown): void {
    this.#end(`the supervisor broke the protocol: ${error instanceof Error ? error.message : String(error)}`);
    this.#kill();
  }

  #on(frame: FromSupervisor): void {
    if (frame.kind === 'hello') this.#hello.resolve(frame);
    else if (frame.kind === 'died') this.#end(frame.message);
    else if (frame.kind === 'wanted') {
      if (!this.#carried) throw new AbhayaError('wire.malformed', 'the supervisor wants files of a path');
      this.#carried.onWanted(frame.jobId);
    } else this.#jobs.on(frame);
  }

  /** The first reason counts. */
  #end(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#jobs.endAll(why);
    this.#hello.reject(new Error(why));
    if (this.#closing) return;
    this.#logger.warn('the sandbox has died', { why });
    this.#died.resolve(why);
  }

  /** Ends every service, launcher and supervisor with it; runs that wait get `sandbox-error`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // End-of-file is the order to stop; a supervisor that doesn't obey is killed, and its launcher sees that.
    this.#process.stdin.end();
    try {
      await withTimeout(this.#exited, CLOSE_MS, 'closing the supervisor');
    } catch {
      this.#kill();
      await this.#exited;
    }
    this.#end('the sandbox was closed');
  }
}
