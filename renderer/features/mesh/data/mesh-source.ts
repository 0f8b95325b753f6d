// Where the drawn mesh comes from: the fleet, or a simulation that the lab host runs.

import type { MeshMap, SimulationView } from '#schemas';
import { get } from '../../../api/client.ts';

export interface MeshSource {
  /** Positions are remembered under it: the same simulated mesh stands as it stood. */
  readonly key: string;
  readonly simulation: SimulationView | undefined;
  /** How long to wait between two maps. */
  readonly everyMs: number;
  map(signal: AbortSignal): Promise<MeshMap>;
  /** The part of the address before `/routes` and `/path`. */
  readonly base: string;
}

export const fleetSource: MeshSource = {
  key: 'fleet',
  simulation: undefined,
  everyMs: 1_000,
  base: '/mesh',
  map: (signal) => get('meshMap', '/mesh/map', { signal }),
};

export function simulationSource(simulation: SimulationView): MeshSource {
  const { simulationId, nodes, topology, seed } = simulation;
  const base = `/simulations/${encodeURIComponent(simulationId)}`;
  return {
    key: `${topology} ${nodes} ${seed}`,
    simulation,
    // Twice a second is enough to see routes change; a very large mesh takes longer to say and to draw.
    everyMs: nodes <= 600 ? 400 : 900,
    base,
    map: (signal) => get('simulationMap', `${base}/map`, { signal }),
  };
}

/** The address of something that is asked of one node, or two. */
export const askOf = (source: MeshSource, what: 'routes' | 'path', names: Readonly<Record<string, string>>) =>
  `${source.base}/${what}?${new URLSearchParams(names).toString()}`;
