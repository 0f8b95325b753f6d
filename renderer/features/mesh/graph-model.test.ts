import { describe, expect, test } from 'vitest';
import type { MeshMap, PhoneView } from '#schemas';
import { changesBetween } from './graph-diff.ts';
import { emptyGraph, graphOf, repainted } from './graph-model.ts';

const phone = (serial: string, changes: Partial<PhoneView> = {}): [string, PhoneView] => [
  serial,
  { serial, adbSerial: serial, kind: 'virtual', state: 'running', profile: 'flagship', ...changes },
];
const link = (a: string, b: string, delayMs = 0) => ({
  linkId: `${a}.${b}`,
  a,
  b,
  kind: 'bridged' as const,
  state: 'up' as const,
  shape: { delayMs, loss: 0, rateBytesPerSecond: 0 },
  bytesAtoB: 0,
  bytesBtoA: 0,
});
const map = (bytes: number, more: Partial<MeshMap> = {}): MeshMap => ({
  ready: true,
  nodes: ['A', 'B', 'C'].map((id) => ({ id, reaches: 2 })),
  edges: [
    {
      a: 0,
      b: 1,
      up: true,
      quality: 0.9,
      rttMs: 2,
      routes: 3,
      bytesAtoB: bytes,
      bytesBtoA: 0,
      link: link('A', 'B'),
    },
    { a: 1, b: 2, up: false, routes: 0, bytesAtoB: 10, bytesBtoA: 10 },
  ],
  ...more,
});
const phones = new Map([phone('A'), phone('B', { state: 'failed' })]);

describe('the graph of the mesh', () => {
  test('has a node a phone, by its state, and a link by its quality', () => {
    const { nodes, edges } = graphOf({ map: map(0), phones, atMs: 0 }, emptyGraph);
    expect([...nodes.values()].map(({ id, tone, links }) => [id, tone, links])).toEqual([
      ['A', 'ok', 1],
      ['B', 'bad', 1],
      ['C', 'off', 0],
    ]);
    expect([...edges.values()].map(({ id, word }) => [id, word])).toEqual([
      ['A – B', 'good'],
      ['B – C', 'down'],
    ]);
  });

  test('tells traffic from what was carried since the map before', () => {
    const first = graphOf({ map: map(1_000), phones, atMs: 1_000 }, emptyGraph);
    const second = graphOf({ map: map(5_000), phones, atMs: 3_000 }, first);
    expect(first.edges.get('A – B')?.rateAtoB).toBeUndefined();
    expect(second.edges.get('A – B')?.rateAtoB).toBe(2_000);
    // A link that was opened anew counts from zero again: no negative traffic.
    expect(graphOf({ map: map(0), phones, atMs: 4_000 }, second).edges.get('A – B')?.rateAtoB).toBe(0);
  });

  test('keeps what did not change, so that only the rest is drawn', () => {
    let graph = graphOf({ map: map(0), phones, atMs: 0 }, emptyGraph);
    graph = graphOf({ map: map(0), phones, atMs: 1_000 }, graph);
    const same = graphOf({ map: map(0), phones, atMs: 2_000 }, graph);
    expect(changesBetween(graph, same)).toEqual({
      nodes: { added: [], changed: [], removed: [] },
      edges: { added: [], changed: [], removed: [] },
      structure: false,
    });
    const edges = map(0).edges.map((edge) => (edge.link ? { ...edge, link: link('A', 'B', 50) } : edge));
    const reshaped = graphOf({ map: map(0, { edges }), phones, atMs: 3_000 }, same);
    expect(changesBetween(same, reshaped).edges.changed.map(({ id }) => id)).toEqual(['A – B']);
  });

  test('notices phones and links that come and go', () => {
    const graph = graphOf({ map: map(0), phones, atMs: 0 }, emptyGraph);
    const less = graphOf(
      {
        map: { ready: true, nodes: map(0).nodes.slice(0, 2), edges: map(0).edges.slice(0, 1) },
        phones,
        atMs: 1,
      },
      graph,
    );
    const changes = changesBetween(graph, less);
    expect(changes.structure).toBe(true);
    expect(changes.nodes.removed).toEqual(['C']);
    expect(changes.edges.removed).toEqual(['B – C']);
  });

  test('repaints a phone as soon as its state changes, and leaves the others', () => {
    const graph = graphOf({ map: map(0), phones, atMs: 0 }, emptyGraph);
    const next = repainted(graph, new Map([phone('A'), phone('B', { state: 'running' })]));
    expect(next.nodes.get('B')?.tone).toBe('ok');
    expect(next.nodes.get('A')).toBe(graph.nodes.get('A'));
    expect(repainted(graph, phones)).toBe(graph);
  });

  test('shows a simulated node by whether it reaches anyone', () => {
    const simulated = { ...map(0), nodes: [0, 5, 5].map((reaches, at) => ({ id: `S${at}`, reaches })) };
    const { nodes } = graphOf({ map: simulated, phones: undefined, atMs: 0 }, emptyGraph);
    expect([...nodes.values()].map(({ tone }) => tone)).toEqual(['warn', 'ok', 'ok']);
  });
});
