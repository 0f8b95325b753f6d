// The receiving half of a reliable stream, pure: puts segments in order, says what arrived and how much may come.

import type { Ack } from './stream-sender.ts';

export interface StreamReceiverNumbers {
  /** Most bytes that wait for the reader, in order and out of it. */
  readonly windowBytes: number;
  readonly ackEvery: number;
  readonly ackDelayMs: number;
}

export const streamReceiverNumbers: StreamReceiverNumbers = {
  windowBytes: 4_194_304,
  ackEvery: 4,
  ackDelayMs: 10,
};

const MAX_AHEAD = 8_192;
const MAX_RANGES = 16;

export type SegmentVerdict = 'taken' | 'duplicate' | 'beyond-window';

export class StreamReceiver {
  readonly #n: StreamReceiverNumbers;
  readonly #early = new Map<number, Uint8Array>();
  #ready: Uint8Array[] = [];
  #next = 0;
  #received = 0;
  #consumed = 0;
  #toldLimit: number;
  #sinceAck = 0;
  #ackAt = Number.POSITIVE_INFINITY;
  /** Everything up to the peer's end has been put in order. */
  finished = false;

  constructor(numbers: Partial<StreamReceiverNumbers> = {}) {
    this.#n = { ...streamReceiverNumbers, ...numbers };
    this.#toldLimit = this.#n.windowBytes;
  }

  /** A genuine segment; an empty one is the peer's end. */
  onSegment(index: number, plain: Uint8Array, now: number): SegmentVerdict {
    if (index < this.#next || this.#early.has(index)) {
      // The peer sends again because it misses our word.
      this.#ackAt = now;
      return 'duplicate';
    }
    if (
      this.finished ||
      index > this.#next + MAX_AHEAD ||
      this.#received + plain.length > this.#consumed + this.#n.windowBytes
    ) {
      return 'beyond-window';
    }
    this.#received += plain.length;
    this.#early.set(index, plain);
    const inOrder = index === this.#next;
    for (let at = this.#early.get(this.#next); at; at = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#next += 1;
      if (at.length === 0) {
        this.finished = true;
        this.#early.clear();
        break;
      }
      this.#ready.push(at);
    }
    this.#sinceAck += 1;
    const urgent = !inOrder || this.finished || this.#early.size > 0 || this.#sinceAck >= this.#n.ackEvery;
    this.#ackAt = Math.min(this.#ackAt, urgent ? now : now + this.#n.ackDelayMs);
    return 'taken';
  }

  /** What can be read now, in order. */
  take(): Uint8Array[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** The reader has used up so many bytes: as many more may come. */
  consumed(bytes: number, now: number): void {
    this.#consumed += bytes;
    if (this.#consumed + this.#n.windowBytes - this.#toldLimit >= this.#n.windowBytes / 4) this.#ackAt = now;
  }

  get ackAt(): number {
    return this.#ackAt;
  }

  /** Where we stand; counts as told. */
  ack(): Ack {
    this.#ackAt = Number.POSITIVE_INFINITY;
    this.#sinceAck = 0;
    this.#toldLimit = this.#consumed + this.#n.windowBytes;
    return { ack: this.#next, limit: this.#toldLimit, sack: this.#ranges() };
  }

  #ranges(): number[][] {
    const ranges: number[][] = [];
    for (const index of [...this.#early.keys()].sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last && last[1] === index) last[1] = index + 1;
      else if (ranges.length === MAX_RANGES) break;
      else ranges.push([index, index + 1]);
    }
    return ranges;
  }
}
