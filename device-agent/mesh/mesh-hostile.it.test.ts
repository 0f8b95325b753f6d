// Hostile neighbours and strangers: each is refused with a code and counted, and nothing changes.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { hexToBytes } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTlsIdentity } from '#agent/identity';
import { poll } from '#base';
import { encodeCbor, FrameType, UnicastClass } from '#schemas';
import { broadcastToSign, encodeFrame } from './core/frame-codec.ts';
import { createAcceptor, dialOver } from './link/handshake.ts';
import type { WsLink } from './link/ws-link.ts';
import {
  codeOf,
  expectNoLeaks,
  identityOf,
  openHandles,
  startNode,
  type TestNode,
} from './mesh-net.tester.ts';

const before = openHandles();
const evil = identityOf(666);
let victim: TestNode;
let heard: { kind: string; from: string }[];
const open: { close(): unknown }[] = [];

beforeEach(async () => {
  victim = await startNode(1);
  heard = [];
  victim.node.onMessage(({ kind, from }) => heard.push({ kind, from }));
});

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
  await victim.node.close();
  await expectNoLeaks(before);
});

function socketTo(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket));
    socket.on('error', reject);
    open.push({ close: () => socket.destroy() });
  });
}

/** A link of a node that follows no rules. */
async function evilLink(): Promise<WsLink> {
  const tls = createTlsIdentity(evil);
  const link = await dialOver(await socketTo(victim.port), { tls, expect: victim.id, number: 1 });
  link.start(
    () => {},
    () => {},
  );
  open.push({ close: () => link.close('closed') });
  return link;
}

const drops = (reason: string): number => victim.node.stats().drops[reason] ?? 0;
const counted = (reason: string, atLeast = 1) =>
  poll(() => drops(reason) >= atLeast || undefined, {
    everyMs: 5,
    timeoutMs: 20_000,
    what: `counting ${reason}`,
  });

const broadcastFrame = (sequence: number, kind: string, by = evil, claimed = by.nodeId): Uint8Array => {
  const origin = hexToBytes(claimed);
  const body = encodeCbor({ n: sequence });
  const signature = by.sign(broadcastToSign(origin, sequence, 8, kind, body));
  return encodeFrame([FrameType.broadcast, origin, sequence, 8, 0, kind, signature], body);
};

test('a dialler that meets another node than expected goes away', async () => {
  const tls = createTlsIdentity(evil);
  const socket = await socketTo(victim.port);
  expect(await codeOf(dialOver(socket, { tls, expect: identityOf(2).nodeId, number: 1 }))).toBe(
    'wire.forged',
  );
  expect(victim.node.stats().links).toEqual([]);
});

test('a node that is not allowed is told so', async () => {
  const closed = await startNode(5, { allow: () => false });
  open.push(closed.node);
  const tls = createTlsIdentity(evil);
  const socket = await socketTo(closed.port);
  expect(await codeOf(dialOver(socket, { tls, expect: closed.id, number: 1 }))).toBe('auth.refused');
  expect(closed.node.stats()).toMatchObject({ links: [], drops: { 'auth.refused': 1 } });
});

test('an acceptor that expects one peer refuses every other', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  const accepting = new Promise<string>((resolve) => {
    server.once('connection', (socket) => {
      open.push({ close: () => socket.destroy() });
      resolve(codeOf(victim.node.attachAcceptor(socket, identityOf(2).nodeId)));
    });
  });
  const socket = await socketTo((server.address() as AddressInfo).port);
  const tls = createTlsIdentity(evil);
  expect(await codeOf(dialOver(socket, { tls, expect: victim.id, number: 1 }))).toBe('auth.refused');
  expect(await accepting).toBe('auth.refused');
});

test('no certificate, old TLS, no TLS and other protocols get nowhere', async () => {
  const refusals = () => Object.values(victim.node.stats().drops).reduce((sum, n) => sum + n, 0);
  const bare = tlsConnect({ socket: await socketTo(victim.port), rejectUnauthorized: false });
  bare.on('error', () => {});
  await poll(() => refusals() === 1 || undefined, { everyMs: 5, timeoutMs: 20_000, what: 'no certificate' });
  const tls = createTlsIdentity(evil);
  const old = tlsConnect({
    ...tls,
    socket: await socketTo(victim.port),
    maxVersion: 'TLSv1.2',
    rejectUnauthorized: false,
  });
  old.on('error', () => {});
  await poll(() => refusals() === 2 || undefined, { everyMs: 5, timeoutMs: 20_000, what: 'old TLS' });
  (await socketTo(victim.port)).write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await poll(() => refusals() === 3 || undefined, { everyMs: 5, timeoutMs: 20_000, what: 'no TLS' });
  const other = tlsConnect({ ...tls, socket: await socketTo(victim.port), rejectUnauthorized: false }, () => {
    other.write(
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
        'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: abhaya-mesh.99\r\nabhaya-link: 1\r\n\r\n',
    );
  });
  other.on('error', () => {});
  await counted('wire.version');
  for (const socket of [bare, old, other]) socket.destroy();
  expect(victim.node.stats().links).toEqual([]);
});

