// Must-show 3 of the first slice: four hops, links that die on the way, relays that learn nothing.

import { afterEach, expect, test } from 'vitest';
import { poll } from '#base';
import { createMeshNode } from './index.ts';
import { type Tap, tapBetween } from './link-tap.tester.ts';
import {
  codeOf,
  drain,
  expectNoLeaks,
  identityOf,
  MeshNet,
  nextStream,
  openHandles,
  pour,
} from './mesh-net.tester.ts';

let net: MeshNet | undefined;
const taps: Tap[] = [];
const before = openHandles();

afterEach(async () => {
  await Promise.all(taps.splice(0).map((tap) => tap.close()));
  await net?.close();
  net = undefined;
  await expectNoLeaks(before);
});

test('100 MB cross four hops intact while a link in the middle dies and comes back, twice', async () => {
  net = await MeshNet.start(5, [
    [0, 1],
    [1, 2],
    [3, 4],
  ]);
  const middle = await tapBetween(net.at(2), net.at(3));
  taps.push(middle);
  await net.ready();
  expect(
    net
      .at(0)
      .node.topology()
      .nodes.find((n) => n.nodeId === net?.at(4).id)?.hops,
  ).toBe(4);
  const incoming = nextStream(net.at(4).node);
  const out = await net.at(0).node.openStream(net.at(4).id, { purpose: 'input' });
  let received = 0;
  const reading = incoming.then(async (stream) => {
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256');
    for await (const chunk of stream.readable) {
      hash.update(chunk);
      received += chunk.length;
    }
    return hash.digest('hex');
  });
  const writing = pour(out, 100_000_000);
  for (const mark of [20_000_000, 60_000_000]) {
    await poll(() => received > mark || undefined, { everyMs: 5, timeoutMs: 60_000, what: 'progress' });
    middle.cut();
    await poll(() => net?.at(0).node.topology().nodes.length === 3 || undefined, {
      everyMs: 10,
      timeoutMs: 20_000,
      what: 'noticing the cut',
    });
    middle.restore();
  }
  const [sent, got] = await Promise.all([writing, reading]);
  expect(received).toBe(100_000_000);
  expect(got).toBe(sent);
  // Relays hold a bounded queue, not the stream.
  for (const { node } of net.nodes)
    for (const link of node.stats().links) expect(link.queuedBytes).toBeLessThan(2_000_000);
}, 120_000);

test('a route that moves to other phones carries the stream on', async () => {
  // 0-1-3 and 0-2-3: two ways of two hops.
  net = await MeshNet.start(4, [
    [0, 2],
    [2, 3],
    [1, 3],
  ]);
  const first = await tapBetween(net.at(0), net.at(1));
  taps.push(first);
  await net.ready();
  const incoming = nextStream(net.at(3).node);
  const out = await net.at(0).node.openStream(net.at(3).id, null);
  const reading = incoming.then(drain);
  const writing = pour(out, 30_000_000);
  setTimeout(() => first.cut(), 100);
  expect((await reading).hash).toBe(await writing);
});

test('relays see who talks to whom, never what: nothing of the plaintext passes them in clear', async () => {
  net = await MeshNet.chain(5);
  await net.ready();
  const marker = 'a-secret-that-no-relay-may-read';
  const seen: Buffer[] = [];
  net.at(2).node.onFrame((frame) => seen.push(Buffer.from(frame)));
  const incoming = nextStream(net.at(4).node);
  const arrived = new Promise((resolve) => net?.at(4).node.onMessage(resolve));
  await net.at(0).node.send(net.at(4).id, 'task_start', { marker });
  const out = await net.at(0).node.openStream(net.at(4).id, { name: marker });
  await out.write(Buffer.from(marker.repeat(1_000)));
  const inside = await incoming;
  const written = out.end();
  const parts: Uint8Array[] = [];
  for await (const part of inside.readable) parts.push(part);
  await written;
  expect(Buffer.concat(parts).toString()).toBe(marker.repeat(1_000));
  await arrived;
  const all = Buffer.concat(seen);
  expect(all.length).toBeGreaterThan(marker.length * 1_000);
  // The capture is real: routing headers are there in clear.
  expect(all.includes(Buffer.from(net.at(4).id, 'hex'))).toBe(true);
  for (const secret of [marker, 'task_start', 'marker']) expect(all.includes(secret)).toBe(false);
});

test('a phone that goes silent is noticed, and one that dies', async () => {
  net = await MeshNet.start(3, [[0, 1]]);
  const link = await tapBetween(net.at(1), net.at(2));
  taps.push(link);
  await net.ready();
  link.freeze();
  await poll(() => net?.at(0).node.topology().nodes.length === 2 || undefined, {
    everyMs: 10,
    timeoutMs: 10_000,
    what: 'noticing silence',
  });
  link.restore();
  await net.ready();
  await net.at(2).node.close();
  await poll(() => net?.at(0).node.topology().nodes.length === 2 || undefined, {
    everyMs: 5,
    timeoutMs: 20_000,
    what: 'noticing a death',
  });
});

test('a stream to a phone that dies ends with mesh.stream-reset for writer and reader', async () => {
  net = await MeshNet.chain(3);
  await net.ready();
  const quick = { unroutableMs: 500 };
  const node = await createMeshNode({ identity: identityOf(77), allow: () => true, streamNumbers: quick });
  try {
    node.dial({ host: '127.0.0.1', port: net.at(0).port, peer: net.at(0).id });
    await poll(() => node.topology().nodes.length === 4 || undefined, {
      everyMs: 10,
      timeoutMs: 20_000,
      what: 'mesh',
    });
    const incoming = nextStream(net.at(2).node);
    const out = await node.openStream(net.at(2).id, null);
    await out.write(new Uint8Array(1_000));
    await incoming;
    await net.at(2).node.close();
    expect(await codeOf(drain(out))).toBe('mesh.stream-reset');
    expect(await codeOf(out.write(new Uint8Array(1)))).toBe('mesh.stream-reset');
    expect(await codeOf(out.end())).toBe('mesh.stream-reset');
  } finally {
    await node.close();
  }
});
