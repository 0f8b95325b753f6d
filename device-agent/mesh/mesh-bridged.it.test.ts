// Bridged links: the mesh over byte streams that somebody else made and splices.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { poll } from '#base';
import { createMeshNode, type MeshNode } from './index.ts';
import {
  codeOf,
  drain,
  expectNoLeaks,
  identityOf,
  nextStream,
  openHandles,
  pour,
} from './mesh-net.tester.ts';

const before = openHandles();
const nodes: MeshNode[] = [];

const makeNode = async (seed: number): Promise<MeshNode> => {
  const node = await createMeshNode({ identity: identityOf(seed) });
  nodes.push(node);
  return node;
};

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  await expectNoLeaks(before);
});

async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const dialled = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const pair: [Socket, Socket] = [dialled, await accepted];
  server.close();
  return pair;
}

test.each(['sockets', 'plain duplex streams'])(
  'a link over %s carries streams, and ends with them',
  async (kind) => {
    const [a, b] = [await makeNode(1), await makeNode(2)];
    const [near, far] = kind === 'sockets' ? await socketPair() : duplexPair();
    const [link] = await Promise.all([a.attachDialler(near, b.nodeId), b.attachAcceptor(far, a.nodeId)]);
    expect(link.peer).toBe(b.nodeId);
    await poll(() => a.topology().nodes.length === 2 || undefined, {
      everyMs: 5,
      timeoutMs: 20_000,
      what: 'mesh',
    });
    const incoming = nextStream(b);
    const out = await a.openStream(b.nodeId, 'x');
    const [sent, got] = await Promise.all([pour(out, 5_000_000), incoming.then(drain)]);
    expect(got.hash).toBe(sent);
    // A pair of plain streams has no wire that would tell the other end.
    for (const end of kind === 'sockets' ? [far] : [far, near]) end.destroy();
    expect((await link.ended).by).toBe('peer');
    await poll(() => a.topology().nodes.length === 1 || undefined, {
      everyMs: 5,
      timeoutMs: 20_000,
      what: 'the end',
    });
  },
);

test('without an expected peer and without an allow list, nobody gets in', async () => {
  const [a, b] = [await makeNode(1), await makeNode(2)];
  const [near, far] = await socketPair();
  const codes = await Promise.all([codeOf(a.attachDialler(near, b.nodeId)), codeOf(b.attachAcceptor(far))]);
  expect(codes).toEqual(['auth.refused', 'auth.refused']);
});

test('a silent stream is given up after the handshake time', async () => {
  const a = await makeNode(1);
  const [near, far] = await socketPair();
  expect(await codeOf(a.attachDialler(near, identityOf(2).nodeId))).toBe('timeout');
  far.destroy();
});

test('a closed node takes nothing more, and closes twice', async () => {
  const a = await makeNode(1);
  await a.close();
  await a.close();
  const [near, far] = await socketPair();
  expect(await codeOf(a.attachAcceptor(near, identityOf(2).nodeId))).toBe('closed');
  expect(() => a.broadcast('hello', null)).toThrow('closed');
  near.destroy();
  far.destroy();
});
