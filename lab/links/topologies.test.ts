import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { type Pair, topologyNames, topologyPairs } from './topologies.ts';

function reached(pairs: readonly Pair[], count: number): number {
  const seen = new Set(count > 0 ? [0] : []);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [a, b] of pairs) {
      if (seen.has(a) !== seen.has(b)) {
        seen.add(a).add(b);
        grew = true;
      }
    }
  }
  return seen.size;
}

describe('topologies', () => {
  for (const name of topologyNames) {
    test.each([0, 1, 2, 3, 5, 50])(`${name} of %i phones is connected, without doubles or loops`, (count) => {
      const pairs = topologyPairs(name, count, seededRandom(count));
      expect(reached(pairs, count)).toBe(count);
      expect(new Set(pairs.map((pair) => pair.join())).size).toBe(pairs.length);
      expect(pairs.every(([a, b]) => a < b && b < count)).toBe(true);
    });
  }

  test('have the link counts of their names', () => {
    const sizes = topologyNames.map((name) => topologyPairs(name, 6, seededRandom(1)).length);
    expect(sizes).toEqual([5, 6, 9, 15]);
  });
});
