// A deterministic mesh of any size on one thread: the unchanged core of every node, virtual time, seeded chance.
// The same options and calls give the same run to the byte, which `digest` shows.

import { type Effect, type LinkId, MeshCore, type MeshNumbers } from '#agent/mesh';
import { type Random, seededRandom } from '#base';
import { createShaper, type LinkShape, type Pair, type Shaper } from '#lab/links';
import { EventQueue } from './event-queue.ts';
import { toySigner, toyVerify } from './toy-signatures.ts';

export interface SimulatorOptions {
  readonly nodes: number;
  readonly seed: number;
  /** Of every link unless told otherwise. Loss delays, as on a byte stream; nothing is missing. */
  readonly shape?: LinkShape;
  readonly numbers?: Partial<MeshNumbers>;
}

export interface SimDelivery {
  readonly at: number;
  readonly node: number;
  readonly effect: Extract<Effect, { do: 'deliver-broadcast' | 'deliver-unicast' }>;
}

export interface SimReport {
  /** Virtual milliseconds. */
  readonly now: number;
  readonly events: number;
  readonly frames: number;
  readonly bytes: number;
  readonly deliveries: number;
  readonly drops: Readonly<Record<string, number>>;
  /** Ordered pairs of nodes with a route, of all pairs. */
  readonly routed: number;
  readonly pairs: number;
  /** Same run, same digest. */
  readonly digest: string;
}

type Event =
  | { readonly kind: 'tick'; readonly node: number }
  | { readonly kind: 'frame'; readonly link: SimLink; readonly to: number; readonly frame: Uint8Array };

/** A quiet Wi-Fi. */
const lan: LinkShape = { delayMs: 2, loss: 0, rateBytesPerSecond: 0 };

interface SimLink {
  readonly id: LinkId;
  readonly ends: Pair;
  /** By direction: from the first end, from the second. */
  readonly shapers: readonly [Shaper, Shaper];
  up: boolean;
  /** Of frames that were sent, by direction. */
  readonly bytes: [number, number];
}

/** A link as it is shown. */
export interface SimLinkView {
  readonly ends: Pair;
  readonly up: boolean;
  readonly bytes: readonly [number, number];
}

interface SimNode {
  readonly core: MeshCore;
  readonly links: Map<LinkId, SimLink>;
  tickAt: number;
}

