// Jobs that bring their files along, for a supervisor that may open nothing: program and input go as pieces, output comes
// as pieces and is written here. Owns the files of a job while it runs; what is under way is bounded.

import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { AbhayaError, throwIfAborted } from '#base';
import {
  type CarriedFile,
  encodePiece,
  type OutputPiece,
  SANDBOX_PIECE_MAX_BYTES,
  SANDBOX_WINDOW_BYTES,
  type ToSupervisor,
} from '#schemas';
import { lostReport } from './jobs.ts';
import type { ExitReport, SandboxJob } from './port.ts';

export interface CarriedLink {
  send(frame: ToSupervisor): void;
  /** Resolves when more may be sent; never rejects. */
  sendPiece(payload: Uint8Array): Promise<void>;
  /** The supervisor is not to be trusted any more. */
  distrust(error: Error): void;
}

export class CarriedJobs {
  readonly #link: CarriedLink;
  readonly #jobs = new Map<string, CarriedJob>();
  /** Those that are being opened, too. */
  readonly #names = new Set<string>();

  constructor(link: CarriedLink) {
    this.#link = link;
  }

  has(jobId: string): boolean {
    return this.#names.has(jobId);
  }

  /** `begin` says the job to the supervisor, and resolves with its report. Rejects as that does. */
  async run(
    job: SandboxJob,
    begin: (frame: ToSupervisor) => Promise<ExitReport>,
    signal: AbortSignal | undefined,
  ): Promise<ExitReport> {
    this.#names.add(job.jobId);
    try {
      const carried = await CarriedJob.open(job, this.#link);
      this.#jobs.set(job.jobId, carried);
      try {
        throwIfAborted(signal);
        return await carried.finish(() => begin(carried.frame));
      } finally {
        this.#jobs.delete(job.jobId);
        await carried.close();
      }
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      return lostReport(error.message);
    } finally {
      this.#names.delete(job.jobId);
    }
  }

  /** Throws `wire.malformed` for a job that doesn't run. */
  onWanted(jobId: string): void {
    this.#named(jobId).wanted();
  }

  /** Throws `wire.malformed` for what the launcher would not send. */
  onOutput(piece: OutputPiece): void {
    this.#named(piece.jobId).output(piece);
  }

  #named(jobId: string): CarriedJob {
    const job = this.#jobs.get(jobId);
    if (!job)
      throw new AbhayaError('wire.malformed', `the supervisor speaks of an unknown carried job ${jobId}`);
    return job;
  }
}

/** A file of the job that can't be had: the job's problem, as the launcher reports it for paths. */
class Unusable extends Error {}

const sentence = (what: string, error: unknown): string =>
  `${what}: ${error instanceof Error ? error.message : String(error)}`;

class CarriedJob {
  readonly frame: ToSupervisor;
  readonly #job: SandboxJob;
  readonly #link: CarriedLink;
  readonly #files: Readonly<Record<CarriedFile, { readonly handle: FileHandle; readonly bytes: number }>>;
  #sending: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #out: FileHandle | undefined;
  #received = 0;
  #untaken = 0;
  #closed = false;
  /** What went wrong here. */
  #problem: string | undefined;

  private constructor(
    job: SandboxJob,
    link: CarriedLink,
    files: Readonly<Record<CarriedFile, { handle: FileHandle; bytes: number }>>,
  ) {
    this.#job = job;
    this.#link = link;
    this.#files = files;
    const { jobId, runtime, memoryBytes, wallMs, cpuMs, maxOutputBytes } = job;
    const sizes = { programBytes: files.program.bytes, inputBytes: files.input.bytes };
    this.frame = {
      kind: 'carry',
      job: { jobId, runtime, ...sizes, memoryBytes, wallMs, cpuMs, maxOutputBytes },
    };
  }

