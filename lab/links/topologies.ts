// The shapes that a mesh can be started in, as pairs of phone indexes.

import type { Random } from '#base';

export const topologyNames = ['chain', 'ring', 'random', 'full'] as const;
export type TopologyName = (typeof topologyNames)[number];

export type Pair = readonly [number, number];

/** Links of a connected graph over `count` phones; random has about 1.5 links per phone. */
export function topologyPairs(name: TopologyName, count: number, random: Random): Pair[] {
  const chain = Array.from({ length: Math.max(0, count - 1) }, (_, at): Pair => [at, at + 1]);
  switch (name) {
    case 'chain':
      return chain;
    case 'ring':
      return count > 2 ? [...chain, [0, count - 1]] : chain;
    case 'full':
      return Array.from({ length: count }, (_, a) =>
        Array.from({ length: count - a - 1 }, (_, b): Pair => [a, a + b + 1]),
      ).flat();
    case 'random':
      return randomGraph(count, random);
  }
}

/** A random tree, so that it is connected, and then half as many links again. */
function randomGraph(count: number, random: Random): Pair[] {
  const pairs = new Map<string, Pair>();
  const add = (a: number, b: number) => {
    const pair: Pair = a < b ? [a, b] : [b, a];
    if (a !== b) pairs.set(pair.join(), pair);
  };
  for (let node = 1; node < count; node += 1) add(node, Math.floor(random.float() * node));
  const wanted = Math.min((count * (count - 1)) / 2, Math.floor(count * 1.5));
  for (let tries = 0; pairs.size < wanted && tries < count * 20; tries += 1) {
    add(Math.floor(random.float() * count), Math.floor(random.float() * count));
  }
  return [...pairs.values()];
}
