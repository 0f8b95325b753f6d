// What one node's view of the mesh says about itself, without the rest: its links, and how many routes use each.
// Views grow with the mesh; summaries with the number of links. Made once for each view that comes.

/** The part of a topology that is read here; an agent's and a core's both have it. */
export interface TopologyLike {
  readonly self: string;
  readonly nodes: readonly {
    readonly nodeId: string;
    readonly hops: number;
    readonly quality: number;
    readonly rttMs?: number | undefined;
    readonly nextHop?: string | undefined;
    readonly neighbours: readonly { readonly nodeId: string; readonly quality: number }[];
  }[];
}

export interface NeighbourSummary {
  readonly quality: number;
  readonly rttMs: number | undefined;
  /** Routes of this node that leave over this link. */
  readonly routes: number;
}

export interface NodeSummary {
  readonly self: string;
  readonly reaches: number;
  readonly neighbours: ReadonlyMap<string, NeighbourSummary>;
  /** Links of nodes that may have no view of their own here, as they tell of them. */
  readonly others: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** `knows` says which nodes have a view of their own: what others say of them is left out. */
export function summarise(topology: TopologyLike, knows: (nodeId: string) => boolean): NodeSummary {
  const own = topology.nodes.find(({ nodeId }) => nodeId === topology.self);
  const routes = new Map<string, number>();
  const rtts = new Map<string, number>();
  const others = new Map<string, ReadonlyMap<string, number>>();
  let reaches = 0;
  for (const { nodeId, hops, nextHop, rttMs, neighbours } of topology.nodes) {
    if (nodeId === topology.self) continue;
    if (nextHop !== undefined) {
      reaches += 1;
      routes.set(nextHop, (routes.get(nextHop) ?? 0) + 1);
      if (hops === 1 && rttMs !== undefined) rtts.set(nodeId, rttMs);
    }
    if (!knows(nodeId)) others.set(nodeId, new Map(neighbours.map((it) => [it.nodeId, it.quality])));
  }
  const neighbours = new Map(
    (own?.neighbours ?? []).map(({ nodeId, quality }) => [
      nodeId,
      { quality, rttMs: rtts.get(nodeId), routes: routes.get(nodeId) ?? 0 },
    ]),
  );
  return { self: topology.self, reaches, neighbours, others };
}
