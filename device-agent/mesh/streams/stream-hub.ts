// All streams of a node: opens and accepts them, hands frames to them, shares the first hop fairly between them.

import { AbhayaError, Emitter } from '#base';
import {
  decodeCbor,
  encodeCbor,
  MAX_STREAM_HEADER_BYTES,
  parserOf,
  StreamOpenPlain,
  UnicastClass,
} from '#schemas';
import type { Unicast } from '../core/effects.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import { type Channel, type Direction, openChannel } from '../e2e/channel.ts';
import { acceptByPreface, prefaceOf, readPreface, type SealingContext } from '../e2e/datagrams.ts';
import type { MeshStream, NodeId, WireValue } from '../port.ts';
import { STREAM_WINDOW, StreamEnd, type StreamNumbers } from './mesh-stream.ts';

const parseOpen = parserOf(StreamOpenPlain, 'opening of a stream');
const PURPOSE = 'stream';
const OPEN_MAX = 5_120;
const MAX_STREAMS = 1_024;
const MAX_STREAMS_PER_PEER = 128;
const MAX_EARLY_FRAMES = 64;
const MAX_CLOSED = 16_384;
const TURN = 4;

export interface StreamHubOptions {
  readonly context: SealingContext;
  readonly numbers: StreamNumbers;
  readonly now: () => number;
  readonly onWork: () => void;
  readonly isRoutable: (peer: NodeId) => boolean;
  /** False when there is no route now. */
  readonly transmit: (message: Omit<Unicast, 'from'>) => boolean;
  readonly roomTowards: (peer: NodeId) => boolean;
  /** Tells a peer that we know nothing of its stream. */
  readonly tellUnknown: (peer: NodeId, id: Uint8Array) => void;
  readonly onRefused: (error: unknown, from: NodeId) => void;
}

const nameOf = (peer: NodeId, id: Uint8Array): string => `${peer} ${Buffer.from(id).toString('hex')}`;

export class StreamHub {
  readonly opened: Emitter<MeshStream>;
  readonly #o: StreamHubOptions;
  readonly #streams = new Map<string, StreamEnd>();
  /** Being accepted: what came early waits. */
  readonly #accepting = new Map<string, Unicast[]>();
  /** Streams that are over: their late or repeated frames mean nothing. */
  readonly #closed = new Set<string>();
  readonly #unknownRate: TokenBucket;
  #shut = false;

