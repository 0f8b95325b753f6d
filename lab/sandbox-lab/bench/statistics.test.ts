import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { holdsOne, pairedRatioOf, ratioOf, summarize } from './statistics.ts';

const around = (centre: number, spread: number, n: number, seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => centre + (random.float() - 0.5) * spread);
};

describe('summaries', () => {
  test('of one value are that value', () => {
    expect(summarize([3])).toEqual({ median: 3, p95: 3, low: 3, high: 3, n: 1 });
  });

  test('hold the median within the interval, whatever the order', () => {
    const values = around(10, 4, 40, 1);
    const { median, low, high, p95, n } = summarize(values);
    expect(n).toBe(40);
    expect(low).toBeLessThanOrEqual(median);
    expect(high).toBeGreaterThanOrEqual(median);
    expect(p95).toBeGreaterThan(median);
    expect(summarize([...values].reverse()).median).toBe(median);
    expect(summarize(values)).toEqual(summarize(values));
  });

  test('are surer with more values', () => {
    const width = (n: number) => {
      const { low, high } = summarize(around(10, 4, n, 2));
      return high - low;
    };
    expect(width(400)).toBeLessThan(width(10));
  });
});

describe('ratios', () => {
  test('of the same distribution hold one', () => {
    expect(holdsOne(ratioOf(around(10, 1, 60, 3), around(10, 1, 60, 4)))).toBe(true);
  });

  test('of twice as much are about two and do not hold one', () => {
    const ratio = ratioOf(around(20, 1, 60, 5), around(10, 1, 60, 6));
    expect(ratio.ratio).toBeCloseTo(2, 0);
    expect(ratio.low).toBeGreaterThan(1.9);
    expect(holdsOne(ratio)).toBe(false);
  });

  test('of pairs bear a machine that slows down while it is measured', () => {
    const slower = (values: number[]) => values.map((value, at) => value * (1 + at));
    const [a, b] = [slower(around(20, 1, 30, 7)), slower(around(10, 1, 30, 8))];
    const paired = pairedRatioOf(a, b);
    const { low, high } = ratioOf(a, b);
    expect(paired.ratio).toBeCloseTo(2, 0);
    expect(paired.high - paired.low).toBeLessThan(high - low);
  });

  test('count the smaller sample', () => {
    expect(ratioOf([1, 1, 1], [2, 2]).n).toBe(2);
  });
});
