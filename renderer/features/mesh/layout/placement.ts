// Where nodes stand at first: known ones where they were, newcomers near their neighbours. Pure and without chance,
// so that the same mesh looks the same every time.

export interface Point {
  readonly x: number;
  readonly y: number;
}
export type Positions = ReadonlyMap<string, Point>;
export interface Shape {
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [string, string])[];
}

const SPACING = { few: 130, many: 60, manyFrom: 200 };

/** How far linked nodes stand from each other: further where names are written beside links. */
export const spacingOf = ({ nodes }: Shape): number =>
  nodes.length > SPACING.manyFrom ? SPACING.many : SPACING.few;

/** The golden angle: points at its multiples never line up. */
const TURN = Math.PI * (3 - Math.sqrt(5));

/** Positions for every node of the shape; those of `known` are kept. */
export function placeNewcomers(shape: Shape, known: Positions): Map<string, Point> {
  const placed = new Map<string, Point>();
  for (const id of shape.nodes) {
    const point = known.get(id);
    if (point) placed.set(id, point);
  }
  const newcomers = shape.nodes.filter((id) => !placed.has(id));
  if (placed.size === 0) return firstPlaces(shape);
  const neighbours = neighboursOf(shape);
  const middle = centre(placed.values());
  const spacing = spacingOf(shape);
  const left = new Set(newcomers);
  let step = 0;
  // From those with placed neighbours outwards; whoever has none at all goes to the rim.
  for (let progress = true; progress; ) {
    progress = false;
    for (const id of [...left]) {
      const near = (neighbours.get(id) ?? []).flatMap((other) => placed.get(other) ?? []);
      if (near.length === 0) continue;
      placed.set(id, beside(centre(near), middle, step, spacing));
      left.delete(id);
      step += 1;
      progress = true;
    }
  }
  const rim = Math.max(...[...placed.values()].map((it) => Math.hypot(it.x - middle.x, it.y - middle.y)));
  let angle = 0;
  for (const id of left) {
    const radius = rim + spacing;
    placed.set(id, { x: middle.x + radius * Math.cos(angle), y: middle.y + radius * Math.sin(angle) });
    angle += TURN;
  }
  return placed;
}

/** A step away from the middle of everything, so that newcomers don't stand on others. */
function beside(near: Point, middle: Point, step: number, spacing: number): Point {
  const outwards = Math.atan2(near.y - middle.y, near.x - middle.x);
  const angle = outwards + ((step % 5) - 2) * 0.5;
  return { x: near.x + spacing * Math.cos(angle), y: near.y + spacing * Math.sin(angle) };
}

/** A walk along the links, set on a circle: rings and chains come out without a crossing. Large meshes by hops. */
function firstPlaces(shape: Shape): Map<string, Point> {
  const [root] = shape.nodes;
  if (root === undefined) return new Map();
  if (shape.nodes.length > MOST_ON_CIRCLE) return ringsFrom(root, shape);
  const neighbours = neighboursOf(shape);
  const walk = new Set<string>();
  for (const start of shape.nodes) {
    const stack = [start];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (walk.has(id)) continue;
      walk.add(id);
      stack.push(...[...(neighbours.get(id) ?? [])].reverse());
    }
  }
  return circle([...walk], spacingOf(shape));
}

const MOST_ON_CIRCLE = 80;

/** All on one circle, in the order given. */
export function circle(ids: readonly string[], spacing: number): Map<string, Point> {
  const radius = Math.max(spacing, (ids.length * spacing) / (2 * Math.PI));
  return new Map(
    ids.map((id, at) => {
      const angle = (2 * Math.PI * at) / ids.length - Math.PI / 2;
      return [id, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }];
    }),
  );
}

/** In rings by hops from one node: what is near it stands near it. Nodes that can't be reached stand outermost. */
export function ringsFrom(root: string, shape: Shape): Map<string, Point> {
  const neighbours = neighboursOf(shape);
  const rings: string[][] = [[root]];
  const seen = new Set([root]);
  for (let ring = rings[0]; ring && ring.length > 0; ring = rings.at(-1)) {
    const next: string[] = [];
    for (const id of ring) {
      for (const other of neighbours.get(id) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        next.push(other);
      }
    }
    if (next.length === 0) break;
    rings.push(next);
  }
  const lost = shape.nodes.filter((id) => !seen.has(id));
  if (lost.length > 0) rings.push(lost);
  const points = new Map<string, Point>();
  const spacing = spacingOf(shape);
  let radius = 0;
  for (const [at, ring] of rings.entries()) {
    radius = at === 0 ? 0 : Math.max(radius + spacing, (ring.length * spacing * 0.6) / (2 * Math.PI));
    for (const [place, id] of ring.entries()) {
      const angle = (2 * Math.PI * place) / ring.length - Math.PI / 2;
      points.set(id, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    }
  }
  return points;
}

function neighboursOf({ edges }: Shape): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const add = (from: string, to: string) => {
    const list = neighbours.get(from);
    if (list) list.push(to);
    else neighbours.set(from, [to]);
  };
  for (const [a, b] of edges) {
    add(a, b);
    add(b, a);
  }
  return neighbours;
}

function centre(points: Iterable<Point>): Point {
  let [x, y, count] = [0, 0, 0];
  for (const point of points) {
    x += point.x;
    y += point.y;
    count += 1;
  }
  return count === 0 ? { x: 0, y: 0 } : { x: x / count, y: y / count };
}