  static async open(job: SandboxJob, link: CarriedLink): Promise<CarriedJob> {
    const program = await openFile('program', job.program);
    try {
      if (program.bytes === 0) throw new Unusable('program: it is empty');
      const input = await openFile('input file', job.inputPath);
      try {
        if (await exists(job.outputPath)) throw new Unusable('output file: it exists');
        return new CarriedJob(job, link, { program, input });
      } catch (error) {
        await input.handle.close();
        throw error;
      }
    } catch (error) {
      await program.handle.close();
      throw error;
    }
  }

  wanted(): void {
    if (this.#sending) throw new AbhayaError('wire.malformed', 'the supervisor wants files twice');
    this.#sending = this.#send().catch((error) => this.#giveUp(sentence('its files', error)));
  }

  async #send(): Promise<void> {
    for (const file of ['program', 'input'] as const) {
      const { handle, bytes } = this.#files[file];
      for (let at = 0; at < bytes && !this.#closed; ) {
        const size = Math.min(SANDBOX_PIECE_MAX_BYTES, bytes - at);
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, at);
        if (this.#closed) return;
        if (bytesRead === 0) throw new Error(`the ${file} is shorter than it was`);
        await this.#link.sendPiece(encodePiece(this.#job.jobId, file, at, buffer.subarray(0, bytesRead)));
        at += bytesRead;
      }
    }
  }

  output({ offset, bytes }: OutputPiece): void {
    const fits =
      offset === this.#received &&
      this.#untaken + bytes.length <= SANDBOX_WINDOW_BYTES &&
      this.#received + bytes.length <= this.#job.maxOutputBytes;
    if (!fits) throw new AbhayaError('wire.malformed', 'a piece of output is out of place, or too many');
    this.#received += bytes.length;
    this.#untaken += bytes.length;
    this.#writing = this.#writing.then(() => this.#write(bytes));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#problem !== undefined) return;
    try {
      await (await this.#outputFile()).write(bytes);
      this.#untaken -= bytes.length;
      this.#link.send({ kind: 'taken', jobId: this.#job.jobId, bytes: bytes.length });
    } catch (error) {
      this.#giveUp(sentence('output file', error));
    }
  }

  async #outputFile(): Promise<FileHandle> {
    this.#out ??= await open(this.#job.outputPath, 'wx', 0o600);
    return this.#out;
  }

  #giveUp(why: string): void {
    if (this.#closed) return;
    this.#problem ??= why;
    this.#link.send({ kind: 'cancel', jobId: this.#job.jobId });
  }

  /** The job's report, once all of its output is in its file. Throws `Unusable` where it was given up before it began. */
  async finish(begin: () => Promise<ExitReport>): Promise<ExitReport> {
    const report = await begin().catch((error: unknown) => {
      throw this.#problem === undefined ? error : new Unusable(this.#problem);
    });
    const { length } = report.layers;
    await this.#writing;
    // It ran, so there is a file, if an empty one.
    if (length > 0 && this.#problem === undefined)
      await this.#outputFile().catch((error) => {
        this.#problem = sentence('output file', error);
      });
    if (this.#problem !== undefined) {
      const { exitCode: _code, signal: _signal, syscall: _call, ...rest } = report;
      return { ...rest, reason: 'sandbox-error', message: this.#problem };
    }
    if (length > 0 && report.bytesOut !== this.#received) {
      const why = `the supervisor reports ${report.bytesOut} bytes of output and sent ${this.#received}`;
      this.#link.distrust(new AbhayaError('wire.malformed', why));
      return lostReport(why);
    }
    return report;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#sending;
    await this.#writing;
    for (const handle of [this.#files.program.handle, this.#files.input.handle, this.#out])
      await handle?.close();
  }
}

/** Throws `Unusable`. A pipe's end can't be told beforehand, so it is none that could be announced. */
async function openFile(what: string, path: string): Promise<{ handle: FileHandle; bytes: number }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const about = await handle.stat();
    if (!about.isFile()) throw new Error('not a regular file');
    return { handle, bytes: about.size };
  } catch (error) {
    await handle?.close();
    throw new Unusable(sentence(what, error));
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
