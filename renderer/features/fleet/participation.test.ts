import { expect, test } from 'vitest';
import type { PhoneView, PowerView } from '#schemas';
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

test('what the agent says of its settings counts, its own limit of heat, too', () => {
  const power: PowerView = {
    policy: {
      participation: true,
      chargingOnly: true,
      powerSaving: false,
      batteryFloorPercent: 0,
      essentialServices: [],
      thermalProtection: true,
      thermalSensitivity: 90,
    },
    limits: { heat: { stopsFrom: 2, goesOnFrom: 1 } },
    takes: 'none',
    reasons: ['The charger is not connected.'],
  };
  expect(participationOf(phone, power)).toEqual({
    tone: 'bad',
    word: 'Takes no tasks',
    why: 'The charger is not connected.',
  });
  expect(participationOf({ ...phone, thermal: 2 }, power).word).toBe('Too hot');
  const off = { ...power, policy: { ...power.policy, participation: false } };
  expect(participationOf(phone, off)).toMatchObject({ tone: 'off', word: 'Switched off' });
  expect(participationOf(phone, { ...power, takes: 'all' }).word).toBe('Takes tasks');
});

test('why there is no sandbox is said in the phone’s own words', () => {
  const sandbox = { runtimes: [], layers: [], unavailable: 'the kernel is too old' };
  expect(participationOf({ ...phone, sandbox }).why).toContain('the kernel is too old');
});
