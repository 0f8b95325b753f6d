// One node of the mesh on a real phone: the pure core, real links, real time, sealed messages. Owns all of them.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  createHpkeKeys,
  createSuite,
  createTlsIdentity,
  createVerifier,
  type NodeIdentity,
  parseNodeId,
} from '#agent/identity';
import {
  AbhayaError,
  type Clock,
  Emitter,
  isAbhayaError,
  type Logger,
  type Random,
  Scope,
  silentLogger,
  systemClock,
  systemRandom,
  throwIfAborted,
  type Unsubscribe,
} from '#base';
import {
  decodeCbor,
  encodeCbor,
  frameLimits,
  MAX_ANNOUNCEMENT_BYTES,
  MessageKind,
  parserOf,
  UnicastClass,
} from '#schemas';
import type { Effect, LinkId } from './core/effects.ts';
import { MeshCore } from './core/mesh-core.ts';
import type { MeshNumbers } from './core/numbers.ts';
import { Datagrams, KEY_ROTATION_MS, type SealingContext } from './e2e/datagrams.ts';
import { type Dialler, startDialler } from './link/dialler.ts';
import { createAcceptor, dialOver } from './link/handshake.ts';
import { LinkSet } from './link/link-set.ts';
import type { LinkEnd, WsLink } from './link/ws-link.ts';
import { DropCounter, type MeshStats } from './mesh-stats.ts';
import type { Mesh, MeshStream, NodeId, ReceivedMessage, Topology, WireValue } from './port.ts';
import { type StreamNumbers, streamNumbers } from './streams/mesh-stream.ts';
import { StreamHub } from './streams/stream-hub.ts';

export interface MeshNodeOptions {
  readonly identity: NodeIdentity;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Aborting it closes the node. */
  readonly signal?: AbortSignal;
  /** Which nodes may have links to us when they dial and no peer is expected. Default: none. */
  readonly allow?: (peer: NodeId) => boolean;
  readonly numbers?: Partial<MeshNumbers>;
  readonly streamNumbers?: Partial<StreamNumbers>;
}

