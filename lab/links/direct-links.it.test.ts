// Direct links between real mesh nodes on loopback, ordered by the link table as a lab host does it.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity, type NodeIdentity } from '#agent/identity';
import { createDirectLinks, createMeshNode, type MeshNode } from '#agent/mesh';
import { poll, Scope, seededRandom, silentLogger, systemClock } from '#base';
import type { LinkView } from '#schemas';
import type { LinkEnd } from './link-end.ts';
import { createLinkTable } from './link-table.ts';

let scope: Scope;
beforeEach(() => {
  scope = new Scope('direct links');
});
afterEach(() => scope.close());

/** A lab host's table, and agents whose cables can be pulled while they go on. */
function lab() {
  const ends = new Map<string, LinkEnd>();
  const views: LinkView[] = [];
  const gone: string[] = [];
  const table = scope.own(
    createLinkTable({
      endOf: (serial) => ends.get(serial),
      onChange: (view) => views.push(view),
      onGone: (linkId) => gone.push(linkId),
      clock: systemClock,
      random: seededRandom(1),
      logger: silentLogger,
    }),
    (it) => it.close(),
  );

  async function start(serial: string, identity: NodeIdentity = generateIdentity()) {
    const life = scope.child(serial);
    const mesh = life.own(await createMeshNode({ identity }), (it) => it.close());
    const direct = life.own(
      createDirectLinks({ mesh, addresses: () => [], logger: silentLogger, everyMs: 100 }),
      (it) => it.close(),
    );
    const end: LinkEnd = {
      nodeId: identity.nodeId,
      expectLink: async () => undefined,
      openBridge: async () => {
        throw new Error('no bridge in this test');
      },
      directHost: serial.startsWith('VP') ? '127.0.0.1' : undefined,
      setDirectLinks: (order) => direct.set(order),
    };
    direct.onChange(() => ends.get(serial) === end && table.told(serial, direct.report()));
    const phone = {
      identity,
      mesh,
      direct,
      async plugIn() {
        ends.set(serial, end);
        await table.attached(serial);
      },
      unplug() {
        ends.delete(serial);
        table.detached(serial);
      },
      async kill() {
        phone.unplug();
        await life.close();
      },
    };
    await phone.plugIn();
    return phone;
  }

  const view = (): LinkView => {
    const [link] = table.list();
    if (!link) throw new Error('no link');
    return link;
  };
  const until = (holds: (view: LinkView) => boolean) =>
    poll(() => (holds(view()) ? view() : undefined), {
      everyMs: 10,
      timeoutMs: 20_000,
      what: `the link to change (${JSON.stringify(table.list())})`,
    });
  return { table, start, until, view, views, gone };
}

const neighbours = (mesh: MeshNode): string[] => mesh.stats().links.map(({ peer }) => peer);
const isUp = ({ state }: LinkView): boolean => state === 'up';

test('one link comes up between both, is told of, and goes when it is removed', async () => {
  const { table, start, until, views, gone } = lab();
  const [left, right] = [await start('VP1'), await start('VP2')];
  expect(left.direct.port).toBeUndefined();
  expect(await table.add('VP2', 'VP1', { kind: 'direct' })).toMatchObject({ kind: 'direct', state: 'down' });
  const link = await until(isUp);
  expect(link).toMatchObject({ a: 'VP1', b: 'VP2', address: `127.0.0.1:${right.direct.port}` });
  expect(link).not.toHaveProperty('shape');
  expect(neighbours(left.mesh)).toEqual([right.identity.nodeId]);
  expect(left.direct.port).toBeUndefined();
  await until(({ bytesAtoB, bytesBtoA }) => bytesAtoB > 0 && bytesBtoA > 0);
  expect(views.filter(isUp)).toHaveLength(1);

  await table.remove('VP1.VP2');
  expect(gone).toEqual(['VP1.VP2']);
  expect([neighbours(left.mesh), neighbours(right.mesh), right.direct.port]).toEqual([[], [], undefined]);
});

