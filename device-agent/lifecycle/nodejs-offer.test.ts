import { expect, test } from 'vitest';
import { nodejsOffer } from './nodejs-offer.ts';

const folder = '/data/runtime';

test('flagships offer Node.js by themselves, others when their user chose so', () => {
  const offered = { folder, spares: 1 };
  expect(nodejsOffer({ folder, optIn: false }, 'flagship')).toEqual({ offered });
  expect(nodejsOffer({ folder, optIn: true }, 'budget')).toEqual({ offered });
  expect(nodejsOffer({ folder, optIn: false }, 'mid-range').lacking).toMatch(/^nodejs: a mid-range device/);
  expect(nodejsOffer(undefined, 'flagship').lacking).toMatch(/not on this device/);
});
