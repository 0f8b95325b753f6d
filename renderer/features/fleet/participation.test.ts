import { expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { participationOf } from './participation.ts';

const phone: PhoneView = {
  serial: 'VP0001',
  adbSerial: '127.0.0.1:5',
  kind: 'virtual',
  state: 'running',
  thermal: 0,
  sandbox: { runtimes: ['native'], layers: [] },
};

test.each<[string, Partial<PhoneView>, string]>([
  ['one that can', {}, 'Takes tasks'],
  ['a throttling one', { thermal: 3 }, 'Takes tasks'],
  ['a critically hot one', { thermal: 4 }, 'Too hot'],
  ['one without runtimes', { sandbox: { runtimes: [], layers: [] } }, 'No sandbox'],
  [
    'one whose sandbox is refused',
    { sandbox: { runtimes: ['native'], layers: [], unavailable: 'no seccomp' } },
    'No sandbox',
  ],
  ['one without an agent', { state: 'ready' }, '–'],
  ['an unplugged one', { state: 'unplugged' }, '–'],
])('%s: %s', (_name, change, word) => {
  expect(participationOf({ ...phone, ...change }).word).toBe(word);
});

test('why there is no sandbox is said in the phone’s own words', () => {
  const sandbox = { runtimes: [], layers: [], unavailable: 'the kernel is too old' };
  expect(participationOf({ ...phone, sandbox }).why).toContain('the kernel is too old');
});
