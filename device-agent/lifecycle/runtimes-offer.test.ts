import { expect, test } from 'vitest';
import { runtimesOffer } from './runtimes-offer.ts';

const folder = '/data/runtime';
const native = { spares: 2 };

test('flagships offer optional runtimes by themselves, others when their user chose so', () => {
  const offered = { native, nodejs: { folder, spares: 1, onDemand: true } };
  expect(runtimesOffer({ nodejs: { folder, optIn: false } }, 'flagship').offered).toEqual(offered);
  expect(runtimesOffer({ nodejs: { folder, optIn: true } }, 'budget').offered).toEqual(offered);
  const { offered: none, lacking } = runtimesOffer({ nodejs: { folder, optIn: false } }, 'mid-range');
  expect(none).toEqual({ native });
  expect(lacking.nodejs).toMatch(/^a mid-range device/);
});

test('what is not there is said', () => {
  expect(Object.keys(runtimesOffer(undefined, 'flagship').lacking)).toEqual([
    'nodejs',
    'wasm',
    'jvm',
    'python',
  ]);
  expect(runtimesOffer(undefined, 'flagship').lacking.python).toMatch(/not on this device/);
});

test('the JVM is for every device', () => {
  expect(runtimesOffer({ jvm: { folder, optIn: false } }, 'budget').offered).toEqual({
    native,
    jvm: { folder, spares: 1, onDemand: true },
  });
});

test('what the lab host has seen pass is not tried again', () => {
  const { offered } = runtimesOffer({ jvm: { folder, optIn: false, proven: true } }, 'budget');
  expect(offered.jvm).toMatchObject({ proven: true });
});
