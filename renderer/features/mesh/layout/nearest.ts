// Which node an arrow key means: the nearest one in that direction. Pure.

import type { Positions } from './placement.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

const ahead: Record<Direction, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function nearestTowards(positions: Positions, from: string, direction: Direction): string | undefined {
  const start = positions.get(from);
  if (!start) return positions.keys().next().value;
  const [dx, dy] = ahead[direction];
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, { x, y }] of positions) {
    const along = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy + (y - start.y) * dx);
    if (id === from || along <= 0 || aside > along * 2) continue;
    // Sideways counts double: straight ahead is meant first.
    const cost = along + 2 * aside;
    if (cost < least) {
      least = cost;
      best = id;
    }
  }
  return best;
}
