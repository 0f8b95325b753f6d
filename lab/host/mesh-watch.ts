// The mesh as the phones see it, put together: who routes to whom, and whether everyone routes to everyone.

import type { TopologyView } from '#schemas';

/** Every node of the list has a route to every other. False for no nodes. */
export function isMeshReady(
  nodeIds: readonly string[],
  topologies: ReadonlyMap<string, TopologyView>,
): boolean {
  if (nodeIds.length === 0) return false;
  return nodeIds.every((self) => {
    const reached = new Set(
      topologies
        .get(self)
        ?.nodes.filter(({ nextHop }) => nextHop !== undefined)
        .map(({ nodeId }) => nodeId),
    );
    return nodeIds.every((other) => other === self || reached.has(other));
  });
}
