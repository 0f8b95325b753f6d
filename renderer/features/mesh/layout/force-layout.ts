// Forces between nodes, run to their rest in one go: links pull, nodes push. Pinned nodes don't move. Pure: the same
// shape, positions and pins give the same picture (d3-force's own chance is seeded).

import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from 'd3-force';
import { type Point, type Positions, placeNewcomers, type Shape, spacingOf } from './placement.ts';

interface Body extends SimulationNodeDatum {
  readonly id: string;
}

export interface ForceInput {
  readonly shape: Shape;
  readonly known: Positions;
  /** Nodes of `known` that stay where they are. */
  readonly pinned: ReadonlySet<string>;
}

/** Enough to come to rest; the largest meshes get as much as a person waits for. */
const ticksFor = (nodes: number): number => (nodes <= 700 ? 300 : 150);
/** How cold it is at the end (d3-force's own number). */
const COLD = 0.001;

export function forceLayout({ shape, known, pinned }: ForceInput): Map<string, Point> {
  const start = placeNewcomers(shape, known);
  const bodies: Body[] = shape.nodes.map((id) => {
    const point = start.get(id) ?? { x: 0, y: 0 };
    return { id, ...point, ...(pinned.has(id) ? { fx: point.x, fy: point.y } : {}) };
  });
  const links = shape.edges.map(([source, target]) => ({ source, target }));
  const spacing = spacingOf(shape);
  const ticks = ticksFor(bodies.length);
  forceSimulation(bodies)
    .force(
      'links',
      forceLink<Body, { source: string; target: string }>(links)
        .id(({ id }) => id)
        .distance(spacing)
        .strength(1)
        .iterations(3),
    )
    // Far nodes push as well: that is what unfolds a large mesh.
    .force('apart', forceManyBody<Body>().strength(-spacing * 10))
    .force('clear', forceCollide<Body>(spacing * 0.35))
    // Weak, and towards the middle: islands don't drift away.
    .force('x', forceX<Body>(0).strength(0.02))
    .force('y', forceY<Body>(0).strength(0.025))
    .alphaDecay(1 - COLD ** (1 / ticks))
    .stop()
    .tick(ticks);
  return new Map(bodies.map(({ id, x = 0, y = 0 }) => [id, { x: Math.round(x), y: Math.round(y) }]));
}
