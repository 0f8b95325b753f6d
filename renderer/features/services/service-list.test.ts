import { describe, expect, test } from 'vitest';
import type { ServiceView } from '#schemas';
import { isRunnable, shortOnion, shownServices, takesImage } from './service-list.ts';

const service = (packageId: string, more: Partial<ServiceView> = {}): ServiceView => ({
  author: `${'a'.repeat(56)}.onion`,
  packageId,
  version: '1.0.0',
  manifestSha256: '0'.repeat(64),
  serviceName: packageId,
  description: '',
  packedBytes: 1,
  signed: true,
  trusted: true,
  phones: [{ serial: 'VP1', verdict: 'ok', reasons: [] }],
  ...more,
});
const about = (mediaType: string): NonNullable<ServiceView['about']> => ({
  serviceType: 'IMAGE_PROCESSING',
  language: 'javascript',
  runtimes: ['nodejs'],
  deviceProfile: 'budget',
  inputSources: ['image'],
  capabilities: ['resize'],
  maxMemoryMB: 64,
  inputs: [{ name: 'image', mediaType, required: true, maxBytes: 1 }],
});
const all = [
  service('org.abhaya.wordcount', { description: 'Counts words' }),
  service('org.abhaya.thumbnail', { about: about('image/*') }),
  service('org.other.thing', {
    trusted: false,
    phones: [{ serial: 'VP1', verdict: 'reject', reasons: ['no'] }],
  }),
];
const ids = (services: readonly ServiceView[]) => services.map(({ packageId }) => packageId);

describe('what is shown', () => {
  test('every word counts, wherever it stands', () => {
    expect(ids(shownServices(all, 'abhaya COUNT', 'all'))).toEqual(['org.abhaya.wordcount']);
    expect(ids(shownServices(all, 'resize nodejs', 'all'))).toEqual(['org.abhaya.thumbnail']);
    expect(ids(shownServices(all, '  ', 'all'))).toHaveLength(3);
    expect(ids(shownServices(all, 'nothing', 'all'))).toEqual([]);
  });
  test('filters', () => {
    expect(ids(shownServices(all, '', 'runnable'))).toEqual(['org.abhaya.wordcount', 'org.abhaya.thumbnail']);
    expect(ids(shownServices(all, '', 'image'))).toEqual(['org.abhaya.thumbnail']);
    expect(ids(shownServices(all, '', 'untrusted'))).toEqual(['org.other.thing']);
  });
});

test('a service is runnable where one phone takes it', () => {
  expect(isRunnable(service('a.b', { phones: [] }))).toBe(false);
  expect(
    isRunnable(
      service('a.b', {
        phones: [
          { serial: '1', verdict: 'reject', reasons: [] },
          { serial: '2', verdict: 'warn', reasons: [] },
        ],
      }),
    ),
  ).toBe(true);
  expect(isRunnable(service('a.b', { phones: [] }), [{ serial: '3', verdict: 'ok', reasons: [] }])).toBe(
    true,
  );
  expect(takesImage(service('a.b', { about: about('application/octet-stream') }))).toBe(false);
});

test('onion addresses are shortened, other names are not', () => {
  expect(shortOnion(`${'b'.repeat(52)}wxyz.onion`)).toBe('bbbbbbbb…wxyz.onion');
  expect(shortOnion('unsigned')).toBe('unsigned');
});
