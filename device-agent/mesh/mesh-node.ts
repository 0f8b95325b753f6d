// One node of the mesh on a real phone: the pure core, real links, real time, sealed messages. Owns all of them.

import { createHpkeKeys, createSuite, createTlsIdentity, createVerifier } from '#agent/identity';
import { AbhayaError, Emitter, Scope, silentLogger, systemClock, systemRandom, throwIfAborted } from '#base';
import { encodeCbor, frameLimits, MAX_ANNOUNCEMENT_BYTES, MessageKind, parserOf } from '#schemas';
import { MeshCore } from './core/mesh-core.ts';
import { createCoreDriver } from './core-driver.ts';
import { KEY_ROTATION_MS } from './e2e/datagrams.ts';
import { createLinkDoors } from './link/link-doors.ts';
import { LinkSet } from './link/link-set.ts';
import { DropCounter } from './mesh-stats.ts';
import { Messaging } from './messaging.ts';
import type { MeshNode, MeshNodeOptions } from './node-port.ts';
import type { NodeId } from './port.ts';
import { streamNumbers } from './streams/mesh-stream.ts';

const MAX_BROADCAST_BYTES = frameLimits.broadcast - 256;
const parseKind = parserOf(MessageKind, 'message kind', 'input.invalid');

export async function createMeshNode(options: MeshNodeOptions): Promise<MeshNode> {
  const { identity, logger = silentLogger, random = systemRandom, clock = systemClock } = options;
  const self = identity.nodeId;
  const scope = new Scope(`mesh ${self.slice(0, 8)}`);
  const now = () => clock.monotonic();
  const suite = createSuite();
  const verify = createVerifier();
  const keys = await createHpkeKeys(identity, clock.now(), suite);
  const tls = createTlsIdentity(identity);
  const links = new LinkSet(self);
  const drops = new DropCounter();
  const onListenerError = (error: unknown) => {
    logger.error('a mesh listener threw', { error: String(error) });
  };
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
  const driver = createCoreDriver({
    core,
    links,
    drops,
    now,
    closed: () => scope.closed,
    onFrame: (frame, from) => {
      if (frames.size > 0) frames.emit({ frame, from });
    },
    onBroadcast: (effect) => messaging.onBroadcast(effect),
    onUnicast: (effect) => messaging.onUnicast(effect),
    onTopology: () => messaging.onTopology(),
    streams: () => messaging.hub,
    logger,
  });
  const messaging = new Messaging({
    core,
    links,
    driver,
    drops,
    context: { self, suite, keys, verify, keyOf: (node) => core.origin(node)?.facts.key },
    streamNumbers: { ...streamNumbers, ...options.streamNumbers },
    now,
    signal: scope.signal,
    onListenerError,
    logger,
  });
  const { hub } = messaging;
  const rotation = setInterval(() => {
    keys.rotate(clock.now()).then((key) => {
      core.setKey(key.statement, now());
      driver.wake();
    }, onListenerError);
  }, KEY_ROTATION_MS);
  rotation.unref();

  scope.add(async () => {
    const gone = [...links.entries()].map(([, link]) => {
      link.close('closed');
      return link.gone();
    });
    await Promise.all(gone);
  });
  scope.add(() => {
    driver.stop();
    clearInterval(rotation);
    options.signal?.removeEventListener('abort', onAbort);
  });
  const doors = createLinkDoors({
    tls,
    allow: options.allow ?? (() => false),
    take: driver.take,
    peerFree: (peer, signal) => links.free(peer, signal),
    drops,
    clock,
    random,
    logger,
  });
  scope.add(() => doors.close());

  async function close(): Promise<void> {
    if (!scope.closed) hub.close();
    await scope.close();
  }
  const onAbort = () => void close().catch(onListenerError);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  driver.wake();

  function alive(): void {
    if (scope.closed) throw new AbhayaError('closed', 'the mesh node has closed');
  }

  /** A stream that is handed over is ours from the call on, also when we are closed. */
  function aliveFor(socket: { destroy(): void }): void {
    if (scope.closed) socket.destroy();
    alive();
  }

  return {
    nodeId: self,
    broadcast(kind, body, { ttl } = {}) {
      alive();
      const bytes = encodeCbor(body);
      if (bytes.length > MAX_BROADCAST_BYTES)
        throw new AbhayaError('input.too-large', `a broadcast holds ${MAX_BROADCAST_BYTES} bytes`);
      driver.run(core.broadcast(parseKind(kind), bytes, ttl ?? core.numbers.broadcastTtl, now()));
    },
    async send(to, kind, body) {
      alive();
      await messaging.send(to, kind, body);
    },
    async openStream(to, header, { signal } = {}) {
      alive();
      throwIfAborted(signal);
      return messaging.openStream(to, header, signal);
    },
    onMessage: (listener) => messaging.messages.on(listener),
    onStream: (listener) => hub.opened.on(listener),
    onTopology: (listener) => messaging.topologies.on(listener),
    topology: () => core.topology(),
    async listen(where) {
      alive();
      return doors.listen(where);
    },
    dial(where) {
      alive();
      return doors.dial(where);
    },
    async attachDialler(socket, peer) {
      aliveFor(socket);
      return doors.attachDialler(socket, peer);
    },
    async attachAcceptor(socket, peer) {
      aliveFor(socket);
      return doors.attachAcceptor(socket, peer);
    },
    setAnnouncement(bytes) {
      if (bytes.length > MAX_ANNOUNCEMENT_BYTES)
        throw new AbhayaError('input.too-large', `an announcement holds ${MAX_ANNOUNCEMENT_BYTES} bytes`);
      core.setAnnouncement(bytes, now());
      driver.wake();
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
