// The mesh protocol as one pure state machine: links, frames and time go in, effects come out.
// No timers, promises, clocks or randomness of its own; phones and the simulator run this same code.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { isAbhayaError } from '#base';
import { FrameType, type KeyStatement, UnicastClass, type UnicastHead } from '#schemas';
import type { MeshNodeView, NodeId, Topology } from '../port.ts';
import { Broadcasts } from './broadcasts.ts';
import type { Effect, LinkId, Unicast } from './effects.ts';
import { decodeFrame, encodeFrame } from './frame-codec.ts';
import type { Link } from './links.ts';
import { Links } from './links.ts';
import { type MeshNumbers, meshNumbers } from './numbers.ts';
import { type Origin, Originators } from './originators.ts';
import { computeRoutes, neighbourLinks, type Route } from './routes.ts';
import { Sequence } from './sequence.ts';

export interface MeshCoreOptions {
  readonly self: NodeId;
  readonly key: KeyStatement;
  /** Monotonic milliseconds, as in every later call. */
  readonly now: number;
  /** Wall clock at the start: numbers of an earlier life must lie below. */
  readonly wallMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** Must also refuse ids that are no sound Ed25519 keys. */
  readonly verify: (id: NodeId, message: Uint8Array, signature: Uint8Array) => boolean;
  readonly numbers?: Partial<MeshNumbers>;
}

interface Flooder {
  drops: number;
  since: number;
  until: number;
}

export class MeshCore {
  readonly self: NodeId;
  readonly numbers: MeshNumbers;
  readonly #links: Links;
  readonly #origins: Originators;
  readonly #broadcasts: Broadcasts;
  readonly #flooders = new Map<NodeId, Flooder>();
  readonly #selfBytes: Uint8Array;
  #effects: Effect[] = [];
  #routes = new Map<NodeId, Route>();
  #stale = false;
  #tellAt = Number.POSITIVE_INFINITY;
  #now: number;

  constructor(options: MeshCoreOptions) {
    this.self = options.self;
    this.#selfBytes = hexToBytes(options.self);
    this.#now = options.now;
    this.numbers = { ...meshNumbers, ...options.numbers };
    const emit = (effect: Effect) => this.#effects.push(effect);
    const sequence = new Sequence(options.wallMs, options.now);
    const { self, sign, verify, random } = options;
    const onRateLimited = (origin: NodeId, now: number) => this.#countFlood(origin, now);
    this.#links = new Links(this.numbers, emit);
    const common = {
      self,
      numbers: this.numbers,
      links: this.#links,
      sequence,
      emit,
      sign,
      verify,
      onRateLimited,
    };
    this.#origins = new Originators(
      { ...common, random, onChange: (how) => this.#changed(how) },
      options.key,
      options.now,
    );
    const newestOf = (id: NodeId) => this.#origins.table.get(id)?.sequence;
    this.#broadcasts = new Broadcasts({ ...common, newestOf });
  }

  /** The link's other end has proven to hold `peer`. */
  onLinkUp(link: LinkId, peer: NodeId, now: number): Effect[] {
    this.#now = now;
    if (this.#links.all.size >= this.numbers.maxLinks) {
      this.#effects.push({ do: 'close', link, reason: 'misbehaving' });
      return this.#take();
    }
    this.#origins.onLinkUp(this.#links.up(link, peer, now), now);
    this.#changed();
    return this.#take();
  }

  onLinkDown(link: LinkId, now: number): Effect[] {
    this.#now = now;
    if (this.#links.all.delete(link)) {
      this.#origins.onLinkDown(link, now);
      this.#changed();
    }
    return this.#take();
  }

