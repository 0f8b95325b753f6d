// How wide a link is drawn: by what it carries, in few steps, so that small changes redraw nothing. Pure.

import type { GraphEdge } from '../graph-model.ts';

/** Heartbeats and originator messages alone stay below the first. */
const STEPS = [2_000, 50_000, 1_000_000] as const;

export function loadClass({ rateAtoB = 0, rateBtoA = 0 }: Pick<GraphEdge, 'rateAtoB' | 'rateBtoA'>): string {
  const carried = rateAtoB + rateBtoA;
  const step = STEPS.filter((from) => carried >= from).length;
  return step === 0 ? '' : `load${step}`;
}
