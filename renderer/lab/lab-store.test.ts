import { expect, test } from 'vitest';
import type { LinkView, PhoneView, ServiceView, TaskView } from '#schemas';
import { afterEvents, emptyLab, fromSnapshot } from './lab-store.ts';

const phone = (serial: string, state: PhoneView['state'] = 'running'): PhoneView => ({
  serial,
  adbSerial: serial,
  kind: 'virtual',
  state,
});
const link = {
  linkId: 'a.b',
  a: 'a',
  b: 'b',
  state: 'up',
  shape: { delayMs: 0, loss: 0, rateBytesPerSecond: 0 },
  bytesAtoB: 0,
  bytesBtoA: 0,
} as LinkView;
const task = {
  taskId: 't',
  packageId: 'p',
  state: 'running',
  from: 'a',
  hops: 0,
  attempts: 1,
  outputs: [],
  timeline: [],
  offers: [],
  startedAt: 1,
} as TaskView;

const service = (packageId: string, ...serials: string[]): ServiceView => ({
  author: 'a.onion',
  packageId,
  version: '1.0.0',
  manifestSha256: packageId,
  serviceName: packageId,
  description: '',
  packedBytes: 1,
  signed: true,
  phones: serials.map((serial) => ({ serial, verdict: 'ok', reasons: [] })),
});

test('the library follows what phones get and lose, in the order of names', () => {
  const one = afterEvents(emptyLab, [
    { event: 'service', service: service('org.b', '1') },
    { event: 'service', service: service('org.a', '1') },
    { event: 'service', service: service('org.b', '1', '2') },
  ]);
  expect(one.services.map(({ packageId, phones }) => [packageId, phones.length])).toEqual([
    ['org.a', 1],
    ['org.b', 2],
  ]);
  const two = afterEvents(one, [{ event: 'service', service: service('org.a') }]);
  expect(two.services.map(({ packageId }) => packageId)).toEqual(['org.b']);
});

test('a snapshot replaces what was known; events change it', () => {
  const before = fromSnapshot(emptyLab, {
    phones: [phone('a'), phone('b')],
    links: [link],
    tasks: [task],
    services: [],
    meshReady: false,
  });
  expect(before.loaded).toBe(true);
  const after = afterEvents(before, [
    { event: 'phone', phone: phone('b', 'unplugged') },
    { event: 'phone-gone', serial: 'a' },
    { event: 'task', task: { ...task, state: 'acknowledged' } },
    { event: 'mesh', ready: true, atMs: 1 },
  ]);
  expect([...after.phones.values()]).toEqual([phone('b', 'unplugged')]);
  expect(after.tasks.get('t')?.state).toBe('acknowledged');
  expect(after.meshReady).toBe(true);
});

test('what no event touched stays the same object', () => {
  const before = fromSnapshot(emptyLab, {
    phones: [phone('a')],
    links: [link],
    tasks: [task],
    services: [],
    meshReady: true,
  });
  const after = afterEvents(before, [{ event: 'phone', phone: phone('c') }]);
  expect(after.links).toBe(before.links);
  expect(after.tasks).toBe(before.tasks);
  expect(after.phones).not.toBe(before.phones);
  expect(before.phones.size).toBe(1);
});
