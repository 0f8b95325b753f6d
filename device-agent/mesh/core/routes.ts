// Best paths over the map that originator messages give: Dijkstra over link quality with a penalty per hop.
// Every node computes them from the same signed map with positive costs, so next hops can't form lasting loops.

import type { NodeId } from '../port.ts';
import type { LinkId } from './effects.ts';
import { prefixOf } from './link-records.ts';
import type { Link, Links } from './links.ts';
import type { MeshNumbers } from './numbers.ts';
import type { Originators } from './originators.ts';

export interface Route {
  readonly nextHop: NodeId;
  readonly link: LinkId;
  readonly hops: number;
  /** Product of link qualities, 0..1. */
  readonly quality: number;
  readonly rttMs: number | undefined;
}

interface Candidate extends Route {
  readonly id: NodeId;
  readonly cost: number;
}

export const linkCost = (quality: number, hopPenalty: number): number =>
  hopPenalty - Math.log(Math.max(0.01, Math.min(1, quality)));

const before = (a: Candidate, b: Candidate): boolean =>
  a.cost !== b.cost ? a.cost < b.cost : a.hops !== b.hops ? a.hops < b.hops : a.id < b.id;

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/** The best link to each neighbour. */
export function neighbourLinks(links: Links): Map<NodeId, Link> {
  const best = new Map<NodeId, Link>();
  for (const link of links.all.values()) {
    const other = best.get(link.peer);
    if (!other || link.toldQuality > other.toldQuality) best.set(link.peer, link);
  }
  return best;
}

export function computeRoutes(
  self: NodeId,
  links: Links,
  origins: Originators,
  numbers: MeshNumbers,
): Map<NodeId, Route> {
  const done = new Map<NodeId, Route>();
  const heap: Candidate[] = [];
  for (const [peer, link] of neighbourLinks(links)) {
    const quality = link.toldQuality / 100;
    push(heap, {
      id: peer,
      cost: linkCost(quality, numbers.hopPenalty),
      nextHop: peer,
      link: link.id,
      hops: 1,
      quality,
      rttMs: link.rttMs,
    });
  }
  for (let best = pop(heap); best; best = pop(heap)) {
    if (done.has(best.id)) continue;
    const { id, cost, ...route } = best;
    done.set(id, route);
    for (const record of origins.table.get(id)?.facts.links.values() ?? []) {
      const next = origins.byPrefix.get(record.prefix);
      if (next === undefined || next === self || done.has(next)) continue;
      // A link counts when both ends tell of it: one end alone may be mistaken, or lying.
      if (!origins.table.get(next)?.facts.links.has(prefixOf(id))) continue;
      const quality = record.quality / 100;
      push(heap, {
        id: next,
        cost: cost + linkCost(quality, numbers.hopPenalty),
        nextHop: route.nextHop,
        link: route.link,
        hops: route.hops + 1,
        quality: route.quality * quality,
        rttMs: sum(route.rttMs, record.rttMs),
      });
    }
  }
  return done;
}

function push(heap: Candidate[], item: Candidate): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as Candidate;
    if (!before(item, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = item;
}

function pop(heap: Candidate[]): Candidate | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    const left = at * 2 + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child =
      right < heap.length && before(heap[right] as Candidate, heap[left] as Candidate) ? right : left;
    const candidate = heap[child] as Candidate;
    if (!before(candidate, last)) break;
    heap[at] = candidate;
    at = child;
  }
  heap[at] = last;
  return top;
}
