// One open stream: joins the pure halves, the sealing and the reader and writer that the agent sees.

import { AbhayaError } from '#base';
import { decodeCbor, encodeCbor, parserOf, SEGMENT_BYTES, StreamControlPlain, UnicastClass } from '#schemas';
import { StreamReceiver } from '../core/stream-receiver.ts';
import { StreamSender } from '../core/stream-sender.ts';
import type { Sealer } from '../e2e/channel.ts';
import type { MeshStream, NodeId } from '../port.ts';
import { ReadQueue } from './read-queue.ts';
import { WriteQueue } from './write-queue.ts';

const parseControl = parserOf(StreamControlPlain, 'stream control message');
const CONTROL_MAX = 1_024;

export interface StreamNumbers {
  /** Nothing acknowledged for so long: the peer is given up. */
  readonly giveUpMs: number;
  /** No route to the peer for so long: it is given up. */
  readonly unroutableMs: number;
  /** A quiet stream asks the peer whether it is still there. */
  readonly keepAliveMs: number;
  readonly openAgainMs: number;
  readonly lingerMs: number;
}

export const streamNumbers: StreamNumbers = {
  giveUpMs: 30_000,
  unroutableMs: 15_000,
  keepAliveMs: 5_000,
  openAgainMs: 300,
  lingerMs: 15_000,
};

export interface StreamParts {
  readonly id: Uint8Array;
  readonly peer: NodeId;
  readonly header: unknown;
  /** Bytes that the peer takes before it says more. */
  readonly limit: number;
  readonly seal: { readonly data: Sealer; readonly control: Sealer };
  readonly open: { readonly data: Sealer; readonly control: Sealer };
  /** The opening message, sent again until the peer answers; undefined on the accepting side. */
  readonly opening: Uint8Array | undefined;
  readonly numbers: StreamNumbers;
  readonly now: () => number;
  /** Sends one frame of the stream; false when there is no route or no room at the first hop. */
  readonly transmit: (klass: UnicastClass, sequence: number, payload: Uint8Array) => boolean;
  /** Whether the first hop takes a segment now. */
  readonly roomAhead: () => boolean;
  readonly onWork: () => void;
}

const OPEN_WINDOW = 4_194_304;
export const STREAM_WINDOW = OPEN_WINDOW;

export class StreamEnd implements MeshStream {
  readonly peer: NodeId;
  readonly header: unknown;
  readonly readable: ReadQueue;
  readonly #p: StreamParts;
  readonly #sender: StreamSender;
  readonly #receiver = new StreamReceiver({ windowBytes: OPEN_WINDOW });
  readonly #writes: WriteQueue;
  #controlOut = 0;
  #controlIn = -1;
  #answered: boolean;
  #openAt: number;
  #openTries = 0;
  #progressAt: number;
  #heardAt: number;
  #askAt: number;
  #finIndex: number | undefined;
  #routeGoneAt: number | undefined;
  #error: AbhayaError | undefined;
  #doneAt: number | undefined;

  constructor(parts: StreamParts) {
    this.#p = parts;
    this.peer = parts.peer;
    this.header = parts.header;
    const now = parts.now();
    this.#sender = new StreamSender(parts.limit);
    this.#answered = parts.opening === undefined;
    this.#openAt = now;
    this.#progressAt = now;
    this.#heardAt = now;
    this.#askAt = now + parts.numbers.keepAliveMs;
    this.#writes = new WriteQueue(parts.onWork);
    this.readable = new ReadQueue(
      (bytes) => {
        this.#receiver.consumed(bytes, this.#p.now());
        this.#p.onWork();
      },
      () => this.reset('the reader went away'),
    );
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#writes.write(chunk);
  }

  end(): Promise<void> {
    return this.#writes.end();
  }

  reset(reason: string): void {
    if (this.over) return;
    this.#control({ reset: reason.slice(0, 256) || 'reset', ask: false });
    this.#fail(new AbhayaError('mesh.stream-reset', `the stream was given up: ${reason}`));
  }

  /** Ended by reset, or both directions are complete. */
  get over(): boolean {
    return this.#error !== undefined || this.#doneAt !== undefined;
  }

