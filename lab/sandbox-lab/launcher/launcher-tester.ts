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
  decodeFromLauncher,
  encodeCancel,
  encodeStart,
  encodeWarm,
  type FromLauncher,
  type LauncherHello,
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
    else if (frame.kind === 'progress') this.progress.push(frame.progress);
    else {
      this.#waiting.get(frame.job)?.(frame.report);
      this.#waiting.delete(frame.job);
    }
  }
}
