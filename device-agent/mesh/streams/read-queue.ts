// The reader's end of a stream: chunks in order, one reader, nothing lost between two reads.

import type { AbhayaError } from '#base';

export class ReadQueue implements AsyncIterableIterator<Uint8Array> {
  readonly #onRead: (bytes: number) => void;
  readonly #onLeave: () => void;
  readonly #chunks: Uint8Array[] = [];
  #finished = false;
  #error: AbhayaError | undefined;
  #wake: (() => void) | undefined;

  /** onRead: so many bytes have left the queue. onLeave: the reader stopped before the end. */
  constructor(onRead: (bytes: number) => void, onLeave: () => void) {
    this.#onRead = onRead;
    this.#onLeave = onLeave;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#wake?.();
  }

  finish(): void {
    this.#finished = true;
    this.#wake?.();
  }

  fail(error: AbhayaError): void {
    if (this.#finished) return; // everything is here: it can still be read
    this.#error ??= error;
    this.#wake?.();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Throws `mesh.stream-reset` once the chunks before it are read. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#onRead(chunk.length);
        return { done: false, value: chunk };
      }
      if (this.#finished) return { done: true, value: undefined };
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#finished || this.#chunks.length > 0) this.#onLeave();
    return { done: true, value: undefined };
  }
}
