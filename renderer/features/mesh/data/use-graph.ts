// The graph of a source, kept up to date: its map as often as the source allows, phones as their events come.

import { useMemo, useRef } from 'react';
import type { ErrorShape } from '#base';
import type { MeshMap } from '#schemas';
import { useLab } from '../../../lab/lab-store.ts';
import { emptyGraph, type Graph, graphOf, repainted } from '../graph-model.ts';
import type { MeshSource } from './mesh-source.ts';
import { usePolled } from './use-polled.ts';

export interface MeshData {
  readonly map: MeshMap | undefined;
  readonly graph: Graph;
  readonly error: ErrorShape | undefined;
}

export function useGraph(source: MeshSource): MeshData {
  const phones = useLab((data) => data.phones);
  const connection = useLab(({ lab }) => (lab.phase === 'connected' ? lab.connection : undefined));
  const key = connection === undefined ? undefined : `${source.base} ${connection}`;
  const { value: map, error } = usePolled(key, source.everyMs, (signal) => source.map(signal));
  const last = useRef<{ readonly key: string; readonly map: MeshMap | undefined; readonly graph: Graph }>({
    key: source.base,
    map: undefined,
    graph: emptyGraph,
  });
  const known = source.simulation ? undefined : phones;
  // Phones are handed on by `repainted`; here they only name what the map alone can't.
  const measured = useMemo(() => {
    if (last.current.key !== source.base)
      last.current = { key: source.base, map: undefined, graph: emptyGraph };
    if (map && map !== last.current.map) {
      const graph = graphOf({ map, phones: known, atMs: performance.now() }, last.current.graph);
      last.current = { key: source.base, map, graph };
    }
    return last.current.graph;
  }, [map, source.base, known]);
  const graph = useMemo(() => (known ? repainted(measured, known) : measured), [measured, known]);
  return { map, graph, error };
}
