import { expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { optionalRuntimesOf, spokenPercent } from './optional-runtimes.ts';

const phone = (more: Partial<PhoneView>): PhoneView => ({
  ...{
    serial: 'P',
    adbSerial: 'P',
    kind: 'usb',
    state: 'running',
    profile: 'budget',
    optionalBytes: 15_000_000,
  },
  ...more,
});
const sandbox = (more: Partial<NonNullable<PhoneView['sandbox']>>): Pick<PhoneView, 'sandbox'> => ({
  sandbox: { runtimes: ['native'], layers: [], ...more },
});

test('off: it can be switched on, and says what it costs', () => {
  const said = optionalRuntimesOf(
    phone(sandbox({ optional: false, modules: { python: { wanted: false } } })),
  );
  expect(said.on).toBe(false);
  expect(said.fixed).toBeUndefined();
  expect(said.note).toBeUndefined();
  expect(said.costs).toMatch(/15\.0 MB of storage.*10 MB of memory/);
});

test('on: what is on its way is told, then that it stays', () => {
  const wanted = sandbox({ optional: true, modules: { python: { wanted: true } } });
  const pushing = { runtime: 'python', sentBytes: 3_000_000, totalBytes: 15_000_000 };
  expect(optionalRuntimesOf(phone({ ...wanted, pushing }))).toMatchObject({
    ...{ on: true, sent: { percent: 20, text: 'python: 3.0 MB of 15.0 MB sent' } },
  });
  expect(optionalRuntimesOf(phone(wanted)).note).toMatch(/tried again/);
  const { optionalBytes: _none, ...without } = phone(wanted);
  expect(optionalRuntimesOf(without).note).toMatch(/no Python/);
  const there = sandbox({ optional: true, modules: { python: { wanted: true, hash: 'a'.repeat(16) } } });
  expect(optionalRuntimesOf(phone(there))).toMatchObject({ costs: expect.stringContaining('stays there') });
  expect(optionalRuntimesOf(phone(there)).note).toBeUndefined();
});

test('what does not work there is said with its reason', () => {
  const broken = sandbox({
    ...{ optional: true, modules: { python: { wanted: true, hash: 'a'.repeat(16) } } },
    lacks: { python: 'its canary was ended at mmap' },
  });
  expect(optionalRuntimesOf(phone(broken)).note).toContain('canary');
});

test('a flagship offers them whatever is chosen; without an agent nothing is changed', () => {
  expect(optionalRuntimesOf(phone({ profile: 'flagship' }))).toMatchObject({
    ...{ on: true, fixed: expect.stringContaining('by itself') },
  });
  expect(optionalRuntimesOf(phone({ state: 'unplugged' })).fixed).toMatch(/No agent/);
  expect([0, 19.9, 100].map(spokenPercent)).toEqual(['0 %', '10 %', '100 %']);
});
