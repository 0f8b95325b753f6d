import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { nearPairs, SimulatedMesh } from './index.ts';

const reached = (count: number, pairs: readonly (readonly [number, number])[]): number => {
  const seen = new Set([0]);
  for (let before = 0; before !== seen.size; ) {
    before = seen.size;
    for (const [a, b] of pairs) {
      if (seen.has(a)) seen.add(b);
      if (seen.has(b)) seen.add(a);
    }
  }
  return Math.min(seen.size, count);
};

describe('nearest phones linked', () => {
  test.each([2, 3, 10, 200])('%i phones are one mesh, with a few links each', (count) => {
    const pairs = nearPairs(count, seededRandom(count));
    expect(reached(count, pairs)).toBe(count);
    expect(pairs.length).toBeLessThanOrEqual(count * 3);
    expect(pairs.every(([a, b]) => a < b)).toBe(true);
  });
});

describe('a simulated mesh that is looked at', () => {
  test('shows its nodes, links, traffic and the routes that use them', () => {
    const mesh = new SimulatedMesh({ nodes: 20, topology: 'near', seed: 3 });
    mesh.run(2_000);
    const { nodes, edges } = mesh.map();
    expect(nodes.every(({ reaches }) => reaches === 19)).toBe(true);
    expect(edges.reduce((sum, { routes }) => sum + routes, 0)).toBe(20 * 19);
    expect(
      edges.every(({ up, quality, bytesAtoB }) => up && (quality ?? 0) > 0 && (bytesAtoB ?? 0) > 0),
    ).toBe(true);
    expect(mesh.routes('S0001').routes).toHaveLength(19);
  });

  test('follows next hops, and finds a route beyond the map when it is looked for again', () => {
    const mesh = new SimulatedMesh({ nodes: 200, topology: 'near', seed: 3 });
    mesh.run(4_000);
    const far = mesh.map().nodes.find(({ id }) => !mesh.path('S0001', id).complete);
    expect(far).toBeDefined();
    // One look asks; the routes come with the answers of the nodes between.
    for (let look = 0; look < 10; look += 1) {
      mesh.path('S0001', far?.id ?? '');
      mesh.run(500);
    }
    const { path, complete } = mesh.path('S0001', far?.id ?? '');
    expect(complete).toBe(true);
    expect([path[0], path.at(-1)]).toEqual(['S0001', far?.id]);
    expect(() => mesh.path('S0001', 'nobody')).toThrow('no node');
  });

  test('breaks links and heals them, and the same seed does the same', () => {
    const downs = () => {
      const mesh = new SimulatedMesh({ nodes: 20, topology: 'ring', seed: 5, breaksPerMinute: 60 });
      const seen: number[] = [];
      for (let at = 0; at < 40; at += 1) {
        mesh.run(500);
        seen.push(mesh.map().edges.filter(({ up }) => !up).length);
      }
      return seen;
    };
    const first = downs();
    expect(Math.max(...first)).toBeGreaterThan(0);
    expect(Math.max(...first)).toBeLessThan(15);
    expect(downs()).toEqual(first);
  });
});