export class Simulator {
  readonly #options: SimulatorOptions;
  readonly #random: Random;
  readonly #queue = new EventQueue<Event>();
  readonly #nodes: SimNode[] = [];
  readonly #links = new Map<string, SimLink>();
  readonly #drops: Record<string, number> = {};
  #nextLink = 1;
  #now = 0;
  #events = 0;
  #frames = 0;
  #bytes = 0;
  #deliveries = 0;
  #digestA = 0x811c9dc5;
  #digestB = 0x9747b28c;
  /** Called for everything that reaches an application. */
  onDelivery: (delivery: SimDelivery) => void = () => {};
  /** Called when a node's picture of the mesh has changed. */
  onTopology: (node: number) => void = () => {};

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    for (let index = 0; index < options.nodes; index++) {
      const signer = toySigner(index);
      const core = new MeshCore({
        self: signer.nodeId,
        key: [0, new Uint8Array(32), new Uint8Array(64)],
        now: 0,
        wallMs: 1,
        random: () => this.#random.float(),
        sign: signer.sign,
        verify: toyVerify,
        ...(options.numbers ? { numbers: options.numbers } : {}),
      });
      this.#nodes.push({ core, links: new Map(), tickAt: Number.POSITIVE_INFINITY });
      this.#plan(index);
    }
  }

  get now(): number {
    return this.#now;
  }

  node(index: number): MeshCore {
    return this.#at(index).core;
  }

  idOf(index: number): string {
    return this.node(index).self;
  }

  #at(index: number): SimNode {
    const node = this.#nodes[index];
    if (!node) throw new RangeError(`no node ${index}`);
    return node;
  }

  linkUp(a: number, b: number, shape: LinkShape = this.#options.shape ?? lan): void {
    const name = nameOf(a, b);
    if (this.#links.get(name)?.up) return;
    const shaper = () => createShaper(shape, this.#random);
    const ends: Pair = [a, b];
    const link: SimLink = {
      id: this.#nextLink++,
      ends,
      shapers: [shaper(), shaper()],
      up: true,
      bytes: [0, 0],
    };
    this.#links.set(name, link);
    for (const [from, to] of [ends, [b, a] as const]) {
      const node = this.#at(from);
      node.links.set(link.id, link);
      this.#run(from, node.core.onLinkUp(link.id, this.idOf(to), this.#now));
    }
  }

  /** Both ends notice at once; frames under way are lost. */
  linkDown(a: number, b: number): void {
    const link = this.#links.get(nameOf(a, b));
    if (!link?.up) return;
    this.#cut(link);
  }

  #cut(link: SimLink): void {
    link.up = false;
    for (const end of link.ends) {
      const node = this.#at(end);
      if (node.links.delete(link.id)) this.#run(end, node.core.onLinkDown(link.id, this.#now));
    }
  }

  /** Every link that ever was, in the order of its first coming up. */
  links(): readonly SimLinkView[] {
    return [...this.#links.values()];
  }

  get frames(): number {
    return this.#frames;
  }

  broadcast(from: number, kind: string, body: Uint8Array, ttl = 64): void {
    this.#run(from, this.node(from).broadcast(kind, body, ttl, this.#now));
  }

  /** False when the sender has no route. */
  unicast(from: number, to: number, payload: Uint8Array, sequence = 0): boolean {
    const message = { to: this.idOf(to), class: 0 as const, channel: new Uint8Array(16), sequence, payload };
    const effects = this.node(from).unicast(message);
    if (effects) this.#run(from, effects);
    return effects !== undefined;
  }

  seek(from: number, to: number): boolean {
    const asked = this.node(from).seek(this.idOf(to), this.#now);
    this.#plan(from);
    return asked;
  }

  /** Hands bytes to a node as if they had come over a link of its own; for hostile neighbours in tests. */
  inject(to: number, from: number, frame: Uint8Array): void {
    const link = this.#links.get(nameOf(to, from));
    if (link?.up) this.#run(to, this.node(to).onMessage(link.id, frame, this.#now));
  }

  /** Runs for so many virtual milliseconds. */
  run(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const planned = this.#queue.next();
      if (!planned) break;
      if (planned.at > until) {
        this.#queue.plan(planned.at, planned.event);
        break;
      }
      this.#now = planned.at;
      this.#step(planned.event);
    }
    this.#now = until;
  }

  /** Runs until every node of a connected mesh routes to every other, at most so long; the time that it took. */
  converge(maxMs: number, stepMs = 20): number | undefined {
    const start = this.#now;
    while (this.#now - start < maxMs) {
      this.run(stepMs);
      if (this.#nodes.every(({ core }) => core.topology().nodes.length === this.#nodes.length)) {
        return this.#now - start;
      }
    }
    return undefined;
  }

  #step(event: Event): void {
    if (event.kind === 'tick') {
      const node = this.#at(event.node);
      // Planned anew since: that later plan counts.
      if (node.tickAt !== this.#now) return;
      node.tickAt = Number.POSITIVE_INFINITY;
      this.#events += 1;
      this.#run(event.node, node.core.onTick(this.#now));
      return;
    }
    if (!event.link.up) return;
    this.#events += 1;
    this.#frames += 1;
    this.#bytes += event.frame.length;
    this.#mix(event.to, event.frame);
    this.#run(event.to, this.#at(event.to).core.onMessage(event.link.id, event.frame, this.#now));
  }

  #run(index: number, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'send') this.#send(index, effect.link, effect.frame);
      else if (effect.do === 'deliver-broadcast' || effect.do === 'deliver-unicast') {
        this.#deliveries += 1;
        this.onDelivery({ at: this.#now, node: index, effect });
      } else if (effect.do === 'topology') this.onTopology(index);
      else if (effect.do === 'dropped') this.#drops[effect.reason] = (this.#drops[effect.reason] ?? 0) + 1;
      else if (effect.do === 'close') {
        const link = this.#at(index).links.get(effect.link);
        if (link) this.#cut(link);
      }
    }
    this.#plan(index);
  }

  #send(from: number, id: LinkId, frame: Uint8Array): void {
    const link = this.#at(from).links.get(id);
    if (!link) return;
    const direction = link.ends[0] === from ? 0 : 1;
    const to = link.ends[direction === 0 ? 1 : 0];
    link.bytes[direction] += frame.length;
    const at = link.shapers[direction].release(this.#now, frame.length);
    this.#queue.plan(at, { kind: 'frame', link, to, frame });
  }

  #plan(index: number): void {
    const node = this.#at(index);
    const at = Math.max(this.#now, node.core.nextAt());
    if (at >= node.tickAt) return;
    node.tickAt = at;
    this.#queue.plan(at, { kind: 'tick', node: index });
  }

  /** Two multiplicative hashes over time, receiver and bytes: for comparing runs, not for security. */
  #mix(to: number, frame: Uint8Array): void {
    let a = this.#digestA ^ Math.floor(this.#now * 1_000);
    let b = this.#digestB ^ to;
    for (let at = 0; at < frame.length; at += 7) {
      a = Math.imul(a ^ (frame[at] as number), 0x01000193);
      b = Math.imul(b + (frame[at] as number), 0x5bd1e995);
    }
    this.#digestA = a >>> 0;
    this.#digestB = (b ^ frame.length) >>> 0;
  }

  report(): SimReport {
    const hex = (word: number) => word.toString(16).padStart(8, '0');
    const count = this.#nodes.length;
    return {
      now: this.#now,
      events: this.#events,
      frames: this.#frames,
      bytes: this.#bytes,
      deliveries: this.#deliveries,
      drops: { ...this.#drops },
      routed: this.#nodes.reduce((sum, { core }) => sum + core.topology().nodes.length - 1, 0),
      pairs: count * (count - 1),
      digest: hex(this.#digestA) + hex(this.#digestB),
    };
  }
}

const nameOf = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
