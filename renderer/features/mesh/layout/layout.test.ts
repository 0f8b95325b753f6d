import { describe, expect, test } from 'vitest';
import { forceLayout } from './force-layout.ts';
import { nearestTowards } from './nearest.ts';
import { circle, placeNewcomers, ringsFrom, type Shape, spacingOf } from './placement.ts';

const chain = (count: number): Shape => ({
  nodes: Array.from({ length: count }, (_, at) => `n${at}`),
  edges: Array.from({ length: count - 1 }, (_, at) => [`n${at}`, `n${at + 1}`] as const),
});
const SPACING = spacingOf(chain(2));
const gap = (a: { x: number; y: number } | undefined, b: { x: number; y: number } | undefined) =>
  Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0));

describe('placing newcomers', () => {
  test('known nodes stay; newcomers stand near their neighbours, also in a row of them', () => {
    const known = new Map([
      ['n0', { x: 0, y: 0 }],
      ['n1', { x: 100, y: 0 }],
    ]);
    const placed = placeNewcomers(chain(5), known);
    expect(placed.get('n1')).toEqual({ x: 100, y: 0 });
    for (const [a, b] of [
      ['n1', 'n2'],
      ['n2', 'n3'],
      ['n3', 'n4'],
    ] as const) {
      expect(gap(placed.get(a), placed.get(b))).toBeCloseTo(SPACING);
    }
  });

  test('several at one neighbour don’t stand on each other, and those without any stand outside', () => {
    const shape: Shape = {
      nodes: ['n0', 'a', 'b', 'c', 'alone'],
      edges: ['a', 'b', 'c'].map((id) => ['n0', id] as const),
    };
    const placed = placeNewcomers(shape, new Map([['n0', { x: 0, y: 0 }]]));
    const points = [...placed.values()];
    for (const [at, point] of points.entries()) {
      for (const other of points.slice(at + 1)) expect(gap(point, other)).toBeGreaterThan(SPACING / 3);
    }
  });
});

describe('the force layout', () => {
  const shape = chain(12);

  test('gives the same picture for the same mesh', () => {
    const once = () => forceLayout({ shape, known: new Map(), pinned: new Set() });
    expect(once()).toEqual(once());
  });

  test('linked nodes end near each other, and none on another', () => {
    const positions = forceLayout({ shape, known: new Map(), pinned: new Set() });
    for (const [a, b] of shape.edges)
      expect(gap(positions.get(a), positions.get(b))).toBeLessThan(SPACING * 2);
    const points = [...positions.values()];
    for (const [at, point] of points.entries()) {
      for (const other of points.slice(at + 1)) expect(gap(point, other)).toBeGreaterThan(SPACING / 3);
    }
  });

  test('does not move what is pinned when somebody comes', () => {
    const known = forceLayout({ shape, known: new Map(), pinned: new Set() });
    const grown: Shape = { nodes: [...shape.nodes, 'new'], edges: [...shape.edges, ['n3', 'new']] };
    const after = forceLayout({ shape: grown, known, pinned: new Set(known.keys()) });
    for (const [id, point] of known) expect(after.get(id)).toEqual(point);
    expect(gap(after.get('new'), after.get('n3'))).toBeLessThan(SPACING * 3);
  });
});

describe('other layouts', () => {
  test('a circle keeps its nodes apart', () => {
    const points = circle(chain(30).nodes, SPACING);
    expect(gap(points.get('n0'), points.get('n1'))).toBeGreaterThan(SPACING * 0.9);
  });

  test('rings put hops at a distance, and the unreachable outermost', () => {
    const shape: Shape = { ...chain(4), nodes: [...chain(4).nodes, 'lost'] };
    const points = ringsFrom('n0', shape);
    const far = (id: string) => gap(points.get(id), { x: 0, y: 0 });
    expect(far('n0')).toBe(0);
    expect(
      ['n1', 'n2', 'n3', 'lost'].every((id, at, all) => at === 0 || far(id) > far(all[at - 1] ?? '')),
    ).toBe(true);
  });
});

describe('arrow keys', () => {
  const positions = new Map([
    ['middle', { x: 0, y: 0 }],
    ['right', { x: 100, y: 10 }],
    ['far right', { x: 300, y: 0 }],
    ['up', { x: 20, y: -100 }],
  ]);

  test.each([
    ['middle', 'ArrowRight', 'right'],
    ['right', 'ArrowRight', 'far right'],
    ['middle', 'ArrowUp', 'up'],
    ['middle', 'ArrowDown', undefined],
    ['right', 'ArrowLeft', 'middle'],
    ['', 'ArrowLeft', 'middle'],
  ] as const)('from %s, %s leads to %s', (from, key, to) => {
    expect(nearestTowards(positions, from, key)).toBe(to);
  });
});
