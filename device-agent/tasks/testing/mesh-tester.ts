// For tests: a mesh in memory that implements the Mesh port for many nodes, and loses, repeats, reorders, cuts and
// kills on demand. Bodies cross as CBOR, as on the wire.

import type { Mesh, MeshStream, NodeId, ReceivedMessage, Topology, WireValue } from '#agent/mesh';
import { AbhayaError, type Random } from '#base';
import { decodeCbor, encodeCbor } from '#schemas';

export interface Weather {
  /** Share of datagrams that are lost. */
  loss: number;
  /** Share that comes twice. */
  repeat: number;
  /** Each takes 0 to so many ms: reordering. */
  delayMs: number;
  /** Streams are reset after about so many bytes. */
  cutAfterBytes: number;
}

interface Node {
  readonly mesh: Mesh;
  readonly messages: Set<(message: ReceivedMessage) => void>;
  readonly streams: Set<(stream: MeshStream) => void>;
  readonly topologies: Set<(topology: Topology) => void>;
  readonly open: Set<StreamEnd>;
  /** Does nothing any more, and others have noticed. */
  gone: boolean;
  /** Does nothing any more; nobody has noticed yet. */
  dead: boolean;
}

export interface CarriedMessage {
  readonly from: NodeId;
  readonly to: NodeId | undefined;
  readonly kind: string;
  readonly body: unknown;
}

export class MeshTester {
  readonly weather: Weather = { loss: 0, repeat: 0, delayMs: 0, cutAfterBytes: Number.POSITIVE_INFINITY };
  readonly carried: CarriedMessage[] = [];
  /** May change or drop (undefined) what passes. */
  tamper: (message: CarriedMessage) => WireValue | undefined = ({ body }) => body as WireValue;
  streamedBytes = 0;
  readonly #nodes = new Map<NodeId, Node>();
  readonly #random: Random;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #line: boolean;

  /** `line`: hops are the distance in order of joining; else everyone is one hop away. */
  constructor(random: Random, options: { line?: boolean } = {}) {
    this.#random = random;
    this.#line = options.line ?? false;
  }

  join(nodeId: NodeId): Mesh {
    const node: Node = {
      mesh: this.#meshOf(nodeId),
      messages: new Set(),
      streams: new Set(),
      topologies: new Set(),
      open: new Set(),
      gone: false,
      dead: false,
    };
    this.#nodes.set(nodeId, node);
    this.#tellAll();
    return node.mesh;
  }

  /** The node stops without a word; others notice after noticeMs, or never. */
  kill(nodeId: NodeId, noticeMs?: number): void {
    const node = this.#node(nodeId);
    node.dead = true;
    for (const end of node.open) end.reset('dead');
    if (noticeMs !== undefined) this.#later(noticeMs, () => this.leave(nodeId));
  }

  leave(nodeId: NodeId): void {
    const node = this.#node(nodeId);
    node.gone = true;
    for (const end of node.open) end.reset('gone');
    this.#tellAll();
  }

  /** A node that was cut off is back. */
  comeBack(nodeId: NodeId): void {
    const node = this.#node(nodeId);
    node.gone = false;
    node.dead = false;
    this.#tellAll();
  }

