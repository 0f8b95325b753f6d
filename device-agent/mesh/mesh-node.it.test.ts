import { afterEach, expect, test } from 'vitest';
import type { ReceivedMessage } from './index.ts';
import { codeOf, drain, expectNoLeaks, MeshNet, nextStream, openHandles, pour } from './mesh-net.tester.ts';

let net: MeshNet | undefined;
const before = openHandles();

afterEach(async () => {
  await net?.close();
  net = undefined;
  await expectNoLeaks(before);
});

test('three phones in a chain: a broadcast, a sealed message and a stream cross two hops', async () => {
  net = await MeshNet.chain(3);
  await net.ready();
  const [a, , c] = [net.at(0), net.at(1), net.at(2)];
  expect(a.node.topology().nodes.find((n) => n.nodeId === c.id)).toMatchObject({
    hops: 2,
    nextHop: net.at(1).id,
  });

  const inbox: ReceivedMessage[] = [];
  const two = new Promise<void>((resolve) => {
    c.node.onMessage((message) => {
      inbox.push(message);
      if (inbox.length === 2) resolve();
    });
  });
  a.node.broadcast('service_query', { name: 'wordcount' });
  await a.node.send(c.id, 'task_request', { bytes: new Uint8Array([1, 2, 3]), n: 7 });
  await two;
  inbox.sort((x) => (x.broadcast ? -1 : 1));
  expect(inbox).toEqual([
    { kind: 'service_query', from: a.id, body: { name: 'wordcount' }, hops: 2, broadcast: true },
    {
      kind: 'task_request',
      from: a.id,
      body: { bytes: new Uint8Array([1, 2, 3]), n: 7 },
      hops: 2,
      broadcast: false,
    },
  ]);

  const incoming = nextStream(c.node);
  const out = await a.node.openStream(c.id, { purpose: 'input', name: 'text' });
  const [sent, received] = await Promise.all([
    pour(out, 3_000_000),
    incoming.then(async (stream) => {
      expect(stream.peer).toBe(a.id);
      expect(stream.header).toEqual({ purpose: 'input', name: 'text' });
      const got = await drain(stream);
      await stream.write(new TextEncoder().encode('thanks'));
      await stream.end();
      return got;
    }),
  ]);
  expect(received).toEqual({ bytes: 3_000_000, hash: sent });
  expect((await drain(out)).bytes).toBe(6);
});

test('a node that nobody knows is unroutable', async () => {
  net = await MeshNet.chain(2);
  await net.ready();
  expect(await codeOf(net.at(0).node.send('ab'.repeat(32), 'task_request', null))).toBe('mesh.unroutable');
  expect(await codeOf(net.at(0).node.openStream('ab'.repeat(32), null))).toBe('mesh.unroutable');
});
