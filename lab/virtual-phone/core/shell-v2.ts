// The shell v2 protocol inside a stream: one byte id, four bytes length, bytes.
// Source: AOSP packages/modules/adb/shell_protocol.h.

import { AbhayaError } from '#base';

export const shellId = { stdin: 0, stdout: 1, stderr: 2, exit: 3, closeStdin: 4, windowSize: 5 } as const;
const HEADER_BYTES = 5;
/** Far above what a host sends in one frame (its buffer is one adb payload). */
const MAX_FRAME = 1024 * 1024;

export function shellFrame(id: number, bytes: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  frame[0] = id;
  frame.writeUInt32LE(bytes.length, 1);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** Cuts the host's bytes into frames. Large frames are passed on in pieces, so nothing is collected. */
export class ShellDecoder {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFill = 0;
  #left = 0;

  /** Throws `wire.too-large`. An empty frame is reported once with no bytes. */
  push(chunk: Uint8Array, onFrame: (id: number, bytes: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerFill < HEADER_BYTES) {
        this.#header[this.#headerFill++] = chunk[at++] as number;
        if (this.#headerFill < HEADER_BYTES) continue;
        this.#left = this.#header.readUInt32LE(1);
        if (this.#left > MAX_FRAME)
          throw new AbhayaError('wire.too-large', `shell frame of ${this.#left} bytes`);
        if (this.#left === 0) {
          this.#headerFill = 0;
          onFrame(this.#header[0] as number, new Uint8Array(0));
        }
        continue;
      }
      const take = Math.min(this.#left, chunk.length - at);
      onFrame(this.#header[0] as number, chunk.subarray(at, at + take));
      at += take;
      this.#left -= take;
      if (this.#left === 0) this.#headerFill = 0;
    }
  }
}