  /** A message that nobody of ours would send. */
  forge(from: NodeId, to: NodeId, kind: string, body: unknown): void {
    for (const listener of this.#node(to).messages) listener({ kind, from, body, hops: 1, broadcast: false });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #node(nodeId: NodeId): Node {
    const node = this.#nodes.get(nodeId);
    if (!node) throw new Error(`no node ${nodeId}`);
    return node;
  }

  #hops(from: NodeId, to: NodeId): number {
    const order = [...this.#nodes.keys()];
    return this.#line ? Math.abs(order.indexOf(from) - order.indexOf(to)) : 1;
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #topologyOf(self: NodeId): Topology {
    const cut = this.#nodes.get(self)?.gone ?? false;
    const nodes = [...this.#nodes]
      .filter(([nodeId, node]) => nodeId === self || (!node.gone && !cut))
      .map(([nodeId]) => ({
        nodeId,
        hops: nodeId === self ? 0 : this.#hops(self, nodeId),
        rttMs: nodeId === self ? 0 : 2,
        quality: 1,
        nextHop: nodeId === self ? undefined : nodeId,
        neighbours: [],
        lastSeenMs: 0,
      }));
    return { self, nodes };
  }

  #tellAll(): void {
    for (const [nodeId, node] of this.#nodes)
      for (const listener of node.topologies) listener(this.#topologyOf(nodeId));
  }

  #carry(from: NodeId, to: NodeId, kind: string, body: WireValue, broadcast: boolean): void {
    const passing = { from, to: broadcast ? undefined : to, kind, body: decodeCbor(encodeCbor(body), 1e6) };
    this.carried.push(passing);
    const changed = this.tamper(passing);
    if (changed === undefined || this.#random.float() < this.weather.loss) return;
    const copies = this.#random.float() < this.weather.repeat ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.#later(this.#random.float() * this.weather.delayMs, () => {
        const [source, target] = [this.#node(from), this.#node(to)];
        if (source.gone || target.gone || target.dead) return;
        const hops = this.#hops(from, to);
        for (const listener of target.messages) listener({ kind, from, body: changed, hops, broadcast });
      });
    }
  }

  #meshOf(nodeId: NodeId): Mesh {
    const on = <T>(set: (node: Node) => Set<T>) => {
      return (listener: T) => {
        set(this.#node(nodeId)).add(listener);
        return () => void set(this.#node(nodeId)).delete(listener);
      };
    };
    return {
      nodeId,
      broadcast: (kind, body) => {
        if (this.#node(nodeId).dead) return;
        for (const [other, node] of this.#nodes)
          if (other !== nodeId && !node.gone) this.#carry(nodeId, other, kind, body, true);
      },
      send: async (to, kind, body) => {
        if (this.#node(nodeId).dead) return;
        if (!this.#nodes.has(to) || this.#node(to).gone)
          throw new AbhayaError('mesh.unroutable', `no route to ${to}`);
        this.#carry(nodeId, to, kind, body, false);
      },
      openStream: async (to, header) => {
        const [source, target] = [this.#node(nodeId), this.#nodes.get(to)];
        if (!target || target.gone || target.dead || source.dead || source.gone)
          throw new AbhayaError('mesh.unroutable', `no route to ${to}`);
        const ours = new StreamEnd(to, header);
        const theirs = new StreamEnd(nodeId, header);
        const cut = this.weather.cutAfterBytes * (0.5 + this.#random.float());
        join(ours, theirs, cut, (bytes) => {
          this.streamedBytes += bytes;
        });
        source.open.add(ours);
        target.open.add(theirs);
        queueMicrotask(() => {
          for (const listener of target.streams) listener(theirs);
        });
        return ours;
      },
      onMessage: on((node) => node.messages),
      onStream: on((node) => node.streams),
      onTopology: on((node) => node.topologies),
      topology: () => this.#topologyOf(nodeId),
    };
  }
}

/** One end of a stream: a queue of what the other end wrote. */
class StreamEnd implements MeshStream {
  readonly peer: NodeId;
  readonly header: unknown;
  other: StreamEnd | undefined;
  onWrite: (bytes: number) => void = () => undefined;
  #queue: Uint8Array[] = [];
  #ended = false;
  #resetBy: string | undefined;
  #wake: (() => void)[] = [];

  constructor(peer: NodeId, header: unknown) {
    this.peer = peer;
    this.header = header;
  }

  get readable(): AsyncIterable<Uint8Array> {
    const end = this;
    return {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          if (end.#resetBy !== undefined) throw new AbhayaError('mesh.stream-reset', end.#resetBy);
          const chunk = end.#queue.shift();
          if (chunk) {
            if (end.other) end.other.#rouse();
            yield chunk;
          } else if (end.#ended) return;
          else await end.#change();
        }
      },
    };
  }

  async write(chunk: Uint8Array): Promise<void> {
    const { other } = this;
    while (other && other.#queue.length > 8 && this.#resetBy === undefined) await this.#change();
    if (this.#resetBy !== undefined || !other)
      throw new AbhayaError('mesh.stream-reset', this.#resetBy ?? 'closed');
    other.#queue.push(Uint8Array.from(chunk));
    other.#rouse();
    this.onWrite(chunk.length);
  }

  async end(): Promise<void> {
    const { other } = this;
    if (!other) return;
    other.#ended = true;
    other.#rouse();
  }

  reset(reason: string): void {
    for (const end of [this, this.other]) {
      if (!end || end.#resetBy !== undefined) continue;
      // What arrived before a clean end may still be read.
      if (end !== this && end.#ended) continue;
      end.#resetBy = reason;
      end.#rouse();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #rouse(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function join(a: StreamEnd, b: StreamEnd, cutAfterBytes: number, count: (bytes: number) => void): void {
  a.other = b;
  b.other = a;
  let left = cutAfterBytes;
  for (const end of [a, b]) {
    end.onWrite = (bytes) => {
      count(bytes);
      left -= bytes;
      if (left < 0) end.reset('the route broke');
    };
  }
}