export interface AttachedLink {
  readonly peer: NodeId;
  /** Resolves when the link is over. */
  readonly ended: Promise<LinkEnd>;
  close(): void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface MeshNode extends Mesh {
  /** Accepts links of allowed nodes at this address. */
  listen(options: { host: string; port: number; allow?: (peer: NodeId) => boolean }): Promise<Listener>;
  /** Keeps a link to the peer alive until the dialler is closed. */
  dial(options: { host: string; port: number; peer: NodeId }): Dialler;
  /** Makes a link over a connected stream, whose other end attaches an acceptor. Owns the stream from now on. */
  attachDialler(socket: Duplex, peer: NodeId): Promise<AttachedLink>;
  /** The accepting end; `peer` pins who must be there, otherwise `allow` decides. */
  attachAcceptor(socket: Duplex, peer?: NodeId): Promise<AttachedLink>;
  /** What our originator messages tell of us beside links: opaque to the mesh, at most 2 KiB. */
  setAnnouncement(bytes: Uint8Array): void;
  announcementOf(node: NodeId): Uint8Array | undefined;
  /** Every frame as it comes from a neighbour, before it is judged: for captures. The bytes must not be changed. */
  onFrame(listener: (frame: Uint8Array, from: NodeId) => void): Unsubscribe;
  stats(): MeshStats;
  /** Streams are reset, links closed. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** Kinds that the mesh keeps for itself; listeners never see them. */
const UNKNOWN_STREAM = 'mesh_stream_unknown';
const SEEK_WAIT_MS = 3_000;
const MAX_BROADCAST_BYTES = frameLimits.broadcast - 256;
const parseKind = parserOf(MessageKind, 'message kind', 'input.invalid');

export async function createMeshNode(options: MeshNodeOptions): Promise<MeshNode> {
  const { identity, logger = silentLogger, random = systemRandom, clock = systemClock } = options;
  const allowByDefault = options.allow ?? (() => false);
  const self = identity.nodeId;
  const scope = new Scope(`mesh ${self.slice(0, 8)}`);
  const now = () => clock.monotonic();
  const suite = createSuite();
  const verify = createVerifier();
  const keys = await createHpkeKeys(identity, clock.now(), suite);
  const tls = await createTlsIdentity(identity);
  const acceptor = createAcceptor(tls);
  const links = new LinkSet(self);
  const drops = new DropCounter();
  const onListenerError = (error: unknown) => {
    logger.error('a mesh listener threw', { error: String(error) });
  };
  const messages = new Emitter<ReceivedMessage>(onListenerError);
  const topologies = new Emitter<Topology>(onListenerError);
  const frames = new Emitter<{ frame: Uint8Array; from: NodeId }>(onListenerError);

  const core = new MeshCore({
    self,
    key: keys.current.statement,
    now: now(),
    wallMs: clock.now(),
    random: () => random.float(),
    sign: (message) => identity.sign(message),
    verify,
    ...(options.numbers ? { numbers: options.numbers } : {}),
  });
  const context: SealingContext = {
    self,
    suite,
    keys,
    verify,
    keyOf: (node) => core.origin(node)?.facts.key,
  };
  const datagrams = new Datagrams(context);
  const hub = new StreamHub(
    {
      context,
      numbers: { ...streamNumbers, ...options.streamNumbers },
      now,
      onWork: () => wake(),
      isRoutable: (peer) => core.route(peer) !== undefined,
      transmit: (message) => {
        const effects = scope.closed ? undefined : core.unicast(message);
        if (effects) run(effects);
        return effects !== undefined;
      },
      roomTowards: (peer) => {
        const route = core.route(peer);
        return route !== undefined && (links.get(route.link)?.bulkRoom ?? 0) >= frameLimits.data;
      },
      tellUnknown: (peer, id) => {
        sendDatagram(peer, UNKNOWN_STREAM, { id }).catch((error: unknown) => refused(error, peer));
      },
      onRefused: (error, from) => refused(error, from),
    },
    onListenerError,
  );

  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let linkNumber = Math.floor(clock.now());
  let nextHops = new Map<NodeId, LinkId>();

  function refused(error: unknown, from: NodeId): void {
    if (!isAbhayaError(error)) return void onListenerError(error);
    drops.count(error.code);
    logger.debug('a sealed message was refused', { from, code: error.code, message: error.message });
  }

  function run(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'send') links.get(effect.link)?.send(effect.frame, effect.priority);
      else if (effect.do === 'deliver-broadcast') deliverBroadcast(effect);
      else if (effect.do === 'deliver-unicast') deliverUnicast(effect);
      else if (effect.do === 'topology') onTopology();
      else if (effect.do === 'close') links.get(effect.link)?.close(effect.reason);
      else {
        drops.count(effect.reason);
        logger.debug('a frame was dropped', {
          reason: effect.reason,
          what: effect.what,
          from: effect.from ?? '',
        });
      }
    }
  }

  function deliverBroadcast({ from, kind, body, hops }: Extract<Effect, { do: 'deliver-broadcast' }>): void {
    try {
      messages.emit({ kind, from, body: decodeCbor(body, frameLimits.broadcast), hops, broadcast: true });
    } catch (error) {
      refused(error, from);
    }
  }

  function deliverUnicast({ message, hops }: Extract<Effect, { do: 'deliver-unicast' }>): void {
    if (message.class !== UnicastClass.datagram) return void hub.onFrame(message);
    const { from } = message;
    datagrams
      .open(from, message.sequence, message.payload)
      .then(({ kind, body }) => {
        if (scope.closed) return;
        if (kind !== UNKNOWN_STREAM) return messages.emit({ kind, from, body, hops, broadcast: false });
        const id = (body as { id?: unknown } | null)?.id;
        if (id instanceof Uint8Array) hub.onUnknown(from, id);
      })
      .catch((error: unknown) => refused(error, from));
  }

