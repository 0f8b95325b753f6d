// Offer scores: weights of the spec, parts within 0..1, and better is never worse.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offerWeights, scoreOffer } from './scoring.ts';

const offer = fc.record({
  freeMemoryMB: fc.nat(8192),
  cpuLoad: fc.double({ min: 0, max: 1, noNaN: true }),
  runningTasks: fc.nat(4),
  maxTasks: fc.integer({ min: 1, max: 4 }),
  battery: fc.double({ min: 0, max: 1, noNaN: true }),
  charging: fc.boolean(),
  thermal: fc.constantFrom('cool' as const, 'warm' as const, 'hot' as const, 'throttling' as const),
  hasService: fc.boolean(),
});
const route = fc.record({
  hops: fc.nat(10),
  rttMs: fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { nil: undefined }),
  quality: fc.double({ min: 0, max: 1, noNaN: true }),
});
const past = fc.record({ succeeded: fc.nat(100), failed: fc.nat(100) });
const needs = { maxMemoryMB: 64 };

const ideal = {
  ...{ freeMemoryMB: 4096, cpuLoad: 0, runningTasks: 0, maxTasks: 2, battery: 1, charging: true },
  ...{ thermal: 'cool' as const, hasService: true },
};
const near = { hops: 1, rttMs: 0, quality: 1 };
const proven = { succeeded: 1000, failed: 0 };

describe('scoreOffer', () => {
  it('has the five weights of the spec', () => {
    expect(offerWeights).toEqual({
      resources: 0.3,
      network: 0.25,
      load: 0.2,
      specialisation: 0.15,
      reliability: 0.1,
    });
    expect(scoreOffer(ideal, needs, near, proven).score).toBeCloseTo(1, 2);
  });

  it('every part and the whole are within 0..1, and the whole is their weighted sum', () => {
    fc.assert(
      fc.property(offer, route, past, (o, r, p) => {
        const { score, parts } = scoreOffer(o, needs, r, p);
        for (const value of [score, ...Object.values(parts)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-9);
        }
        const sum =
          0.3 * parts.resources +
          0.25 * parts.network +
          0.2 * parts.load +
          0.15 * parts.specialisation +
          0.1 * parts.reliability;
        expect(score).toBeCloseTo(sum, 9);
      }),
    );
  });

  it('improving one thing never lowers the score', () => {
    fc.assert(
      fc.property(offer, route, past, (o, r, p) => {
        const base = scoreOffer(o, needs, r, p).score - 1e-9;
        const score = (...args: [typeof o, typeof r, typeof p]) =>
          scoreOffer(args[0], needs, args[1], args[2]).score;
        expect(score({ ...o, freeMemoryMB: o.freeMemoryMB + 50 }, r, p)).toBeGreaterThanOrEqual(base);
        expect(score({ ...o, cpuLoad: o.cpuLoad / 2 }, r, p)).toBeGreaterThanOrEqual(base);
        expect(score({ ...o, runningTasks: 0 }, r, p)).toBeGreaterThanOrEqual(base);
        expect(score({ ...o, thermal: 'cool' }, r, p)).toBeGreaterThanOrEqual(base);
        expect(score({ ...o, charging: true }, r, p)).toBeGreaterThanOrEqual(base);
        expect(score({ ...o, hasService: true }, r, p)).toBeGreaterThanOrEqual(base);
        expect(score(o, { ...r, quality: 1 }, p)).toBeGreaterThanOrEqual(base);
        expect(score(o, { ...r, rttMs: 0 }, p)).toBeGreaterThanOrEqual(base);
        expect(score(o, { ...r, hops: 0 }, p)).toBeGreaterThanOrEqual(base);
        expect(score(o, r, { ...p, succeeded: p.succeeded + 1 })).toBeGreaterThanOrEqual(base);
      }),
    );
  });

  it('an idle neighbour with the service is good enough to end the wait; a hot, busy stranger is not', () => {
    const stranger = { succeeded: 0, failed: 0 };
    const neighbour = { ...ideal, charging: false, battery: 0.8, cpuLoad: 0.2 };
    expect(
      scoreOffer(neighbour, needs, { hops: 1, rttMs: 10, quality: 0.9 }, stranger).score,
    ).toBeGreaterThan(0.8);
    const busy = { ...ideal, thermal: 'hot' as const, cpuLoad: 0.9, runningTasks: 1, hasService: false };
    expect(scoreOffer(busy, needs, { hops: 4, rttMs: 200, quality: 0.6 }, stranger).score).toBeLessThan(0.8);
  });
});
