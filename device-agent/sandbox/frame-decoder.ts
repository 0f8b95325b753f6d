// Length-prefixed frames (u32 big-endian length, payload) from a stream of chunks. Pure; owns only what is incomplete.

import { AbhayaError } from '#base';

const HEADER = 4;

export class FrameDecoder {
  readonly #maxBytes: number;
  #pending: Uint8Array = new Uint8Array(0);

  /** maxBytes: of one payload. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Payloads completed by the chunk, in order. Throws `wire.too-large` or `wire.malformed` for a bad length. */
  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = Buffer.concat([this.#pending, chunk]);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const length = bytes.readUInt32BE(at);
      if (length === 0) throw new AbhayaError('wire.malformed', 'a frame is empty');
      if (length > this.#maxBytes) {
        throw new AbhayaError(
          'wire.too-large',
          `a frame has ${length} bytes; at most ${this.#maxBytes} are allowed`,
        );
      }
      if (bytes.length - at - HEADER < length) break;
      frames.push(bytes.subarray(at + HEADER, at + HEADER + length));
      at += HEADER + length;
    }
    this.#pending = Uint8Array.from(bytes.subarray(at));
    return frames;
  }
}

export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(HEADER + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.set(payload, HEADER);
  return frame;
}
