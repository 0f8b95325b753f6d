// What a node says end to end, over the core's routes: sealed datagrams and streams, and what arrives of them.

import { AbhayaError, Emitter, isAbhayaError, type Logger, throwIfAborted } from '#base';
import { decodeCbor, encodeCbor, frameLimits, UnicastClass } from '#schemas';
import type { Effect, LinkId } from './core/effects.ts';
import type { MeshCore } from './core/mesh-core.ts';
import type { CoreDriver } from './core-driver.ts';
import { Datagrams, type SealingContext } from './e2e/datagrams.ts';
import type { LinkSet } from './link/link-set.ts';
import type { DropCounter } from './mesh-stats.ts';
import type { MeshStream, NodeId, ReceivedMessage, Topology, WireValue } from './port.ts';
import type { StreamNumbers } from './streams/mesh-stream.ts';
import { StreamHub } from './streams/stream-hub.ts';

export interface MessagingOptions {
  readonly core: MeshCore;
  readonly links: LinkSet;
  readonly context: SealingContext;
  readonly driver: Pick<CoreDriver, 'run' | 'wake'>;
  readonly drops: DropCounter;
  readonly streamNumbers: StreamNumbers;
  readonly now: () => number;
  /** Aborted when the node begins to close. */
  readonly signal: AbortSignal;
  readonly onListenerError: (error: unknown) => void;
  readonly logger: Logger;
}

/** A kind that the mesh keeps for itself; listeners never see it. */
const UNKNOWN_STREAM = 'mesh_stream_unknown';
const SEEK_WAIT_MS = 3_000;

export class Messaging {
  readonly messages: Emitter<ReceivedMessage>;
  readonly topologies: Emitter<Topology>;
  readonly hub: StreamHub;
  readonly #o: MessagingOptions;
  readonly #datagrams: Datagrams;
  #nextHops = new Map<NodeId, LinkId>();

  constructor(options: MessagingOptions) {
    this.#o = options;
    const { core, links, context, driver, onListenerError } = options;
    this.messages = new Emitter<ReceivedMessage>(onListenerError);
    this.topologies = new Emitter<Topology>(onListenerError);
    this.#datagrams = new Datagrams(context);
    this.hub = new StreamHub(
      {
        context,
        numbers: options.streamNumbers,
        now: options.now,
        onWork: () => driver.wake(),
        isRoutable: (peer) => core.route(peer) !== undefined,
        transmit: (message) => {
          const effects = options.signal.aborted ? undefined : core.unicast(message);
          if (effects) driver.run(effects);
          return effects !== undefined;
        },
        roomTowards: (peer) => {
          const route = core.route(peer);
          return route !== undefined && (links.get(route.link)?.bulkRoom ?? 0) >= frameLimits.data;
        },
        tellUnknown: (peer, id) => {
          this.send(peer, UNKNOWN_STREAM, { id }).catch((error: unknown) => this.#refused(error, peer));
        },
        onRefused: (error, from) => this.#refused(error, from),
      },
      onListenerError,
    );
  }

  async send(to: NodeId, kind: string, body: WireValue): Promise<void> {
    const { core, driver, signal } = this.#o;
    await this.#routeTo(to);
    const sealed = await this.#datagrams.seal(to, kind, encodeCbor(body));
    const effects = signal.aborted
      ? undefined
      : core.unicast({ to, class: UnicastClass.datagram, ...sealed });
    if (!effects) throw new AbhayaError('mesh.unroutable', 'the route was lost', { details: { to } });
    driver.run(effects);
  }

  async openStream(to: NodeId, header: WireValue, signal?: AbortSignal): Promise<MeshStream> {
    await this.#routeTo(to, signal);
    const stream = await this.hub.open(to, header);
    const stop = () => stream.reset('cancelled');
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    return stream;
  }

  onBroadcast({ from, kind, body, hops }: Extract<Effect, { do: 'deliver-broadcast' }>): void {
    try {
      this.messages.emit({
        kind,
        from,
        body: decodeCbor(body, frameLimits.broadcast),
        hops,
        broadcast: true,
      });
    } catch (error) {
      this.#refused(error, from);
    }
  }

  onUnicast({ message, hops }: Extract<Effect, { do: 'deliver-unicast' }>): void {
    if (message.class !== UnicastClass.datagram) return void this.hub.onFrame(message);
    const { from } = message;
    this.#datagrams
      .open(from, message.sequence, message.payload)
      .then(({ kind, body }) => {
        if (this.#o.signal.aborted) return;
        if (kind !== UNKNOWN_STREAM) return this.messages.emit({ kind, from, body, hops, broadcast: false });
        const id = (body as { id?: unknown } | null)?.id;
        if (id instanceof Uint8Array) this.hub.onUnknown(from, id);
      })
      .catch((error: unknown) => this.#refused(error, from));
  }

  onTopology(): void {
    const { core, driver } = this.#o;
    const topology = core.topology();
    const before = this.#nextHops;
    this.#nextHops = new Map();
    for (const { nodeId } of topology.nodes) {
      const route = core.route(nodeId);
      if (route) this.#nextHops.set(nodeId, route.link);
    }
    this.hub.onRoutesChanged(
      (peer) => this.#nextHops.has(peer) && before.get(peer) !== this.#nextHops.get(peer),
    );
    this.topologies.emit(topology);
    driver.wake();
  }

  async #routeTo(to: NodeId, signal?: AbortSignal): Promise<void> {
    const { core, driver } = this.#o;
    const known = () => core.route(to) !== undefined && core.origin(to) !== undefined;
    if (known()) return;
    if (core.seek(to, this.#o.now())) {
      driver.wake();
      await this.#untilKnown(known, signal);
    }
    throwIfAborted(signal);
    if (!known())
      throw new AbhayaError('mesh.unroutable', `no route to node ${to.slice(0, 16)}`, { details: { to } });
  }

  /** Ends with a route, after a while, or when anybody gives up. */
  async #untilKnown(known: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    const ends = AbortSignal.any([this.#o.signal, ...(signal ? [signal] : [])]);
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(deadline);
        stop();
        ends.removeEventListener('abort', done);
        resolve();
      };
      const stop = this.topologies.on(() => known() && done());
      const deadline = setTimeout(done, SEEK_WAIT_MS);
      ends.addEventListener('abort', done, { once: true });
    });
  }

  #refused(error: unknown, from: NodeId): void {
    const { drops, logger, onListenerError } = this.#o;
    if (!isAbhayaError(error)) return void onListenerError(error);
    drops.count(error.code);
    logger.debug('a sealed message was refused', { from, code: error.code, message: error.message });
  }
}
