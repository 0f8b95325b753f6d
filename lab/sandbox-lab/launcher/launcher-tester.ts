// A launcher under test: the real program, spoken with directly. Owns the process.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import {
  type ExitReport,
  encodeFrame,
  FrameDecoder,
  type SandboxJob,
  type SandboxProgress,
  type SandboxRuntime,
} from '#agent/sandbox';
import {
  carriedFiles,
  decodeFromLauncher,
  encodeCancel,
  encodeCarry,
  encodePiece,
  encodeStart,
  encodeTaken,
  encodeWarm,
  type FromLauncher,
  type LauncherHello,
  PIECE_MAX,
  runtimeNumbers,
} from './launcher-frames.ts';

export class LauncherTester {
  readonly progress: SandboxProgress[] = [];
  readonly hello: Promise<LauncherHello>;
  readonly exited: Promise<number | string>;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #decoder = new FrameDecoder(16_384);
  readonly #waiting = new Map<number, (report: ExitReport) => void>();
  readonly #warming = new Map<number, () => void>();
  readonly #outputs = new Map<number, Buffer[]>();
  /** Whether output that comes as pieces is taken at once. */
  takes = true;
  #onHello: (hello: LauncherHello) => void = () => {};
  #next = 1;

  constructor(program: string, args: readonly string[] = []) {
    // A session of its own: Ctrl-C is for us alone. It ends with our end of stdin.
    this.#process = spawn(program, args, { stdio: 'pipe', detached: true });
    this.hello = new Promise((resolve) => {
      this.#onHello = resolve;
    });
    this.exited = once(this.#process, 'close').then(
      ([code, signal]) => code ?? signal,
      (error: Error) => error.message,
    );
    this.#process.stdin.on('error', () => {});
    this.#process.stdout.on('data', (chunk: Buffer) => {
      for (const payload of this.#decoder.push(chunk)) this.#on(decodeFromLauncher(payload));
    });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Starts the job; `cancel` and the report come back. Never settles if the launcher dies first. */
  start(job: SandboxJob, spare = 0): { readonly number: number; readonly report: Promise<ExitReport> } {
    const number = this.#next++;
    const report = new Promise<ExitReport>((resolve) => this.#waiting.set(number, resolve));
    const { inputPath: input, outputPath: output, program, memoryBytes, wallMs, cpuMs, maxOutputBytes } = job;
    const limits = { memoryBytes, wallMs, cpuMs, maxOutputBytes };
    const runtime = runtimeNumbers[job.runtime];
    const acceptedNs = process.hrtime.bigint().toString();
    this.send(encodeStart({ job: number, runtime, spare, acceptedNs, program, input, output, ...limits }));
    return { number, report };
  }

  /** The same job with its files as pieces, for a launcher that was started with `--bytes`. */
  carry(job: SandboxJob, spare = 0) {
    const [program, input] = [readFileSync(job.program), readFileSync(job.inputPath)];
    const announced = this.announce(job, { programBytes: program.length, inputBytes: input.length }, spare);
    for (const [file, bytes] of [
      [carriedFiles.program, program] as const,
      [carriedFiles.input, input] as const,
    ])
      for (let at = 0; at < bytes.length; at += PIECE_MAX)
        this.send(encodePiece(announced.number, file, at, bytes.subarray(at, at + PIECE_MAX)));
    return announced;
  }

  /** Says only that the files will come. */
  announce(
    { runtime, memoryBytes, wallMs, cpuMs, maxOutputBytes }: SandboxJob,
    sizes: { readonly programBytes: number; readonly inputBytes: number },
    spare = 0,
  ): { readonly number: number; readonly report: Promise<ExitReport>; readonly output: () => Buffer } {
    const number = this.#next++;
    const report = new Promise<ExitReport>((resolve) => this.#waiting.set(number, resolve));
    const pieces: Buffer[] = [];
    this.#outputs.set(number, pieces);
    const limits = { memoryBytes, wallMs, cpuMs, maxOutputBytes };
    this.send(encodeCarry({ job: number, runtime: runtimeNumbers[runtime], spare, ...limits, ...sizes }));
    return { number, report, output: () => Buffer.concat(pieces) };
  }

  /** Says that so much of its output has been taken. */
  take(number: number, bytes: number): void {
    this.send(encodeTaken(number, bytes));
  }

  /** Starts a runtime ahead of its service; `ready` when it is locked, `report` if it ends without one. */
  warm(
    memoryBytes: number,
    runtime: SandboxRuntime = 'nodejs',
  ): {
    readonly number: number;
    readonly ready: Promise<void>;
    readonly report: Promise<ExitReport>;
  } {
    const number = this.#next++;
    const report = new Promise<ExitReport>((resolve) => this.#waiting.set(number, resolve));
    const ready = new Promise<void>((resolve) => this.#warming.set(number, resolve));
    this.send(encodeWarm({ job: number, runtime: runtimeNumbers[runtime], memoryBytes }));
    return { number, ready, report };
  }

  run(job: SandboxJob): Promise<ExitReport> {
    return this.start(job).report;
  }

  cancel(number: number): void {
    this.send(encodeCancel(number));
  }

  send(payload: Uint8Array): void {
    this.sendRaw(encodeFrame(payload));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#process.stdin.write(bytes);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Closes the control pipe, as a dead supervisor does; answers how the launcher ended. */
  close(): Promise<number | string> {
    this.#process.stdin.end();
    return this.exited;
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Processes whose parent is the launcher, ended ones included. */
  children(): number[] {
    return readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  }

  #on(frame: FromLauncher): void {
    if (frame.kind === 'hello') this.#onHello(frame);
    else if (frame.kind === 'ready') this.#warming.get(frame.job)?.();
    else if (frame.kind === 'output') {
      this.#outputs.get(frame.job)?.push(Buffer.from(frame.bytes));
      if (this.takes) this.take(frame.job, frame.bytes.length);
    } else if (frame.kind === 'progress') this.progress.push(frame.progress);
    else {
      this.#waiting.get(frame.job)?.(frame.report);
      this.#waiting.delete(frame.job);
    }
  }
}
