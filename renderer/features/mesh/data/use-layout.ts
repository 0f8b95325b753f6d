// Positions for the graph: known ones stay, newcomers are placed at once and settled by the layout's thread.

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Graph } from '../graph-model.ts';
import { type LayoutThread, openLayoutThread } from '../layout/layout-thread.ts';
import {
  circle,
  type Point,
  type Positions,
  placeNewcomers,
  ringsFrom,
  type Shape,
  spacingOf,
} from '../layout/placement.ts';
import { keepPositions, positionsOf } from './positions-store.ts';

export type LayoutName = 'force' | 'circle' | 'rings';

export interface Layout {
  /** Empty until the first layout is there. */
  readonly positions: Positions;
  readonly working: boolean;
  /** Changes when everything was laid out anew: the drawing then fits it into sight. */
  readonly fitKey: string;
  arrange(name: LayoutName, root: string | undefined): void;
  moved(id: string, to: Point): void;
}

const shapeOf = (graph: Graph): Shape => ({
  nodes: [...graph.nodes.keys()],
  edges: [...graph.edges.values()].map(({ a, b }) => [a, b] as const),
});

export function useLayout(graph: Graph, key: string): Layout {
  const [state, setState] = useState({ key: '', positions: new Map() as Positions, working: false, fits: 0 });
  const thread = useRef<LayoutThread>(undefined);
  const known = useRef<{ key: string; positions: Map<string, Point> }>({ key: '', positions: new Map() });
  const latest = useRef(graph);
  latest.current = graph;
  /** The nodes whose first layout is under way: a new map of the same ones must not begin it again. */
  const asked = useRef('');

  useEffect(() => {
    const it = openLayoutThread();
    thread.current = it;
    return () => {
      thread.current = undefined;
      asked.current = '';
      it.close();
    };
  }, []);

  const take = useCallback(
    (positions: Positions, fit: boolean) => {
      const all = new Map([...known.current.positions, ...positions]);
      known.current = { key, positions: all };
      keepPositions(key, all);
      setState((old) => ({ key, positions: all, working: false, fits: old.fits + (fit ? 1 : 0) }));
    },
    [key],
  );

  useEffect(() => {
    if (known.current.key !== key) known.current = { key, positions: positionsOf(key) };
    const { positions } = known.current;
    const ids = [...graph.nodes.keys()];
    const newcomers = ids.filter((id) => !positions.has(id));
    if (newcomers.length === 0) {
      if (ids.length > 0)
        setState((old) => (old.key === key ? old : { ...old, key, positions, fits: old.fits + 1 }));
      return;
    }
    const shape = shapeOf(graph);
    const pinned = new Set(ids.filter((id) => positions.has(id)));
    const first = pinned.size === 0;
    const wanted = first ? [key, ...ids].join('\n') : '';
    if (first && asked.current === wanted) return;
    asked.current = wanted;
    if (first) setState((old) => ({ ...old, key, positions: new Map(), working: true }));
    else take(placeNewcomers(shape, positions), false);
    thread.current?.ask({ shape, known: new Map(known.current.positions), pinned }, (settled) =>
      take(settled, first),
    );
  }, [graph, key, take]);

  const arrange = useCallback(
    (name: LayoutName, root: string | undefined) => {
      const shape = shapeOf(latest.current);
      if (name === 'circle') return take(circle([...shape.nodes].sort(), spacingOf(shape)), true);
      if (name === 'rings') return take(ringsFrom(root ?? shape.nodes[0] ?? '', shape), true);
      setState((old) => ({ ...old, working: true }));
      thread.current?.ask({ shape, known: new Map(), pinned: new Set() }, (settled) => take(settled, true));
    },
    [take],
  );
  const moved = useCallback((id: string, to: Point) => take(new Map([[id, to]]), false), [take]);
  const mine = state.key === key;
  return {
    positions: mine ? state.positions : new Map(),
    working: state.working || !mine,
    fitKey: `${key} ${state.fits}`,
    arrange,
    moved,
  };
}
