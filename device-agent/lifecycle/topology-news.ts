// What of the mesh's many changes is worth telling at once: nodes, routes and links that came or went. Qualities and
// round trips waver all the time and are told now and then; in fifty phones they would drown everything else.

import type { Clock } from '#base';
import type { TopologyView } from '#schemas';

const WAVERING_EVERY_MS = 5_000;

export interface TopologyNews {
  isNew(view: TopologyView): boolean;
}

export function createTopologyNews(clock: Clock): TopologyNews {
  let told = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    isNew(view) {
      const shape = view.nodes
        .map(
          ({ nodeId, nextHop, neighbours }) =>
            `${nodeId}>${nextHop ?? ''}:${neighbours.map((it) => it.nodeId).join()}`,
        )
        .join(';');
      const now = clock.monotonic();
      if (shape === told && now - toldAt < WAVERING_EVERY_MS) return false;
      told = shape;
      toldAt = now;
      return true;
    },
  };
}
