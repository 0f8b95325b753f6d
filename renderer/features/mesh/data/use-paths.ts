// The ways of legs as routes are now, asked for with every new map.

import { useEffect, useState } from 'react';
import type { MeshMap, PathView } from '#schemas';
import { get } from '../../../api/client.ts';
import type { Leg } from '../task-legs.ts';
import { askOf, type MeshSource } from './mesh-source.ts';

export interface TracedLeg<L extends Leg> {
  readonly leg: L;
  readonly path: readonly string[];
  readonly complete: boolean;
}

const MOST = 12;

/** `map` is what makes them be asked for again. */
export function usePaths<L extends Leg>(
  source: MeshSource,
  legs: readonly L[],
  map: MeshMap | undefined,
): readonly TracedLeg<L>[] {
  const [ways, setWays] = useState<ReadonlyMap<string, PathView>>(new Map());
  const wanted = [...new Set(legs.slice(0, MOST).map(wayOf))].join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new map is when routes may have changed
  useEffect(() => {
    if (wanted === '') return undefined;
    const stop = new AbortController();
    const all = wanted.split('\n').map(async (way) => {
      const [from = '', to = ''] = way.split('\t');
      const path = await get('path', askOf(source, 'path', { from, to }), { signal: stop.signal }).catch(
        () => undefined,
      );
      return path ? ([[way, path]] as const) : [];
    });
    void Promise.all(all).then((found) => {
      if (stop.signal.aborted) return;
      const next = new Map(found.flat());
      setWays((old) => (same(old, next) ? old : next));
    });
    return () => stop.abort();
  }, [wanted, source.base, map]);
  return legs.flatMap((leg) => {
    const way = ways.get(wayOf(leg));
    return way ? [{ leg, ...way }] : [];
  });
}

const wayOf = ({ from, to }: Leg): string => `${from}\t${to}`;

const same = (a: ReadonlyMap<string, PathView>, b: ReadonlyMap<string, PathView>): boolean =>
  a.size === b.size &&
  [...b].every(([way, { path, complete }]) => {
    const old = a.get(way);
    return old?.complete === complete && old.path.join('\n') === path.join('\n');
  });
