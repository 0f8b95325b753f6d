// Phones scattered over a field, each linked to its nearest: the shape that radio gives a mesh.

import type { Random } from '#base';
import type { Pair } from '#lab/links';

const LINKS_EACH = 3;

/** A connected graph: every node's nearest ones, and the shortest bridge wherever a group would be alone. */
export function nearPairs(count: number, random: Random): Pair[] {
  const xs = Float64Array.from({ length: count }, () => random.float());
  const ys = Float64Array.from({ length: count }, () => random.float());
  const distance = (a: number, b: number) =>
    ((xs[a] ?? 0) - (xs[b] ?? 0)) ** 2 + ((ys[a] ?? 0) - (ys[b] ?? 0)) ** 2;
  const pairs = new Map<string, Pair>();
  const group = Int32Array.from({ length: count }, (_, node) => node);
  const groupOf = (node: number): number => {
    let at = node;
    while (group[at] !== at) at = group[at] ?? at;
    group[node] = at;
    return at;
  };
  const add = (a: number, b: number) => {
    const pair: Pair = a < b ? [a, b] : [b, a];
    pairs.set(pair.join(), pair);
    group[groupOf(a)] = groupOf(b);
  };
  for (let node = 0; node < count; node += 1) {
    const nearest: number[] = [];
    for (let other = 0; other < count; other += 1) {
      if (other === node) continue;
      const place = nearest.findIndex((it) => distance(node, other) < distance(node, it));
      if (place >= 0) nearest.splice(place, 0, other);
      else if (nearest.length < LINKS_EACH) nearest.push(other);
      nearest.length = Math.min(nearest.length, LINKS_EACH);
    }
    for (const other of nearest) add(node, other);
  }
  // Groups that no link joins: each finds its shortest bridge to any other, until there is one group.
  for (let node = 1; node < count; node += 1) {
    if (groupOf(node) === groupOf(0)) continue;
    const mine = groupOf(node);
    let best: Pair | undefined;
    for (let a = 0; a < count; a += 1) {
      if (groupOf(a) !== mine) continue;
      for (let b = 0; b < count; b += 1) {
        if (groupOf(b) !== mine && (!best || distance(a, b) < distance(...best))) best = [a, b];
      }
    }
    if (best) add(...best);
    node -= groupOf(node) === groupOf(0) ? 0 : 1;
  }
  return [...pairs.values()];
}
