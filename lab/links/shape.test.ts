import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { createShaper, isShaped, unshaped } from './shape.ts';

describe('a bridged link', () => {
  test('passes everything at once when nothing is set', () => {
    const shaper = createShaper(unshaped, seededRandom(1));
    expect(isShaped(unshaped)).toBe(false);
    expect([shaper.release(5, 1_000_000), shaper.release(6, 10)]).toEqual([5, 6]);
  });

  test('delays by its latency and keeps the order', () => {
    const shaper = createShaper({ ...unshaped, delayMs: 40 }, seededRandom(1));
    expect([shaper.release(0, 10), shaper.release(10, 10)]).toEqual([40, 50]);
  });

  test('spends the time that its rate needs, one chunk after the other', () => {
    const shaper = createShaper({ ...unshaped, rateBytesPerSecond: 1_000 }, seededRandom(1));
    expect([shaper.release(0, 500), shaper.release(0, 500), shaper.release(2_000, 100)]).toEqual([
      500, 1_000, 2_100,
    ]);
  });

  test('turns loss into delay, never before an earlier chunk, and about as often as asked', () => {
    const shaper = createShaper({ ...unshaped, loss: 0.1 }, seededRandom(7));
    const releases = Array.from({ length: 2_000 }, (_, at) => shaper.release(at * 1_000, 1_400));
    const delayed = releases.filter((release, at) => release > at * 1_000).length;
    expect(delayed).toBeGreaterThan(150);
    expect(delayed).toBeLessThan(250);
    expect(releases).toEqual([...releases].sort((a, b) => a - b));
  });
});
