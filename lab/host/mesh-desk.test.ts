import { describe, expect, test } from 'vitest';
import { createMeshDesk } from './mesh-desk.ts';

const ids: Record<string, string> = { A: 'na', B: 'nb', C: 'nc' };
const phones = [...Object.entries(ids).map(([serial, nodeId]) => ({ serial, nodeId })), { serial: 'D' }];

/** A chain A, B, C as each of the three sees it. */
function chain() {
  const desk = createMeshDesk({
    phones: () => phones,
    serialOf: (nodeId) => Object.keys(ids).find((serial) => ids[serial] === nodeId),
  });
  const links: Record<string, string[]> = { na: ['nb'], nb: ['na', 'nc'], nc: ['nb'] };
  const ways: Record<string, [to: string, nextHop: string, hops: number][]> = {
    na: [
      ['nb', 'nb', 1],
      ['nc', 'nb', 2],
    ],
    nb: [
      ['na', 'na', 1],
      ['nc', 'nc', 1],
    ],
    nc: [
      ['nb', 'nb', 1],
      ['na', 'nb', 2],
    ],
  };
  for (const [self, routes] of Object.entries(ways)) {
    const own = (links[self] ?? []).map((nodeId) => ({ nodeId, quality: 1 }));
    desk.note(self, {
      self,
      nodes: [
        { nodeId: self, hops: 0, quality: 1, neighbours: own, lastSeenMs: 0 },
        ...routes.map(([nodeId, nextHop, hops]) => ({
          nodeId,
          nextHop,
          hops,
          quality: 1,
          neighbours: [],
          lastSeenMs: 0,
        })),
      ],
    });
  }
  return desk;
}

describe('the desk of the mesh', () => {
  test('shows all phones, also those outside the mesh, by their serials', () => {
    const { nodes, edges } = chain().map({ ready: false, links: [] });
    expect(nodes.map(({ id, reaches }) => [id, reaches])).toEqual([
      ['A', 2],
      ['B', 2],
      ['C', 2],
      ['D', 0],
    ]);
    expect(edges.map(({ a, b, routes }) => [a, b, routes])).toEqual([
      [0, 1, 3],
      [1, 2, 3],
    ]);
  });

  test('follows every phone’s own next hop', () => {
    expect(chain().path('A', 'C')).toEqual({ path: ['A', 'B', 'C'], complete: true });
  });

  test('lists the routes of a phone', () => {
    expect(chain().routes('A').routes).toEqual([
      { to: 'B', nextHop: 'B', hops: 1, quality: 1 },
      { to: 'C', nextHop: 'B', hops: 2, quality: 1 },
    ]);
  });

  test('forgets a phone that is detached', () => {
    const desk = chain();
    desk.forget('nb');
    expect(() => desk.routes('B')).toThrow('not in the mesh');
    expect(desk.path('A', 'C')).toEqual({ path: ['A', 'B'], complete: false });
  });
});