  function onTopology(): void {
    const topology = core.topology();
    const before = nextHops;
    nextHops = new Map();
    for (const { nodeId } of topology.nodes) {
      const route = core.route(nodeId);
      if (route) nextHops.set(nodeId, route.link);
    }
    hub.onRoutesChanged((peer) => nextHops.has(peer) && before.get(peer) !== nextHops.get(peer));
    topologies.emit(topology);
    wake();
  }

  /** After this turn of the event loop: streams send, and the timer is set to what comes next. */
  function wake(): void {
    if (immediate || scope.closed) return;
    immediate = setImmediate(() => {
      immediate = undefined;
      if (scope.closed) return;
      hub.work();
      const at = Math.min(core.nextAt(), hub.nextAt());
      clearTimeout(timer);
      timer = setTimeout(tick, Math.max(1, Math.min(1_000, at - now())));
    });
  }

  function tick(): void {
    run(core.onTick(now()));
    wake();
  }

  function take(link: WsLink): boolean {
    const added = scope.closed ? undefined : links.add(link);
    if (!added) {
      link.close(scope.closed ? 'closed' : 'duplicate');
      return false;
    }
    const { id, replaces } = added;
    run(core.onLinkUp(id, link.facts.peer, now()));
    if (replaces !== undefined) links.get(replaces)?.close('duplicate');
    link.start(
      (frame) => {
        if (frames.size > 0) frames.emit({ frame, from: link.facts.peer });
        run(core.onMessage(id, frame, now()));
        wake();
      },
      () => wake(),
    );
    logger.info('a link is up', { peer: link.facts.peer, link: id });
    void link.ended.then((end) => {
      links.remove(id);
      logger.info('a link is down', { peer: link.facts.peer, link: id, ...end });
      if (scope.closed) return;
      if (end.by === 'us' && end.reason !== 'closed') drops.count(`link-${end.reason}`);
      run(core.onLinkDown(id, now()));
      wake();
    });
    wake();
    return true;
  }

  async function attach(making: Promise<WsLink>): Promise<AttachedLink> {
    const link = await making;
    if (!take(link)) throw new AbhayaError('conflict', 'there is a better link to this peer already');
    return { peer: link.facts.peer, ended: link.ended, close: () => link.close('closed') };
  }

  function alive(): void {
    if (scope.closed) throw new AbhayaError('closed', 'the mesh node has closed');
  }

  /** The stream is ours from the call on, also when we are closed. */
  function aliveFor(socket: Duplex): void {
    if (scope.closed) socket.destroy();
    alive();
  }

