// How a bridged link behaves, as a pure schedule: chunk in, time of release out (DESIGN, Mesh links).
// A bridged link is a byte stream, so loss is a retransmission delay per 1,400-byte segment, never missing bytes.

import type { Random } from '#base';

export interface LinkShape {
  /** One-way delay, milliseconds. */
  readonly delayMs: number;
  /** Probability that a segment is lost once, 0..0.9. */
  readonly loss: number;
  /** Bytes per second; 0: as fast as it goes. */
  readonly rateBytesPerSecond: number;
}

export const unshaped: LinkShape = { delayMs: 0, loss: 0, rateBytesPerSecond: 0 };

export const isShaped = (shape: LinkShape): boolean =>
  shape.delayMs > 0 || shape.loss > 0 || shape.rateBytesPerSecond > 0;

const SEGMENT_BYTES = 1_400;
/** A lost segment comes one retransmission timeout later: a round trip, at least this. */
const MIN_RETRANSMISSION_MS = 200;

export interface Shaper {
  /** When a chunk that arrives now may leave; never earlier than the one before it. Milliseconds of the same clock. */
  release(nowMs: number, bytes: number): number;
}

export function createShaper(shape: LinkShape, random: Random): Shaper {
  let lineFreeAt = 0;
  let lastRelease = 0;
  const retransmissionMs = Math.max(MIN_RETRANSMISSION_MS, shape.delayMs * 2);
  return {
    release(nowMs, bytes) {
      const start = Math.max(nowMs, lineFreeAt);
      const sending = shape.rateBytesPerSecond > 0 ? (bytes / shape.rateBytesPerSecond) * 1_000 : 0;
      lineFreeAt = start + sending;
      let lost = 0;
      if (shape.loss > 0) {
        for (let segment = 0; segment < Math.ceil(bytes / SEGMENT_BYTES); segment += 1) {
          while (random.float() < shape.loss) lost += 1;
        }
      }
      // Retransmissions of one chunk overlap as TCP's do: the delay is that of its unluckiest segment, about log(n).
      const delay = lost > 0 ? retransmissionMs * (1 + Math.log2(lost)) : 0;
      lastRelease = Math.max(lastRelease, lineFreeAt + shape.delayMs + delay);
      return lastRelease;
    },
  };
}