  /** One frame from a neighbour. Never throws for what it holds: bad frames are dropped and counted. */
  onMessage(linkId: LinkId, bytes: Uint8Array, now: number): Effect[] {
    this.#now = now;
    const link = this.#links.all.get(linkId);
    if (!link) {
      this.#effects.push({ do: 'dropped', reason: 'unknown-link', link: linkId, what: 'frame' });
      return this.#take();
    }
    link.heardAt = now;
    const had = this.#effects.length;
    try {
      this.#onFrame(link, bytes, now);
    } catch (error) {
      if (!isAbhayaError(error)) throw error;
      const reason = error.code === 'wire.too-large' ? 'too-large' : 'malformed';
      this.#effects.push({ do: 'dropped', reason, link: linkId, what: 'frame' });
    }
    const bad = this.#effects.slice(had).filter((effect) => effect.do === 'dropped' && isBad(effect.reason));
    if (bad.some(() => !link.bad.take(now))) {
      this.#effects.push({ do: 'close', link: linkId, reason: 'misbehaving' });
    }
    return this.#take();
  }

  #onFrame(link: Link, bytes: Uint8Array, now: number): void {
    const frame = decodeFrame(bytes);
    switch (frame.type) {
      case 'heartbeat':
        return void this.#links.onHeartbeat(link, frame.head, now);
      case 'originators':
        return void this.#origins.onEntries(link, frame.head[1], now);
      case 'broadcast':
        return void this.#broadcasts.onFrame(link, frame.head, frame.payload, now);
      case 'unicast':
        return void this.#onUnicast(link, frame.head, frame.payload);
    }
  }

  /** To be called at nextAt() or earlier, as often as one likes. */
  onTick(now: number): Effect[] {
    this.#now = now;
    this.#links.tick(now);
    this.#origins.tick(now);
    this.#broadcasts.tick(now);
    if (now >= this.#tellAt) {
      this.#tellAt = Number.POSITIVE_INFINITY;
      this.#effects.push({ do: 'topology' });
    }
    for (const [id, flooder] of this.#flooders) {
      if (now - flooder.since > this.numbers.floodWindowMs && now > flooder.until) this.#flooders.delete(id);
    }
    return this.#take();
  }

  /** When onTick has something to do next, in the caller's monotonic milliseconds. */
  nextAt(): number {
    return Math.min(this.#links.nextAt(), this.#origins.nextAt(), this.#tellAt);
  }

  broadcast(kind: string, body: Uint8Array, ttl: number, now: number): Effect[] {
    this.#broadcasts.originate(kind, body, Math.min(ttl, this.numbers.maxHops), now);
    return this.#take();
  }

  /** Undefined when there is no route now. */
  unicast(message: Omit<Unicast, 'from'>): Effect[] | undefined {
    const route = this.route(message.to);
    const to = this.#origins.table.get(message.to)?.idBytes ?? (route && hexToBytes(message.to));
    if (!route || !to) return undefined;
    const { maxHops } = this.numbers;
    const head: UnicastHead = [
      FrameType.unicast,
      this.#selfBytes,
      to,
      maxHops,
      0,
      message.class,
      message.channel,
      message.sequence,
    ];
    this.#sendUnicast(route.link, head, message.payload);
    return this.#take();
  }

  #onUnicast(link: Link, head: UnicastHead, payload: Uint8Array): void {
    const [type, fromBytes, toBytes, ttl, hopsBefore, klass, channel, sequence] = head;
    const hops = hopsBefore + 1;
    const from = bytesToHex(fromBytes);
    const to = bytesToHex(toBytes);
    if (to === this.self) {
      const message = { from, to, class: klass as UnicastClass, channel, sequence, payload };
      this.#effects.push({ do: 'deliver-unicast', message, hops });
      return;
    }
    const drop = (reason: 'ttl' | 'loop' | 'no-route') =>
      this.#effects.push({ do: 'dropped', reason, link: link.id, from, what: 'unicast' });
    if (hops >= Math.min(ttl, this.numbers.maxHops)) return void drop('ttl');
    const route = this.route(to);
    if (!route) return void drop('no-route');
    // Back to where it came from: the two of us disagree about the way, and more frames would only circle.
    if (route.nextHop === link.peer || from === this.self) return void drop('loop');
    this.#sendUnicast(route.link, [type, fromBytes, toBytes, ttl, hops, klass, channel, sequence], payload);
  }

  #sendUnicast(link: LinkId, head: UnicastHead, payload: Uint8Array): void {
    const priority = head[5] === UnicastClass.data ? 'bulk' : 'control';
    this.#effects.push({ do: 'send', link, frame: encodeFrame(head, payload), priority });
  }

  /** Tells the next originator message; `soon` when others should know now. At most 2 KiB. */
  setAnnouncement(bytes: Uint8Array, now: number): void {
    this.#origins.announcement = bytes;
    this.#origins.changed(now);
  }

  setKey(key: KeyStatement, now: number): void {
    this.#origins.key = key;
    this.#origins.changed(now);
  }

  /** Asks the mesh for a route beyond our map; the answer is a topology effect, or silence. */
  seek(target: NodeId, now: number): boolean {
    return this.#origins.scoped && this.#origins.seek(target, now);
  }

  route(to: NodeId): Route | undefined {
    this.#refresh();
    const best = this.#routes.get(to);
    if (best || !this.#origins.scoped) return best;
    const hint = this.#origins.table.get(to);
    const link = hint && this.#links.all.get(hint.via);
    if (!hint || !link) return undefined;
    return { nextHop: link.peer, link: link.id, hops: hint.hops, quality: 0, rttMs: undefined };
  }

  origin(id: NodeId): Origin | undefined {
    return this.#origins.table.get(id);
  }

  flooders(): { readonly nodeId: NodeId; readonly drops: number }[] {
    return [...this.#flooders]
      .filter(([, f]) => f.until > this.#now)
      .map(([nodeId, { drops }]) => ({ nodeId, drops }));
  }

  linkOf(id: LinkId): { readonly rttMs: number | undefined; readonly quality: number } | undefined {
    const link = this.#links.all.get(id);
    return link && { rttMs: link.rttMs, quality: link.toldQuality / 100 };
  }

  topology(): Topology {
    this.#refresh();
    const neighbours = [...neighbourLinks(this.#links)].map(([nodeId, link]) => ({
      nodeId,
      quality: link.toldQuality / 100,
    }));
    const nodes: MeshNodeView[] = [
      {
        nodeId: this.self,
        hops: 0,
        rttMs: 0,
        quality: 1,
        nextHop: undefined,
        neighbours,
        lastSeenMs: this.#now,
      },
    ];
    const reachable = this.#origins.scoped ? this.#origins.table.keys() : this.#routes.keys();
    for (const nodeId of reachable) {
      const route = this.route(nodeId);
      const origin = this.#origins.table.get(nodeId);
      // A neighbour that has not told of itself yet can't be sent anything sealed: it isn't there yet.
      if (!route || !origin) continue;
      const links = [...origin.facts.links.values()].flatMap(({ prefix, quality }) => {
        const id =
          prefix === this.self.slice(0, prefix.length) ? this.self : this.#origins.byPrefix.get(prefix);
        return id === undefined ? [] : [{ nodeId: id, quality: quality / 100 }];
      });
      const { hops, rttMs, quality, nextHop } = route;
      nodes.push({
        nodeId,
        hops,
        rttMs,
        quality,
        nextHop,
        neighbours: links,
        lastSeenMs: origin.heardAt,
      });
    }
    return { self: this.self, nodes };
  }

  #changed(how: 'clearly' | 'slightly' = 'clearly'): void {
    this.#stale = true;
    const { coalesceMs, waverTellMs } = this.numbers;
    this.#tellAt = Math.min(this.#tellAt, this.#now + (how === 'clearly' ? coalesceMs : waverTellMs));
  }

  #refresh(): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#routes = computeRoutes(this.self, this.#links, this.#origins, this.numbers);
  }

  #countFlood(origin: NodeId, now: number): void {
    const { floodDrops, floodWindowMs } = this.numbers;
    let flooder = this.#flooders.get(origin);
    if (!flooder || now - flooder.since > floodWindowMs) {
      flooder = { drops: 0, since: now, until: flooder?.until ?? 0 };
      this.#flooders.set(origin, flooder);
    }
    flooder.drops += 1;
    if (flooder.drops < floodDrops) return;
    if (flooder.until <= now) this.#changed();
    flooder.until = now + floodWindowMs;
  }

  #take(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

const isBad = (reason: string): boolean =>
  reason === 'malformed' || reason === 'too-large' || reason === 'forged';