test('malformed and oversize frames are counted, and their sender loses its link', async () => {
  const link = await evilLink();
  link.send(new Uint8Array([0x83, 0x01]), 'control');
  link.send(encodeCbor([FrameType.heartbeat, -1, 0, 0]), 'control');
  link.send(encodeCbor({ not: 'a frame' }), 'control');
  await counted('malformed', 3);
  link.send(
    encodeFrame(
      [FrameType.broadcast, hexToBytes(evil.nodeId), 1, 8, 0, 'hello', new Uint8Array(64)],
      new Uint8Array(30_000),
    ),
    'control',
  );
  await counted('too-large');
  for (let n = 0; n < 40; n++) link.send(new Uint8Array([n]), 'control');
  expect(await link.ended).toEqual({ by: 'peer', code: 4400 });
  expect(heard).toEqual([]);
});

test('a message above 64 KiB ends the link before it is read', async () => {
  const link = await evilLink();
  link.send(new Uint8Array(70_000), 'control');
  expect((await link.ended).by).toBe('peer');
  await counted('link-misbehaving');
  expect(victim.node.stats().links).toEqual([]);
});

test('forged broadcasts are dropped, replayed ones are heard once', async () => {
  const link = await evilLink();
  const now = Date.now();
  link.send(broadcastFrame(now, 'hello', evil, identityOf(3).nodeId), 'control');
  // The small-order key, under which OpenSSL takes a trivial signature for any message.
  const weak = `01${'00'.repeat(31)}`;
  const head = [
    FrameType.broadcast,
    hexToBytes(weak),
    now,
    8,
    0,
    'hello',
    Buffer.concat([hexToBytes(weak), new Uint8Array(32)]),
  ] as const;
  link.send(encodeFrame([...head], encodeCbor(1)), 'control');
  await counted('forged', 2);
  const genuine = broadcastFrame(now + 1, 'hello');
  for (let n = 0; n < 5; n++) link.send(genuine, 'control');
  link.send(broadcastFrame(now + 2, 'after'), 'control');
  await poll(() => heard.some(({ kind }) => kind === 'after') || undefined, {
    everyMs: 5,
    timeoutMs: 20_000,
    what: 'after',
  });
  expect(heard).toEqual([
    { kind: 'hello', from: evil.nodeId },
    { kind: 'after', from: evil.nodeId },
  ]);
});

test('a flooder is throttled and shown as such', async () => {
  const link = await evilLink();
  const now = Date.now();
  for (let n = 0; n < 400; n++) link.send(broadcastFrame(now + n, 'spam'), 'control');
  await counted('rate-limited', 200);
  expect(heard.length).toBeLessThan(200);
  expect(victim.node.stats().flooders.map(({ nodeId }) => nodeId)).toEqual([evil.nodeId]);
  expect(victim.node.stats().links.length).toBe(1);
});

test('sealed messages that are replayed, changed or made up change nothing', async () => {
  const friend = await startNode(2);
  const relay = await startNode(3);
  open.push(friend.node, relay.node);
  friend.node.dial({ host: '127.0.0.1', port: relay.port, peer: relay.id });
  relay.node.dial({ host: '127.0.0.1', port: victim.port, peer: victim.id });
  const captured: Uint8Array[] = [];
  relay.node.onFrame((frame, from) => {
    if (from === friend.id && frame[1] === FrameType.unicast) captured.push(Uint8Array.from(frame));
  });
  await poll(() => friend.node.topology().nodes.length === 3 || undefined, {
    everyMs: 5,
    timeoutMs: 20_000,
    what: 'mesh',
  });
  await friend.node.send(victim.id, 'task_start', { once: true });
  await poll(() => heard.length === 1 || undefined, { everyMs: 5, timeoutMs: 20_000, what: 'the message' });
  const link = await evilLink();
  const [frame] = captured as [Uint8Array];
  link.send(frame, 'control');
  await counted('wire.forged', 1);
  for (const at of [frame.length - 1, frame.length - 40]) {
    const changed = Uint8Array.from(frame);
    changed[at] = (changed[at] ?? 0) ^ 1;
    link.send(changed, 'control');
  }
  await counted('wire.forged', 3);
  const to = hexToBytes(victim.id);
  const from = hexToBytes(friend.id);
  for (const klass of Object.values(UnicastClass)) {
    link.send(
      encodeFrame(
        [FrameType.unicast, from, to, 8, 0, klass, new Uint8Array(16), 9],
        new Uint8Array(50).fill(7),
      ),
      'control',
    );
  }
  await counted('wire.malformed', 2);
  expect(heard).toEqual([{ kind: 'task_start', from: friend.id }]);
});

test('of links dialled by both ends at once, both keep the same one', async () => {
  const friend = await startNode(2);
  open.push(friend.node);
  friend.node.dial({ host: '127.0.0.1', port: victim.port, peer: victim.id });
  victim.node.dial({ host: '127.0.0.1', port: friend.port, peer: friend.id });
  await poll(() => friend.node.topology().nodes.length === 2 || undefined, {
    everyMs: 5,
    timeoutMs: 20_000,
    what: 'mesh',
  });
  const settled = () => [friend, victim].map(({ node }) => node.stats().links.map((l) => l.dialledByUs));
  await poll(() => (settled().flat().length === 2 && settled().flat().includes(true)) || undefined, {
    everyMs: 20,
    timeoutMs: 20_000,
    what: 'one link',
  });
  const lower = friend.id < victim.id ? friend : victim;
  await poll(() => lower.node.stats().links[0]?.dialledByUs || undefined, {
    everyMs: 20,
    timeoutMs: 20_000,
    what: 'the lower id dialling',
  });
});

test('an acceptor that is closed leaves nothing behind', async () => {
  const acceptor = createAcceptor(createTlsIdentity(evil));
  await acceptor.close();
  await acceptor.close();
});