  constructor(options: StreamHubOptions, onListenerError: (error: unknown) => void) {
    this.#o = options;
    this.opened = new Emitter<MeshStream>(onListenerError);
    this.#unknownRate = new TokenBucket({ perSecond: 20, burst: 40 }, options.now());
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Throws `mesh.unroutable`, `input.too-large`, `conflict` with too many streams, `closed`. */
  async open(to: NodeId, header: WireValue): Promise<MeshStream> {
    const { context } = this.#o;
    const headerBytes = encodeCbor(header);
    if (headerBytes.length > MAX_STREAM_HEADER_BYTES)
      throw new AbhayaError('input.too-large', `a stream's header holds ${MAX_STREAM_HEADER_BYTES} bytes`);
    if (this.#streams.size >= MAX_STREAMS) throw new AbhayaError('conflict', 'too many open streams');
    const recipient = context.keyOf(to);
    if (!recipient) throw new AbhayaError('mesh.unroutable', `nothing is known of node ${to}`);
    const ends = { opener: context.self, other: to };
    const own = context.keys.current;
    const recipientKey = recipient[1];
    const { channel, enc } = await openChannel(context.suite, { ends, purpose: PURPOSE, own, recipientKey });
    const opener = await channel.sealer('open', 'forth');
    const plain = encodeCbor(parseOpen({ header: headerBytes, limit: STREAM_WINDOW }));
    const opening = Buffer.concat([prefaceOf(context, enc, recipientKey), opener.seal(0, plain)]);
    const stream = await this.#make(channel, to, header, 'forth', STREAM_WINDOW, opening);
    if (this.#shut) throw new AbhayaError('closed', 'the mesh node has closed');
    this.#streams.set(nameOf(to, channel.id), stream);
    this.#o.onWork();
    return stream;
  }

  async #make(
    channel: Channel,
    peer: NodeId,
    header: unknown,
    outward: Direction,
    limit: number,
    opening: Uint8Array | undefined,
  ): Promise<StreamEnd> {
    const inward = outward === 'forth' ? 'back' : 'forth';
    const [dataOut, controlOut, dataIn, controlIn] = await Promise.all([
      channel.sealer('data', outward),
      channel.sealer('control', outward),
      channel.sealer('data', inward),
      channel.sealer('control', inward),
    ]);
    const { now, numbers, onWork, transmit, roomTowards } = this.#o;
    return new StreamEnd({
      id: channel.id,
      peer,
      header,
      limit,
      seal: { data: dataOut, control: controlOut },
      open: { data: dataIn, control: controlIn },
      opening,
      numbers,
      now,
      onWork,
      transmit: (klass, sequence, payload) =>
        transmit({ to: peer, class: klass, channel: channel.id, sequence, payload }),
      roomAhead: () => roomTowards(peer),
    });
  }

  /** A frame of class open, data or control for us. Forged ones are reported and change nothing. */
  onFrame(message: Unicast): void {
    const name = nameOf(message.from, message.channel);
    const early = this.#accepting.get(name);
    if (early) {
      if (message.class !== UnicastClass.open && early.length < MAX_EARLY_FRAMES) early.push(message);
      return;
    }
    const stream = this.#streams.get(name);
    if (!stream) {
      if (this.#closed.has(name)) return;
      if (message.class === UnicastClass.open) return void this.#accept(name, message);
      if (this.#unknownRate.take(this.#o.now())) this.#o.tellUnknown(message.from, message.channel);
      return;
    }
    try {
      if (message.class === UnicastClass.open) stream.tellWhere();
      else if (message.class === UnicastClass.data) stream.onData(message.sequence, message.payload);
      else stream.onControl(message.sequence, message.payload);
    } catch (error) {
      this.#o.onRefused(error, message.from);
    }
    this.#o.onWork();
  }

  async #accept(name: string, message: Unicast): Promise<void> {
    const { from, payload } = message;
    if (this.#full(from)) {
      return this.#o.onRefused(new AbhayaError('conflict', 'too many streams of one peer'), from);
    }
    const early: Unicast[] = [];
    this.#accepting.set(name, early);
    let stream: StreamEnd | undefined;
    try {
      const [preface, sealed] = readPreface(this.#o.context, from, payload);
      const channel = await acceptByPreface(this.#o.context, from, preface, PURPOSE);
      if (nameOf(from, channel.id) !== name)
        throw new AbhayaError('wire.forged', 'an opening under another name');
      const opener = await channel.sealer('open', 'forth');
      const plain = parseOpen(decodeCbor(opener.open(0, sealed), OPEN_MAX));
      const header = decodeCbor(plain.header, MAX_STREAM_HEADER_BYTES);
      stream = await this.#make(channel, from, header, 'back', plain.limit, undefined);
    } catch (error) {
      this.#o.onRefused(error, from);
    } finally {
      this.#accepting.delete(name);
    }
    if (!stream || this.#shut) return;
    this.#streams.set(name, stream);
    stream.tellWhere();
    this.opened.emit(stream);
    for (const frame of early) this.onFrame(frame);
    this.#o.onWork();
  }

  #full(peer: NodeId): boolean {
    if (this.#streams.size + this.#accepting.size >= MAX_STREAMS) return true;
    let count = 0;
    for (const name of [...this.#streams.keys(), ...this.#accepting.keys()])
      if (name.startsWith(peer)) count += 1;
    return count >= MAX_STREAMS_PER_PEER;
  }

  /** A peer said, sealed, that it doesn't know our stream. */
  onUnknown(peer: NodeId, id: Uint8Array): void {
    this.#streams.get(nameOf(peer, id))?.onUnknown();
  }

  onRoutesChanged(changed: (peer: NodeId) => boolean): void {
    const now = this.#o.now();
    for (const stream of this.#streams.values()) if (changed(stream.peer)) stream.onRouteChange(now);
  }

  /** Lets every stream send in turns, until none can. */
  work(): void {
    const now = this.#o.now();
    let busy = [...this.#streams.entries()];
    while (busy.length > 0) {
      busy = busy.filter(([name, stream]) => {
        if (stream.forgettable(now)) {
          this.#forget(name);
          return false;
        }
        return stream.work(this.#o.isRoutable(stream.peer), TURN);
      });
    }
  }

  #forget(name: string): void {
    this.#streams.delete(name);
    this.#closed.add(name);
    if (this.#closed.size > MAX_CLOSED) this.#closed.delete(this.#closed.values().next().value ?? '');
  }

  nextAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams.values()) at = Math.min(at, stream.nextAt());
    return at;
  }

  close(): void {
    this.#shut = true;
    for (const stream of this.#streams.values()) {
      if (!stream.over) stream.reset('the node is closing');
      stream.abandon();
    }
    this.#streams.clear();
  }
}
