// What must hold for the routing core on any graph and any order of failures.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pair } from '#lab/links';
import { Simulator } from './index.ts';

/** A graph and what happens to it: pairs go down and come back. */
const story = fc.integer({ min: 2, max: 12 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    edges: fc.uniqueArray(
      fc
        .tuple(fc.integer({ min: 0, max: nodes - 1 }), fc.integer({ min: 0, max: nodes - 1 }))
        .filter(([a, b]) => a < b),
      { selector: ([a, b]) => `${a}-${b}`, minLength: 1, maxLength: nodes * 2 },
    ),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
    heals: fc.array(fc.nat(), { maxLength: 6 }),
  }),
);

/** Fewest hops between all pairs, by breadth-first search over the edges that are up. */
function distances(nodes: number, edges: readonly Pair[]): number[][] {
  return Array.from({ length: nodes }, (_, from) => {
    const hops = new Array<number>(nodes).fill(Number.POSITIVE_INFINITY);
    hops[from] = 0;
    const queue = [from];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const [a, b] of edges) {
        const next = a === at ? b : b === at ? a : undefined;
        if (next === undefined || hops[next] !== Number.POSITIVE_INFINITY) continue;
        hops[next] = (hops[at] as number) + 1;
        queue.push(next);
      }
    }
    return hops;
  });
}

describe('the routing core', () => {
  test('finds the shortest existing ways after links died and came back, and only those', () => {
    fc.assert(
      fc.property(story, ({ nodes, seed, edges, cuts, heals }) => {
        const simulator = new Simulator({ nodes, seed });
        const up = new Map<string, Pair>(edges.map((edge) => [edge.join(), edge]));
        for (const [a, b] of edges) simulator.linkUp(a, b);
        simulator.run(300);
        const change = (pick: number, alive: boolean) => {
          const edge = edges[pick % edges.length] as Pair;
          if (alive) {
            simulator.linkUp(...edge);
            up.set(edge.join(), edge);
          } else {
            simulator.linkDown(...edge);
            up.delete(edge.join());
          }
          simulator.run(pick % 150);
        };
        for (const pick of cuts) change(pick, false);
        for (const pick of heals) change(pick, true);
        simulator.run(2_500);
        const expected = distances(nodes, [...up.values()]);
        for (let from = 0; from < nodes; from++) {
          for (let to = 0; to < nodes; to++) {
            if (from === to) continue;
            const hops = simulator.node(from).route(simulator.idOf(to))?.hops ?? Number.POSITIVE_INFINITY;
            expect(hops).toBe(expected[from]?.[to]);
            // Following next hops must arrive, each one step nearer: no loops.
            let at = from;
            for (let steps = hops; steps > 0 && steps < Number.POSITIVE_INFINITY; steps--) {
              const nextHop = simulator.node(at).route(simulator.idOf(to))?.nextHop;
              at = [...Array(nodes).keys()].find((n) => simulator.idOf(n) === nextHop) ?? -1;
            }
            if (hops < Number.POSITIVE_INFINITY) expect(at).toBe(to);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('delivers no broadcast and no message twice, and a broadcast to everyone who is connected', () => {
    fc.assert(
      fc.property(story, ({ nodes, seed, edges, cuts }) => {
        const simulator = new Simulator({
          nodes,
          seed,
          shape: { delayMs: 5, loss: 0.1, rateBytesPerSecond: 0 },
        });
        for (const [a, b] of edges) simulator.linkUp(a, b);
        simulator.run(3_000);
        const got = new Map<string, number>();
        simulator.onDelivery = ({ node, effect }) => {
          const what =
            effect.do === 'deliver-broadcast' ? `b${effect.body[0]}` : `u${effect.message.sequence}`;
          const key = `${what} at ${node}`;
          got.set(key, (got.get(key) ?? 0) + 1);
        };
        for (let from = 0; from < nodes; from++) {
          simulator.broadcast(from, 'hello', new Uint8Array([from]));
          simulator.unicast(from, (from + 1) % nodes, new Uint8Array([from]), from);
          const cut = cuts[from];
          if (cut !== undefined) simulator.linkDown(...(edges[cut % edges.length] as Pair));
          simulator.run(7);
        }
        simulator.run(3_000);
        expect([...got.values()].every((times) => times === 1)).toBe(true);
        if (cuts.length > 0) return;
        const near = distances(nodes, edges);
        for (let from = 0; from < nodes; from++) {
          for (let to = 0; to < nodes; to++) {
            const connected = from !== to && (near[from]?.[to] ?? 0) < Number.POSITIVE_INFINITY;
            expect(got.get(`b${from} at ${to}`) ?? 0).toBe(connected ? 1 : 0);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('survives any bytes from a neighbour, unchanged', () => {
    const simulator = new Simulator({ nodes: 3, seed: 1 });
    simulator.linkUp(0, 1);
    simulator.linkUp(1, 2);
    simulator.run(500);
    const picture = () =>
      simulator
        .node(1)
        .topology()
        .nodes.map((node) => ({ ...node, lastSeenMs: 0 }));
    const before = picture();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        simulator.inject(1, 0, bytes);
      }),
      { numRuns: 15 },
    );
    expect(picture()).toEqual(before);
  });

  test('closes the link of a neighbour that keeps sending rubbish', () => {
    const simulator = new Simulator({ nodes: 2, seed: 1 });
    simulator.linkUp(0, 1);
    simulator.run(500);
    for (let n = 0; n < 40; n++) simulator.inject(1, 0, new Uint8Array([0xff, n]));
    simulator.run(100);
    expect(simulator.node(1).topology().nodes.length).toBe(1);
    expect(simulator.report().drops.malformed).toBeGreaterThan(15);
  });
});
