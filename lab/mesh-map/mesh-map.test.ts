import { describe, expect, test } from 'vitest';
import type { LinkView } from '#schemas';
import { buildMeshMap, summarise, type TopologyLike, tracePath } from './index.ts';

/** A view of node `self`: links by quality, then for each other node its next hop, hops and own links. */
const view = (
  self: string,
  links: Record<string, number>,
  others: Record<string, [nextHop: string, hops: number, links?: Record<string, number>]>,
): TopologyLike => {
  const list = (of: Record<string, number>) =>
    Object.entries(of).map(([nodeId, quality]) => ({ nodeId, quality }));
  return {
    self,
    nodes: [
      { nodeId: self, hops: 0, quality: 1, neighbours: list(links) },
      ...Object.entries(others).map(([nodeId, [nextHop, hops, of]]) => ({
        nodeId,
        nextHop,
        hops,
        quality: 0.9,
        rttMs: hops * 2.04,
        neighbours: list(of ?? {}),
      })),
    ],
  };
};
const link = (a: string, b: string, state: 'up' | 'down'): LinkView => ({
  linkId: `${a}.${b}`,
  a,
  b,
  kind: 'bridged',
  state,
  shape: { delayMs: 0, loss: 0, rateBytesPerSecond: 0 },
  bytesAtoB: 10,
  bytesBtoA: 20,
});
const knowsAll = () => true;

describe('the map of the mesh', () => {
  const chain = [
    view('na', { nb: 0.9 }, { nb: ['nb', 1], nc: ['nb', 2] }),
    view('nb', { na: 0.8, nc: 1 }, { na: ['na', 1], nc: ['nc', 1] }),
    view('nc', { nb: 1 }, { nb: ['nb', 1], na: ['nb', 2] }),
  ];
  const nodes = [
    { id: 'A', nodeId: 'na' },
    { id: 'B', nodeId: 'nb' },
    { id: 'C', nodeId: 'nc' },
    { id: 'D' },
  ];

  test('tells of every link the worse quality, the round trip and the routes of both ends', () => {
    const map = buildMeshMap({
      ready: true,
      nodes,
      summaries: chain.map((it) => summarise(it, knowsAll)),
      links: [],
      nodeIds: true,
    });
    expect(map.nodes.map(({ id, reaches }) => [id, reaches])).toEqual([
      ['A', 2],
      ['B', 2],
      ['C', 2],
      ['D', 0],
    ]);
    expect(map.edges).toEqual([
      { a: 0, b: 1, up: true, quality: 0.8, rttMs: 2, routes: 3 },
      { a: 1, b: 2, up: true, quality: 1, rttMs: 2, routes: 3 },
    ]);
  });

  test('joins carried links with what the mesh says, and shows those that are down', () => {
    const { edges } = buildMeshMap({
      ready: false,
      nodes,
      summaries: chain.map((it) => summarise(it, knowsAll)),
      links: [link('A', 'B', 'up'), link('A', 'D', 'down')].map((it) => ({
        a: it.a,
        b: it.b,
        up: it.state === 'up',
        bytesAtoB: it.bytesAtoB,
        link: it,
      })),
      nodeIds: false,
    });
    expect(edges.map(({ a, b, up, routes, link: of }) => [a, b, up, routes, of?.linkId])).toEqual([
      [0, 1, true, 3, 'A.B'],
      [0, 3, false, 0, 'A.D'],
      [1, 2, true, 3, undefined],
    ]);
  });

  test('shows strangers as those with a view tell of them, and nothing twice', () => {
    const seen = view('na', { nx: 0.7 }, { nx: ['nx', 1, { na: 0.6, ny: 0.5 }], ny: ['nx', 2, { nx: 0.5 }] });
    const map = buildMeshMap({
      ready: true,
      nodes: [{ id: 'A', nodeId: 'na' }],
      summaries: [summarise(seen, (nodeId) => nodeId === 'na')],
      links: [],
      nodeIds: true,
    });
    expect(map.nodes.map(({ id }) => id)).toEqual(['A', 'nx', 'ny']);
    expect(map.edges.map(({ a, b, quality }) => [a, b, quality])).toEqual([
      [0, 1, 0.7],
      [1, 2, 0.5],
    ]);
  });
});

describe('a path', () => {
  const hops: Record<string, string> = { A: 'B', B: 'C', C: 'D', X: 'Y', Y: 'X' };
  const next = (at: string) => hops[at];

  test.each([
    ['A', 'D', ['A', 'B', 'C', 'D'], true],
    ['A', 'A', ['A'], true],
    ['A', 'Z', ['A', 'B', 'C', 'D'], false],
    ['X', 'Z', ['X', 'Y'], false],
  ])('from %s to %s', (from, to, path, complete) => {
    expect(tracePath(from, to, next)).toEqual({ path, complete });
  });
});