  async function routeTo(to: NodeId, signal?: AbortSignal): Promise<void> {
    if (core.route(to) && core.origin(to)) return;
    if (core.seek(to, now())) {
      wake();
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(deadline);
          stop();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const stop = topologies.on(() => core.route(to) && core.origin(to) && done());
        const deadline = setTimeout(done, SEEK_WAIT_MS);
        signal?.addEventListener('abort', done, { once: true });
        scope.add(done);
      });
    }
    throwIfAborted(signal);
    if (!core.route(to) || !core.origin(to))
      throw new AbhayaError('mesh.unroutable', `no route to node ${to.slice(0, 16)}`, { details: { to } });
  }

  async function sendDatagram(to: NodeId, kind: string, body: WireValue): Promise<void> {
    alive();
    await routeTo(to);
    const sealed = await datagrams.seal(to, kind, encodeCbor(body));
    const effects = scope.closed ? undefined : core.unicast({ to, class: UnicastClass.datagram, ...sealed });
    if (!effects) throw new AbhayaError('mesh.unroutable', 'the route was lost', { details: { to } });
    run(effects);
  }

  async function listen(where: Parameters<MeshNode['listen']>[0]): Promise<Listener> {
    alive();
    const allow = where.allow ?? allowByDefault;
    const raw = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      raw.add(socket);
      socket.once('close', () => raw.delete(socket));
      socket.on('error', () => socket.destroy());
      acceptor.acceptOver(socket, { allow }).then(take, (error: Error) => {
        drops.count(isAbhayaError(error) ? error.code : 'bug');
        logger.warn('an incoming link was refused', { message: error.message });
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(where.port, where.host, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const close = async () => {
      for (const socket of raw) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    };
    scope.add(close);
    return { host: where.host, port, close };
  }

  function dial(where: Parameters<MeshNode['dial']>[0]): Dialler {
    alive();
    const dialler = startDialler({
      ...where,
      peer: parseNodeId(where.peer),
      random,
      logger,
      handshake: (socket) => dialOver(socket, { tls, expect: where.peer, number: ++linkNumber }),
      onLink: take,
      monotonic: now,
      peerFree: (signal) => links.free(where.peer, signal),
    });
    scope.add(() => dialler.close());
    return dialler;
  }

  const rotation = setInterval(() => {
    keys.rotate(clock.now()).then((key) => {
      core.setKey(key.statement, now());
      wake();
    }, onListenerError);
  }, KEY_ROTATION_MS);
  rotation.unref();

  scope.add(() => acceptor.close());
  scope.add(async () => {
    const gone = [...links.entries()].map(([, link]) => {
      link.close('closed');
      return link.gone();
    });
    await Promise.all(gone);
  });
  scope.add(() => {
    clearTimeout(timer);
    clearInterval(rotation);
    if (immediate) clearImmediate(immediate);
    options.signal?.removeEventListener('abort', onAbort);
  });

  async function close(): Promise<void> {
    if (!scope.closed) hub.close();
    await scope.close();
  }
  const onAbort = () => void close().catch(onListenerError);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  wake();

  return {
    nodeId: self,
    broadcast(kind, body, { ttl } = {}) {
      alive();
      const bytes = encodeCbor(body);
      if (bytes.length > MAX_BROADCAST_BYTES)
        throw new AbhayaError('input.too-large', `a broadcast holds ${MAX_BROADCAST_BYTES} bytes`);
      run(core.broadcast(parseKind(kind), bytes, ttl ?? core.numbers.broadcastTtl, now()));
    },
    send: sendDatagram,
    async openStream(to, header, { signal } = {}): Promise<MeshStream> {
      alive();
      throwIfAborted(signal);
      await routeTo(to, signal);
      const stream = await hub.open(to, header);
      const stop = () => stream.reset('cancelled');
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
      return stream;
    },
    onMessage: (listener) => messages.on(listener),
    onStream: (listener) => hub.opened.on(listener),
    onTopology: (listener) => topologies.on(listener),
    topology: () => core.topology(),
    listen,
    dial,
    async attachDialler(socket, peer) {
      aliveFor(socket);
      return attach(dialOver(socket, { tls, expect: parseNodeId(peer), number: ++linkNumber }));
    },
    async attachAcceptor(socket, peer) {
      aliveFor(socket);
      const expected = peer === undefined ? undefined : parseNodeId(peer);
      const allow = expected === undefined ? allowByDefault : (who: NodeId) => who === expected;
      return attach(acceptor.acceptOver(socket, { allow }));
    },
    setAnnouncement(bytes) {
      if (bytes.length > MAX_ANNOUNCEMENT_BYTES)
        throw new AbhayaError('input.too-large', `an announcement holds ${MAX_ANNOUNCEMENT_BYTES} bytes`);
      core.setAnnouncement(bytes, now());
      wake();
    },
    announcementOf: (node) => core.origin(node)?.facts.announcement,
    onFrame: (listener) => frames.on(({ frame, from }) => listener(frame, from)),
    stats: () => ({
      links: [...links.entries()].map(([id, link]) => ({
        peer: link.facts.peer,
        dialledByUs: link.facts.dialledByUs,
        ...link.stats(),
        rttMs: core.linkOf(id)?.rttMs,
        quality: core.linkOf(id)?.quality ?? 0,
      })),
      streams: hub.size,
      drops: drops.all(),
      flooders: core.flooders(),
    }),
    close,
  };
}