  /** Nothing is owed to the peer any more. */
  forgettable(now: number): boolean {
    if (this.#error) return true;
    return this.#doneAt !== undefined && now - this.#doneAt > this.#p.numbers.lingerMs;
  }

  get answered(): boolean {
    return this.#answered;
  }

  get stats(): { readonly resends: number; readonly window: number; readonly rttMs: number | undefined } {
    return { resends: this.#sender.resends, window: this.#sender.window, rttMs: this.#sender.rttMs };
  }

  /** A data frame of the peer. Throws `wire.forged`. */
  onData(sequence: number, payload: Uint8Array): void {
    const plain = this.#p.open.data.open(sequence, payload);
    const now = this.#p.now();
    this.#heard(now);
    this.#receiver.onSegment(sequence, plain, now);
    for (const chunk of this.#receiver.take()) this.readable.push(chunk);
    if (this.#receiver.finished) this.readable.finish();
    this.#checkDone(now);
  }

  /** A control frame of the peer. Throws `wire.forged`, `wire.malformed`. */
  onControl(sequence: number, payload: Uint8Array): void {
    const plain = parseControl(decodeCbor(this.#p.open.control.open(sequence, payload), CONTROL_MAX));
    // Older than what we have heard: overtaken, or sent again by someone on the way.
    if (sequence <= this.#controlIn) return;
    this.#controlIn = sequence;
    const now = this.#p.now();
    this.#heard(now);
    if (plain.reset) {
      return void this.#fail(
        new AbhayaError('mesh.stream-reset', `the peer gave the stream up: ${plain.reset}`),
      );
    }
    if (this.#sender.onAck(plain, now)) this.#progressAt = now;
    if (plain.ask) this.#tellWhere(false);
    this.#checkDone(now);
  }

  #heard(now: number): void {
    this.#heardAt = now;
    this.#answered = true;
    this.#askAt = now + this.#p.numbers.keepAliveMs;
  }

  /** The peer knows nothing of this stream: it has restarted. */
  onUnknown(): void {
    if (this.#answered && this.#doneAt === undefined) {
      this.#fail(new AbhayaError('mesh.stream-reset', 'the peer has lost the stream'));
    }
  }

  onRouteChange(now: number): void {
    this.#sender.onRouteChange(now);
    if (!this.#answered) this.#openAt = Math.min(this.#openAt, now);
  }

  /** Sends what can be sent, at most `budget` segments; true when there may be more. */
  work(routable: boolean, budget: number): boolean {
    const now = this.#p.now();
    if (this.#error) return false;
    if (this.#receiver.ackAt <= now) this.#tellWhere(false);
    if (this.#doneAt !== undefined) return false;
    if (this.#watch(now, routable)) return false;
    if (!routable) return false;
    if (!this.#answered && now >= this.#openAt) this.#sendOpening(now);
    this.#sender.onTick(now);
    for (let sent = 0; sent < budget; sent++) {
      if (!this.#p.roomAhead()) return false;
      if (!this.#sendNext(now)) return false;
    }
    return true;
  }

  #sendNext(now: number): boolean {
    const again = this.#sender.nextResend(now);
    if (again) return this.#p.transmit(UnicastClass.data, again.index, again.payload);
    if (this.#sender.outstanding === 0) this.#progressAt = now;
    const room = this.#sender.room();
    const index = this.#sender.nextIndex;
    const plain = this.#writes.take(Math.min(room, SEGMENT_BYTES), SEGMENT_BYTES);
    if (plain) {
      const sent = this.#sender.push(this.#p.seal.data.seal(index, plain), plain.length, now);
      return this.#p.transmit(UnicastClass.data, sent.index, sent.payload);
    }
    // Only after the last byte: `plain` is also missing while the window is too small for a segment.
    if (this.#writes.drained && this.#finIndex === undefined) {
      this.#finIndex = index;
      const sent = this.#sender.push(this.#p.seal.data.seal(index, new Uint8Array()), 0, now);
      return this.#p.transmit(UnicastClass.data, sent.index, sent.payload);
    }
    return false;
  }

  /** Gives the peer up when it is time; asks for a sign of life before. */
  #watch(now: number, routable: boolean): boolean {
    const { unroutableMs, giveUpMs, keepAliveMs } = this.#p.numbers;
    this.#routeGoneAt = routable ? undefined : (this.#routeGoneAt ?? now);
    const waiting = this.#sender.outstanding > 0 || !this.#answered;
    if (this.#routeGoneAt !== undefined && now - this.#routeGoneAt > unroutableMs) {
      this.#fail(new AbhayaError('mesh.stream-reset', 'the peer has vanished from the mesh'));
    } else if (
      (waiting && now - this.#progressAt > giveUpMs) ||
      now - this.#heardAt > giveUpMs + keepAliveMs
    ) {
      this.#fail(new AbhayaError('mesh.stream-reset', 'the peer has stopped answering'));
    } else if (routable && now >= this.#askAt) {
      this.#askAt = now + keepAliveMs;
      this.#tellWhere(true);
    }
    return this.over;
  }

  #sendOpening(now: number): void {
    if (!this.#p.opening) return;
    this.#openAt = now + Math.min(2_000, this.#p.numbers.openAgainMs * 2 ** this.#openTries++);
    this.#p.transmit(UnicastClass.open, 0, this.#p.opening);
  }

  #tellWhere(ask: boolean): void {
    this.#control({ ask, reset: '' });
  }

  /** Tells the peer where we stand; also the answer to an opening. */
  tellWhere(): void {
    this.#tellWhere(false);
  }

  #control({ ask, reset }: { ask: boolean; reset: string }): void {
    const { ack, limit, sack } = this.#receiver.ack();
    const sequence = this.#controlOut++;
    const plain: StreamControlPlain = { ack, limit, sack: sack.map((range) => [...range]), ask, reset };
    this.#p.transmit(UnicastClass.control, sequence, this.#p.seal.control.seal(sequence, encodeCbor(plain)));
  }

  nextAt(): number {
    if (this.#error) return Number.POSITIVE_INFINITY;
    if (this.#doneAt !== undefined)
      return Math.min(this.#receiver.ackAt, this.#doneAt + this.#p.numbers.lingerMs);
    const opening = this.#answered ? Number.POSITIVE_INFINITY : this.#openAt;
    return Math.min(this.#receiver.ackAt, this.#sender.nextAt(), opening, this.#askAt);
  }

  #checkDone(now: number): void {
    const sentAll = this.#finIndex !== undefined && this.#sender.outstanding === 0;
    if (sentAll) this.#writes.complete();
    if (sentAll && this.#receiver.finished && !this.over) this.#doneAt = now;
    this.#p.onWork();
  }

  #fail(error: AbhayaError): void {
    if (this.over) return;
    this.#error = error;
    this.#writes.fail(error);
    this.readable.fail(error);
    this.#p.onWork();
  }

  /** The node is closing. */
  abandon(): void {
    this.#fail(new AbhayaError('mesh.stream-reset', 'the mesh node has closed'));
  }
}