test('a direct link has no shape, and asking for the other kind replaces it', async () => {
  const { table, start, until, view, gone } = lab();
  const [left, right] = [await start('VP1'), await start('VP2')];
  const shape = { delayMs: 10, loss: 0, rateBytesPerSecond: 0 };
  await expect(table.add('VP1', 'VP2', { kind: 'direct', shape })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  expect(table.list()).toEqual([]);
  await table.add('VP1', 'VP2', { shape });
  await table.add('VP1', 'VP2', { kind: 'direct' });
  await until(isUp);
  expect(table.list()).toHaveLength(1);
  await table.add('VP1', 'VP2');
  expect(view()).toMatchObject({ kind: 'bridged', state: 'down' });
  expect([neighbours(left.mesh), neighbours(right.mesh), right.direct.port]).toEqual([[], [], undefined]);
  expect(gone).toEqual([]);
});

test('another node at the address is refused by its key, and the right one is found again', async () => {
  const { table, start, until } = lab();
  const left = await start('VP1');
  const right = await start('VP2');
  await table.add('VP1', 'VP2', { kind: 'direct' });
  await until(isUp);
  const port = right.direct.port ?? 0;
  await right.kill();
  const impostor = await createMeshNode({ identity: generateIdentity(), allow: () => true });
  const door = await impostor.listen({ host: '127.0.0.1', port });
  const refused = await until(({ problem }) => problem?.code === 'wire.forged');
  expect(refused).toMatchObject({
    state: 'down',
    problem: { message: 'another node answers at this address' },
  });
  expect([neighbours(left.mesh), neighbours(impostor)]).toEqual([[], []]);
  await door.close();
  await impostor.close();
  await start('VP2', right.identity);
  expect(await until(isUp)).not.toHaveProperty('problem');
});

test('who is not expected is refused at the door', async () => {
  const { table, start, until } = lab();
  await start('VP1');
  const right = await start('VP2');
  await table.add('VP1', 'VP2', { kind: 'direct' });
  await until(isUp);
  const stranger = scope.own(await createMeshNode({ identity: generateIdentity() }), (it) => it.close());
  const dialler = stranger.dial({
    host: '127.0.0.1',
    port: right.direct.port ?? 0,
    peer: right.identity.nodeId,
  });
  await poll(() => dialler.lastError?.code === 'auth.refused' || undefined, {
    everyMs: 10,
    timeoutMs: 10_000,
    what: 'the refusal',
  });
  expect(neighbours(right.mesh)).toHaveLength(1);
});

test.each(['VP1', 'VP2'])('an agent of %s that dies and comes back gets its link back', async (victim) => {
  const { table, start, until, views } = lab();
  const phones = { VP1: await start('VP1'), VP2: await start('VP2') };
  await table.add('VP1', 'VP2', { kind: 'direct' });
  await until(isUp);
  const { identity, kill } = phones[victim as keyof typeof phones];
  await kill();
  expect((await until(({ state }) => state === 'down')).problem?.code).toBe('device.offline');
  await start(victim, identity);
  await until(isUp);
  expect(views.filter(isUp)).toHaveLength(2);
});

test('pulled cables cut nothing: the other phone tells, and with neither it is unknown', async () => {
  const { table, start, until, view } = lab();
  const [left, right] = [await start('VP1'), await start('VP2')];
  await table.add('VP1', 'VP2', { kind: 'direct' });
  await until(isUp);
  const links = () => [left, right].map(({ mesh }) => mesh.stats().links.length);
  right.unplug();
  expect(view().state).toBe('up');
  left.unplug();
  expect(view()).toMatchObject({ state: 'unknown', problem: { code: 'device.offline' } });
  const said = new Promise((resolve) => right.mesh.onMessage(resolve));
  left.mesh.broadcast('service_query', { name: 'wordcount' });
  expect(await said).toMatchObject({ from: left.identity.nodeId, hops: 1 });
  await left.plugIn();
  expect(view().state).toBe('up');
  await right.plugIn();
  expect([view().state, links()]).toEqual(['up', [1, 1]]);
});

test('what was removed while a cable was out goes when it is back', async () => {
  const { table, start, until } = lab();
  const [left, right] = [await start('VP1'), await start('VP2')];
  await table.add('VP1', 'VP2', { kind: 'direct' });
  await until(isUp);
  right.unplug();
  await table.remove('VP1.VP2');
  expect(neighbours(left.mesh)).toEqual([]);
  await right.plugIn();
  expect([neighbours(right.mesh), right.direct.port]).toEqual([[], undefined]);
});

test('a phone without Wi-Fi says so, and nothing listens', async () => {
  const { table, start, until } = lab();
  const phone = await start('real');
  await start('VP1');
  await table.add('VP1', 'real', { kind: 'direct' });
  const link = await until(({ problem }) => problem !== undefined);
  expect(link).toMatchObject({
    state: 'down',
    problem: { code: 'device.unsupported', message: 'the phone has no Wi-Fi or Ethernet address' },
  });
  expect(phone.direct.port).toBeUndefined();
});
