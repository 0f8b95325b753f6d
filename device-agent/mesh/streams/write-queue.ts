// The writer's end of a stream: what was written and not yet cut into segments, with back-pressure.

import { AbhayaError } from '#base';

const HIGH_WATER = 524_288;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class WriteQueue {
  readonly #onWork: () => void;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #waiters: Waiter[] = [];
  #enders: Waiter[] = [];
  #error: AbhayaError | undefined;
  #complete = false;
  ended = false;

  constructor(onWork: () => void) {
    this.#onWork = onWork;
  }

  /** The chunk is the stream's from here on: the caller must not change it. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#error) throw this.#error;
    if (this.ended) throw new AbhayaError('closed', 'this direction of the stream has ended');
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#onWork();
    if (this.#bytes > HIGH_WATER)
      await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async end(): Promise<void> {
    if (this.#error) throw this.#error;
    this.ended = true;
    if (this.#complete) return;
    this.#onWork();
    await new Promise<void>((resolve, reject) => this.#enders.push({ resolve, reject }));
  }

  /** Ended, and every byte has been taken. */
  get drained(): boolean {
    return this.ended && this.#bytes === 0;
  }

  /**
   * The next segment: at most `most` bytes, and `full` unless there is less. Undefined when nothing fits: rather
   * than a sliver of the window, a full segment a little later.
   */
  take(most: number, full: number): Uint8Array | undefined {
    const want = Math.min(full, this.#bytes);
    if (want === 0 || most < want) return undefined;
    const parts: Uint8Array[] = [];
    for (let left = want; left > 0; ) {
      const chunk = this.#chunks[0] as Uint8Array;
      if (chunk.length <= left) {
        parts.push(chunk);
        this.#chunks.shift();
        left -= chunk.length;
      } else {
        parts.push(chunk.subarray(0, left));
        this.#chunks[0] = chunk.subarray(left);
        left = 0;
      }
    }
    this.#bytes -= want;
    if (this.#bytes <= HIGH_WATER / 2) for (const waiter of this.#waiters.splice(0)) waiter.resolve();
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** The peer has everything. */
  complete(): void {
    this.#complete = true;
    for (const waiter of this.#enders.splice(0)) waiter.resolve();
  }

  fail(error: AbhayaError): void {
    if (this.#complete) return;
    this.#error ??= error;
    this.#chunks = [];
    this.#bytes = 0;
    for (const waiter of [...this.#waiters.splice(0), ...this.#enders.splice(0)]) waiter.reject(error);
  }
}
