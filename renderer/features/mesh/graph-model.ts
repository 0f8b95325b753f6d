// The mesh as it is drawn: one node a phone, one edge a link, made from the lab host's map, the phones and what the
// map before said (for traffic). Pure. What did not change stays the same object, so that nothing else is redrawn.

import type { LinkView, MeshMap, PhoneView } from '#schemas';
import type { Tone } from '../../theme/theme.ts';
import { stateTone, stateWord } from '../fleet/phone-words.ts';
import { type QualityWord, qualityWord } from './mesh-words.ts';

export interface GraphNode {
  readonly id: string;
  readonly tone: Tone;
  readonly state: string;
  /** A second line under the name: the profile. */
  readonly detail: string;
  readonly reaches: number;
  readonly links: number;
}

export interface GraphEdge {
  readonly id: string;
  readonly a: string;
  readonly b: string;
  readonly up: boolean;
  readonly quality: number | undefined;
  readonly word: QualityWord;
  readonly rttMs: number | undefined;
  readonly routes: number;
  readonly bytesAtoB: number;
  readonly bytesBtoA: number;
  /** Bytes a second since the map before; undefined for the first. */
  readonly rateAtoB: number | undefined;
  readonly rateBtoA: number | undefined;
  readonly link: LinkView | undefined;
}

export interface Graph {
  /** When its map came, monotonic milliseconds. */
  readonly atMs: number;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: ReadonlyMap<string, GraphEdge>;
}

export const emptyGraph: Graph = { atMs: 0, nodes: new Map(), edges: new Map() };

export const edgeId = (a: string, b: string): string => (a < b ? `${a} – ${b}` : `${b} – ${a}`);

export interface GraphInput {
  readonly map: MeshMap;
  /** Absent for a simulation: its nodes are what the map says. */
  readonly phones: ReadonlyMap<string, PhoneView> | undefined;
  readonly atMs: number;
}

export function graphOf({ map, phones, atMs }: GraphInput, before: Graph): Graph {
  const degree = new Map<string, number>();
  const edges = new Map<string, GraphEdge>();
  const seconds = (atMs - before.atMs) / 1_000;
  for (const edge of map.edges) {
    const [a, b] = [map.nodes[edge.a]?.id, map.nodes[edge.b]?.id];
    if (a === undefined || b === undefined || a === b) continue;
    if (edge.up) for (const end of [a, b]) degree.set(end, (degree.get(end) ?? 0) + 1);
    const id = edgeId(a, b);
    const old = before.edges.get(id);
    const { bytesAtoB = 0, bytesBtoA = 0 } = edge;
    const rate = (now: number, then: number | undefined) =>
      then === undefined || seconds <= 0 ? undefined : Math.max(0, Math.round((now - then) / seconds));
    const next: GraphEdge = {
      id,
      a,
      b,
      up: edge.up,
      quality: edge.quality,
      word: qualityWord(edge.up, edge.quality),
      rttMs: edge.rttMs,
      routes: edge.routes,
      bytesAtoB,
      bytesBtoA,
      rateAtoB: rate(bytesAtoB, old?.bytesAtoB),
      rateBtoA: rate(bytesBtoA, old?.bytesBtoA),
      link: edge.link,
    };
    edges.set(id, old && sameLink(old, next) ? old : next);
  }
  const nodes = new Map<string, GraphNode>();
  for (const { id, reaches } of map.nodes) {
    const phone = phones?.get(id);
    const links = degree.get(id) ?? 0;
    const next: GraphNode = { id, ...looks(phone, phones === undefined, reaches), reaches, links };
    const old = before.nodes.get(id);
    nodes.set(id, old && sameFields(old, next) ? old : next);
  }
  return { atMs, nodes, edges };
}

function looks(phone: PhoneView | undefined, simulated: boolean, reaches: number) {
  if (phone) {
    return { tone: stateTone(phone.state), state: stateWord(phone.state), detail: phone.profile ?? '' };
  }
  if (!simulated) return { tone: 'off' as const, state: 'Not of this fleet', detail: '' };
  return reaches > 0
    ? { tone: 'ok' as const, state: 'Running', detail: '' }
    : { tone: 'warn' as const, state: 'Alone', detail: '' };
}

function sameFields<T extends object>(a: T, b: T): boolean {
  const keys = Object.keys(b) as (keyof T)[];
  return keys.every((key) => a[key] === b[key]);
}

/** The lab host's part is a new object with every answer: it is compared by what it says. */
function sameLink(a: GraphEdge, b: GraphEdge): boolean {
  const { link: one, ...restA } = a;
  const { link: other, ...restB } = b;
  const said = (link: LinkView | undefined) =>
    link && JSON.stringify([link.kind, link.state, link.shape, link.address, link.problem]);
  return sameFields(restA, restB) && said(one) === said(other);
}

/** The links of one phone, nearest name first. */
export const edgesOf = (graph: Graph, id: string): GraphEdge[] =>
  [...graph.edges.values()].filter(({ a, b }) => a === id || b === id);

export const otherEnd = (edge: GraphEdge, id: string): string => (edge.a === id ? edge.b : edge.a);

/** The graph with the phones as they are now; the links stay what the last map said. */
export function repainted(graph: Graph, phones: ReadonlyMap<string, PhoneView>): Graph {
  let changed = false;
  const nodes = new Map<string, GraphNode>();
  for (const [id, old] of graph.nodes) {
    const next = { ...old, ...looks(phones.get(id), false, old.reaches) };
    const same = sameFields(old, next);
    changed ||= !same;
    nodes.set(id, same ? old : next);
  }
  return changed ? { ...graph, nodes } : graph;
}
