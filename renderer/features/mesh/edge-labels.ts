// What stands beside links in a small drawing. Pure.

import type { GraphEdge } from './graph-model.ts';
import { quality, rate, roundTrip } from './mesh-words.ts';
import { shapeText } from './shape-words.ts';

export type EdgeLabels = 'quality' | 'rtt' | 'traffic' | 'routes' | 'nothing';

export const edgeLabelNames: Record<EdgeLabels, string> = {
  quality: 'Quality',
  rtt: 'Round trip',
  traffic: 'Traffic',
  routes: 'Routes',
  nothing: 'Nothing',
};

export const labelFor =
  (what: EdgeLabels) =>
  (edge: GraphEdge): string => {
    if (what === 'nothing') return '';
    if (!edge.up) return 'down';
    const shape = edge.link?.shape ? shapeText(edge.link.shape) : '';
    const direct = edge.link?.kind === 'direct' ? 'direct' : '';
    return [textOf(edge, what), direct, shape].filter(Boolean).join(' · ');
  };

function textOf(edge: GraphEdge, what: Exclude<EdgeLabels, 'nothing'>): string {
  if (what === 'rtt') return edge.rttMs === undefined ? '' : roundTrip(edge.rttMs);
  if (what === 'traffic') {
    const { rateAtoB, rateBtoA } = edge;
    return rateAtoB === undefined || rateBtoA === undefined ? '' : rate(rateAtoB + rateBtoA);
  }
  if (what === 'routes') return edge.routes > 0 ? `${edge.routes}` : 'unused';
  return edge.quality === undefined ? '' : quality(edge.quality);
}
