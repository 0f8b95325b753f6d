import { expect, test } from 'vitest';
import type { ServiceView } from '#schemas';
import { afterEvents, emptyLab } from './lab-store.ts';

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

test('what no event touched stays the same object', () => {
  const after = afterEvents(emptyLab, [{ event: 'mesh', ready: true, atMs: 0 }]);
  expect(after.meshReady).toBe(true);
  expect([after.phones, after.tasks, after.services]).toEqual([
    emptyLab.phones,
    emptyLab.tasks,
    emptyLab.services,
  ]);
  expect(after.tasks).toBe(emptyLab.tasks);
  expect(after.services).toBe(emptyLab.services);
});
