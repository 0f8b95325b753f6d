import { expect, test } from 'vitest';
import { runtimesOffer } from './runtimes-offer.ts';

const folder = '/data/runtime';
const native = { spares: 2 };
const plain = { profile: 'flagship', abi: 'x86_64', optional: false } as const;

test('flagships offer optional runtimes by themselves, others when their user chose so', () => {
  const offered = { native, nodejs: { folder, spares: 1, onDemand: true } };
  expect(runtimesOffer({ nodejs: { folder } }, { ...plain, profile: 'flagship' }).offered).toEqual(offered);
  expect(
    runtimesOffer({ nodejs: { folder } }, { ...plain, optional: true, profile: 'budget' }).offered,
  ).toEqual(offered);
  const { offered: none, lacking } = runtimesOffer(
    { nodejs: { folder } },
    { ...plain, profile: 'mid-range' },
  );
  expect(none).toEqual({ native });
  expect(lacking.nodejs).toMatch(/^a mid-range device/);
});

test('what is not there is said', () => {
  expect(Object.keys(runtimesOffer(undefined, { ...plain, profile: 'flagship' }).lacking)).toEqual([
    'nodejs',
    'wasm',
    'jvm',
    'python',
  ]);
  expect(runtimesOffer(undefined, { ...plain, profile: 'flagship' }).lacking.python).toMatch(
    /not on this device/,
  );
});

test('the JVM is for every device', () => {
  expect(runtimesOffer({ jvm: { folder } }, { ...plain, profile: 'budget' }).offered).toEqual({
    native,
    jvm: { folder, spares: 1, onDemand: true },
  });
});

test('what the lab host has seen pass is not tried again', () => {
  const { offered } = runtimesOffer({ jvm: { folder, proven: true } }, { ...plain, profile: 'budget' });
  expect(offered.jvm).toMatchObject({ proven: true });
});

test('a runtime whose attacks have not passed on the device’s ABI is not offered there', () => {
  const there = { nodejs: { folder }, python: { folder } };
  const { offered, lacking } = runtimesOffer(there, { ...plain, abi: 'armeabi-v7a' });
  expect(offered).toEqual({ native });
  expect(lacking.python).toBe('its attacks have not passed on armeabi-v7a');
  const arm64 = runtimesOffer({ ...there, jvm: { folder } }, { ...plain, abi: 'arm64-v8a' });
  expect(Object.keys(arm64.offered).sort()).toEqual(['jvm', 'native', 'nodejs', 'python']);
  expect(runtimesOffer(there, { ...plain, abi: 'riscv64' }).offered).toEqual({ native });
});

test.each(['arm64-v8a', 'x86_64'])('what HotSpot showed on %s is not of ART', (abi) => {
  const device = { ...plain, abi, optional: true, flavours: { jvm: 'art' } } as const;
  const { offered, lacking } = runtimesOffer({ jvm: { folder }, python: { folder } }, device);
  expect(Object.keys(offered).sort()).toEqual(['native', 'python']);
  expect(lacking.jvm).toBe('this phone runs it by ART, on which its attacks have not been made');
});
