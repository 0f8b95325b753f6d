// The launcher's binary frames in TypeScript, for attacks, tests and benchmarks, which speak with it directly.
// Layout: android-shim/launcher/README.md; samples: schemas/golden/launcher.

import type { ExitReport, SandboxProgress, SandboxRuntime } from '#agent/sandbox';
import { AbhayaError } from '#base';
import { exitReasons } from '#schemas';

export const runtimeNumbers = { native: 1, nodejs: 2, wasm: 3, jvm: 4, python: 5, go: 6 } as const;
export type RuntimeNumber = (typeof runtimeNumbers)[SandboxRuntime];

export interface StartFrame {
  readonly job: number;
  readonly runtime: RuntimeNumber;
  /** The pre-started process that takes it; 0: none. */
  readonly spare: number;
  /** Of CLOCK_MONOTONIC, in decimal digits; 0: not said. */
  readonly acceptedNs: string;
  readonly memoryBytes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxOutputBytes: number;
  readonly program: string;
  readonly input: string;
  readonly output: string;
}

/** A job whose files come as pieces; it begins when both are whole. */
export interface CarryFrame {
  readonly job: number;
  readonly runtime: RuntimeNumber;
  readonly spare: number;
  readonly memoryBytes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxOutputBytes: number;
  readonly programBytes: number;
  readonly inputBytes: number;
}

export const carriedFiles = { program: 1, input: 2 } as const;
/** Of one PIECE or OUTPUT frame. */
export const PIECE_MAX = 16_000;

export interface LauncherHello {
  readonly kind: 'hello';
  readonly protocol: number;
  readonly available: boolean;
  readonly arch: string;
  readonly kernel: string;
  readonly layers: readonly string[];
  readonly message: string;
  readonly runtimes: readonly string[];
  readonly lacks: Readonly<Record<string, string>>;
}

export interface WarmFrame {
  readonly job: number;
  readonly runtime: RuntimeNumber;
  readonly memoryBytes: number;
}

export type FromLauncher =
  | LauncherHello
  | { readonly kind: 'ready'; readonly job: number }
  | { readonly kind: 'progress'; readonly job: number; readonly progress: SandboxProgress }
  | { readonly kind: 'output'; readonly job: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'exit'; readonly job: number; readonly report: ExitReport };

const numbers = (...pairs: [width: 1 | 2 | 4 | 8, value: number][]): Buffer =>
  Buffer.concat(
    pairs.map(([width, value]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(value));
      return bytes.subarray(8 - width);
    }),
  );

const wide = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([numbers([2, bytes.length]), bytes]);
};

export const encodeStart = (frame: StartFrame): Buffer =>
  Buffer.concat([
    numbers([1, 0x01], [4, frame.job], [1, frame.runtime], [4, frame.spare]),
    wide(BigInt(frame.acceptedNs)),
    numbers([8, frame.memoryBytes]),
    numbers([4, frame.wallMs], [4, frame.cpuMs], [8, frame.maxOutputBytes]),
    text(frame.program),
    text(frame.input),
    text(frame.output),
  ]);

export const encodeCancel = (job: number): Buffer => numbers([1, 0x02], [4, job]);

export const encodeWarm = (frame: WarmFrame): Buffer =>
  numbers([1, 0x03], [4, frame.job], [1, frame.runtime], [8, frame.memoryBytes]);

export const encodeCarry = (frame: CarryFrame): Buffer =>
  numbers(
    [1, 0x04],
    [4, frame.job],
    [1, frame.runtime],
    [4, frame.spare],
    [8, frame.memoryBytes],
    [4, frame.wallMs],
    [4, frame.cpuMs],
    [8, frame.maxOutputBytes],
    [8, frame.programBytes],
    [8, frame.inputBytes],
  );

