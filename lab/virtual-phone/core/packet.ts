// adb's message framing: 24-byte header and payload. Source: AOSP packages/modules/adb/protocol.txt.
// Owns no I/O. A decoder never holds more than one payload, and never a payload that its limit forbids.

import { AbhayaError } from '#base';

export const command = {
  CNXN: 0x4e584e43,
  AUTH: 0x48545541,
  OPEN: 0x4e45504f,
  OKAY: 0x59414b4f,
  WRTE: 0x45545257,
  CLSE: 0x45534c43,
  STLS: 0x534c5453,
} as const;

export const HEADER_BYTES = 24;
/** The first protocol version; payloads carry a checksum. */
export const VERSION_CHECKSUM = 0x01000000;
/** From this version on, receivers ignore the checksum. */
export const VERSION_NO_CHECKSUM = 0x01000001;
export const MAX_PAYLOAD = 1024 * 1024;
/** What may be sent before the peer has proved itself. */
export const MAX_PAYLOAD_BEFORE_AUTH = 4096;

export interface Packet {
  readonly command: number;
  readonly arg0: number;
  readonly arg1: number;
  readonly payload: Uint8Array;
}

/** adb calls it a CRC; it is the sum of the bytes. */
export function checksum(payload: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < payload.length; i++) sum = (sum + (payload[i] as number)) >>> 0;
  return sum;
}

const EMPTY = new Uint8Array(0);

/** The header alone; the payload is written after it, without a copy. */
export function encodeHeader(
  kind: number,
  arg0: number,
  arg1: number,
  payload: Uint8Array = EMPTY,
  options: { checksum?: boolean } = {},
): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, kind, true);
  view.setUint32(4, arg0, true);
  view.setUint32(8, arg1, true);
  view.setUint32(12, payload.length, true);
  view.setUint32(16, options.checksum ? checksum(payload) : 0, true);
  view.setUint32(20, (kind ^ 0xffffffff) >>> 0, true);
  return header;
}

/** Cuts a byte stream into packets. The owner raises the limits as the connection earns trust. */
export class PacketDecoder {
  maxPayload = MAX_PAYLOAD_BEFORE_AUTH;
  verifyChecksum = true;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFill = 0;
  #payload: Uint8Array | undefined;
  #payloadFill = 0;

  /**
   * Takes the next bytes and reports whole packets in order. A packet's payload is the receiver's own.
   * Throws `wire.malformed` or `wire.too-large`: the connection can't go on.
   */
  push(chunk: Uint8Array, onPacket: (packet: Packet) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#payload) {
        const take = Math.min(HEADER_BYTES - this.#headerFill, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + take), this.#headerFill);
        this.#headerFill += take;
        at += take;
        if (this.#headerFill < HEADER_BYTES) return;
        this.#payload = this.#startPayload();
        this.#payloadFill = 0;
      }
      const take = Math.min(this.#payload.length - this.#payloadFill, chunk.length - at);
      this.#payload.set(chunk.subarray(at, at + take), this.#payloadFill);
      this.#payloadFill += take;
      at += take;
      if (this.#payloadFill === this.#payload.length) onPacket(this.#finish(this.#payload));
    }
  }

  #startPayload(): Uint8Array {
    const view = new DataView(this.#header.buffer);
    const kind = view.getUint32(0, true);
    if (view.getUint32(20, true) !== (kind ^ 0xffffffff) >>> 0) {
      throw new AbhayaError('wire.malformed', 'adb packet: the magic does not match the command');
    }
    const length = view.getUint32(12, true);
    if (length > this.maxPayload) {
      throw new AbhayaError(
        'wire.too-large',
        `adb packet: ${length} bytes, at most ${this.maxPayload} allowed`,
      );
    }
    return length === 0 ? EMPTY : Buffer.allocUnsafe(length);
  }

  #finish(payload: Uint8Array): Packet {
    const view = new DataView(this.#header.buffer);
    this.#payload = undefined;
    this.#headerFill = 0;
    // adb, connecting again, remembers the version that was agreed before and sends CNXN without a checksum.
    const newCnxn =
      view.getUint32(0, true) === command.CNXN && view.getUint32(4, true) >= VERSION_NO_CHECKSUM;
    if (this.verifyChecksum && !newCnxn && checksum(payload) !== view.getUint32(16, true)) {
      throw new AbhayaError('wire.malformed', 'adb packet: wrong checksum');
    }
    return {
      command: view.getUint32(0, true),
      arg0: view.getUint32(4, true),
      arg1: view.getUint32(8, true),
      payload,
    };
  }
}
