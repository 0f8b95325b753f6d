// The whole mesh from the nodes' summaries and the links that somebody carries. Pure.

import type { LinkView, MeshMap, MeshMapEdge } from '#schemas';
import type { NodeSummary } from './summary.ts';

export interface CarriedLink {
  /** Names of the ends. */
  readonly a: string;
  readonly b: string;
  readonly up: boolean;
  readonly bytesAtoB?: number | undefined;
  readonly bytesBtoA?: number | undefined;
  readonly link?: LinkView | undefined;
}

export interface MeshMapInput {
  readonly ready: boolean;
  /** Every node that must be shown, linked or not: its name, and its node id once that is known. */
  readonly nodes: readonly { readonly id: string; readonly nodeId?: string | undefined }[];
  readonly summaries: Iterable<NodeSummary>;
  readonly links: Iterable<CarriedLink>;
  /** Node ids in the answer: left out where nobody needs them. */
  readonly nodeIds: boolean;
}

export function buildMeshMap(input: MeshMapInput): MeshMap {
  const nodes: { id: string; nodeId?: string; reaches: number }[] = [];
  const byName = new Map<string, number>();
  const byNodeId = new Map<string, number>();
  const add = (id: string, nodeId: string | undefined): number => {
    const at = nodes.push({ id, reaches: 0, ...(nodeId && input.nodeIds ? { nodeId } : {}) }) - 1;
    byName.set(id, at);
    if (nodeId) byNodeId.set(nodeId, at);
    return at;
  };
  for (const { id, nodeId } of input.nodes) add(id, nodeId);
  const placeOf = (nodeId: string) => byNodeId.get(nodeId) ?? add(nodeId, nodeId);

  const edges = new Map<number, Edge>();
  const between = (a: number, b: number): Edge => {
    // 20,000 nodes at most: a pair is one whole number.
    const key = Math.min(a, b) * 32_768 + Math.max(a, b);
    const there = edges.get(key);
    if (there) return there;
    const edge: Edge = { a, b, up: true, routes: 0 };
    edges.set(key, edge);
    return edge;
  };
  for (const { a, b, up, bytesAtoB, bytesBtoA, link } of input.links) {
    const [from, to] = [byName.get(a), byName.get(b)];
    if (from === undefined || to === undefined) continue;
    const edge = between(from, to);
    edge.up = up;
    if (bytesAtoB !== undefined) edge.bytesAtoB = bytesAtoB;
    if (bytesBtoA !== undefined) edge.bytesBtoA = bytesBtoA;
    if (link) edge.link = link;
  }
  const summaries = [...input.summaries];
  // What a node says of itself is newer than what others say of it.
  const heard = new Set(summaries.map(({ self }) => self));
  for (const { self, reaches, neighbours, others } of summaries) {
    const from = placeOf(self);
    (nodes[from] as { reaches: number }).reaches = reaches;
    for (const [nodeId, { quality, rttMs, routes }] of neighbours) {
      const edge = between(from, placeOf(nodeId));
      edge.quality = Math.min(edge.quality ?? 1, quality);
      if (rttMs !== undefined) edge.rttMs = Math.max(edge.rttMs ?? 0, Math.round(rttMs * 10) / 10);
      edge.routes += routes;
    }
    for (const [nodeId, links] of others) {
      if (heard.has(nodeId)) continue;
      for (const [neighbour, quality] of links) {
        const edge = between(placeOf(nodeId), placeOf(neighbour));
        edge.quality ??= quality;
      }
    }
  }
  return { ready: input.ready, nodes, edges: [...edges.values()] };
}

type Edge = { -readonly [K in keyof MeshMapEdge]: MeshMapEdge[K] };