/** `file` is one of `carriedFiles`. */
export const encodePiece = (job: number, file: number, offset: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([numbers([1, 0x05], [4, job], [1, file], [8, offset]), bytes]);

/** So much of a job's output has been taken. */
export const encodeTaken = (job: number, bytes: number): Buffer => numbers([1, 0x06], [4, job], [4, bytes]);

class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  number(width: 1 | 2 | 4 | 8): number {
    if (this.#bytes.length - this.#at < width)
      throw new AbhayaError('wire.malformed', 'the frame is too short');
    const value =
      width === 8 ? Number(this.#bytes.readBigUInt64BE(this.#at)) : this.#bytes.readUIntBE(this.#at, width);
    this.#at += width;
    return value;
  }

  text(): string {
    const length = this.number(2);
    if (this.#bytes.length - this.#at < length)
      throw new AbhayaError('wire.malformed', 'the frame is too short');
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number(1) }, item);
  }

  /** All that is left. */
  rest(): Uint8Array {
    const from = this.#at;
    this.#at = this.#bytes.length;
    return this.#bytes.subarray(from);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new AbhayaError('wire.malformed', 'the frame is too long');
  }
}

const decoders: Readonly<Record<number, (r: Reader) => FromLauncher>> = {
  129: (r) => hello(r),
  130: (r) => progress(r),
  131: (r) => exit(r),
  132: (r) => ({ kind: 'ready', job: r.number(4) }),
  133: (r) => ({ kind: 'output', job: r.number(4), offset: r.number(8), bytes: r.rest() }),
};

/** Throws `wire.malformed`. */
export function decodeFromLauncher(payload: Uint8Array): FromLauncher {
  const r = new Reader(payload);
  const kind = r.number(1);
  const frame = decoders[kind]?.(r);
  if (!frame) throw new AbhayaError('wire.malformed', `unknown frame ${kind}`);
  r.end();
  return frame;
}

const hello = (r: Reader): FromLauncher => ({
  kind: 'hello',
  protocol: r.number(2),
  available: r.number(1) === 1,
  arch: r.text(),
  kernel: r.text(),
  layers: r.list(() => r.text()),
  message: r.text(),
  runtimes: r.list(() => r.text()),
  lacks: Object.fromEntries(r.list(() => [r.text(), r.text()] as const)),
});

const progress = (r: Reader): FromLauncher => ({
  kind: 'progress',
  job: r.number(4),
  progress: { cpuMs: r.number(4), memoryBytes: r.number(8), bytesIn: r.number(8), bytesOut: r.number(8) },
});

/** Microseconds on the wire; all bits set: it was never measured. */
function time(r: Reader): number | undefined {
  const us = r.number(4);
  return us === 0xffff_ffff ? undefined : us / 1000;
}

function exit(r: Reader): FromLauncher {
  const job = r.number(4);
  const reason = exitReasons[r.number(1) - 1];
  if (!reason) throw new AbhayaError('wire.malformed', 'unknown reason');
  const hasExitCode = r.number(1) === 1;
  const exitCode = r.number(1);
  const [cpuMs, wallMs] = [r.number(4), r.number(4)];
  const [firstByteMs, teardownMs] = [time(r), time(r)];
  const [peakMemoryBytes, bytesIn, bytesOut] = [r.number(8), r.number(8), r.number(8)];
  const [syscall, signal, message] = [r.text(), r.text(), r.text()];
  const layers = r.list(() => r.text());
  const errnoHits = Object.fromEntries(r.list(() => [r.text(), r.number(4)] as const));
  const report: ExitReport = {
    reason,
    ...(syscall && { syscall }),
    ...(signal && { signal }),
    ...(hasExitCode && { exitCode }),
    ...(message && { message }),
    ...(firstByteMs !== undefined && { firstByteMs }),
    ...(teardownMs !== undefined && { teardownMs }),
    ...{ cpuMs, wallMs, peakMemoryBytes, bytesIn, bytesOut, layers, errnoHits },
  };
  return { kind: 'exit', job, report };
}
