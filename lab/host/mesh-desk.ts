// What the attached phones say of the mesh: each one's last view, and what is asked of them together.

import { AbhayaError } from '#base';
import { buildMeshMap, type NodeSummary, summarise, tracePath } from '#lab/mesh-map';
import type { LinkView, MeshMap, PathView, RoutesView, TopologyView } from '#schemas';

export interface MeshDesk {
  readonly topologies: ReadonlyMap<string, TopologyView>;
  note(nodeId: string, topology: TopologyView): void;
  forget(nodeId: string): void;
  map(state: { readonly ready: boolean; readonly links: readonly LinkView[] }): MeshMap;
  /** Throws `not-found` for a phone that isn't in the mesh. */
  routes(serial: string): RoutesView;
  path(from: string, to: string): PathView;
}

export interface MeshDeskOptions {
  /** All phones, attached or not. */
  readonly phones: () => readonly { readonly serial: string; readonly nodeId?: string | undefined }[];
  /** The phone that last had this node id. */
  readonly serialOf: (nodeId: string) => string | undefined;
}

export function createMeshDesk({ phones, serialOf }: MeshDeskOptions): MeshDesk {
  const topologies = new Map<string, TopologyView>();
  const summaries = new Map<string, NodeSummary>();
  const nameOf = (nodeId: string) => serialOf(nodeId) ?? nodeId;

  function nodeIdOf(name: string): string {
    const nodeId = phones().find(({ serial }) => serial === name)?.nodeId ?? name;
    if (topologies.has(nodeId)) return nodeId;
    throw new AbhayaError('not-found', `${name} is not in the mesh now`);
  }

  return {
    topologies,
    note(nodeId, topology) {
      topologies.set(nodeId, topology);
      summaries.set(
        nodeId,
        summarise(topology, (other) => topologies.has(other)),
      );
    },
    forget(nodeId) {
      topologies.delete(nodeId);
      summaries.delete(nodeId);
    },
    map: ({ ready, links }) =>
      buildMeshMap({
        ready,
        nodes: phones().map(({ serial, nodeId }) => ({ id: serial, nodeId })),
        summaries: summaries.values(),
        links: links.map((link) => ({ ...link, up: link.state !== 'down', link })),
        nodeIds: true,
      }),
    routes(serial) {
      const nodes = topologies.get(nodeIdOf(serial))?.nodes ?? [];
      const routes = nodes.flatMap(({ nodeId, nextHop, hops, rttMs, quality }) =>
        nextHop === undefined || hops === 0
          ? []
          : [
              {
                to: nameOf(nodeId),
                nextHop: nameOf(nextHop),
                hops,
                quality,
                ...(rttMs === undefined ? {} : { rttMs }),
              },
            ],
      );
      return { of: serial, routes };
    },
    path(from, to) {
      const nextHopOf = (at: string, target: string) =>
        topologies.get(at)?.nodes.find(({ nodeId }) => nodeId === target)?.nextHop;
      const { path, complete } = tracePath(nodeIdOf(from), nodeIdOf(to), nextHopOf);
      return { path: path.map(nameOf), complete };
    },
  };
}
