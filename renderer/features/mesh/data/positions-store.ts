// Where nodes stand, for as long as the window is open: by mesh, so that pages may come and go.

import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { Point, Positions } from '../layout/placement.ts';

interface Kept {
  readonly ids: readonly string[];
  readonly points: readonly Point[];
}

interface PositionsData {
  /** By the mesh's key, oldest first. */
  readonly meshes: Readonly<Record<string, Kept>>;
}

const MOST_MESHES = 5;

const usePositionsStore = create<PositionsData>()(
  persist(() => ({ meshes: {} }), {
    name: 'mesh-positions',
    storage: createJSONStorage(() => sessionStorage),
  }),
);

export function positionsOf(key: string): Map<string, Point> {
  const { ids = [], points = [] } = usePositionsStore.getState().meshes[key] ?? {};
  return new Map(ids.flatMap((id, at) => (points[at] ? [[id, points[at]]] : [])));
}

/** Nodes that went keep their places: they may come back. */
export function keepPositions(key: string, positions: Positions): void {
  usePositionsStore.setState(({ meshes }) => {
    const { [key]: _old, ...others } = meshes;
    const rest = Object.entries(others).slice(-(MOST_MESHES - 1));
    const kept: Kept = { ids: [...positions.keys()], points: [...positions.values()] };
    return { meshes: { ...Object.fromEntries(rest), [key]: kept } };
  });
}
