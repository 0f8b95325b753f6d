import { describe, expect, test } from 'vitest';
import type { TopologyView } from '#schemas';
import { isMeshReady } from './mesh-watch.ts';

const sees = (self: string, ...others: string[]): [string, TopologyView] => [
  self,
  {
    self,
    nodes: [
      { nodeId: self, hops: 0, quality: 1, neighbours: [], lastSeenMs: 0 },
      ...others.map((nodeId) => ({
        nodeId,
        hops: 1,
        quality: 1,
        nextHop: nodeId,
        neighbours: [],
        lastSeenMs: 0,
      })),
    ],
  },
];

describe('a mesh is ready', () => {
  test.each([
    [
      'when everyone routes to everyone',
      ['a', 'b', 'c'],
      [sees('a', 'b', 'c'), sees('b', 'a', 'c'), sees('c', 'a', 'b')],
      true,
    ],
    [
      'not when one lacks a route',
      ['a', 'b', 'c'],
      [sees('a', 'b', 'c'), sees('b', 'a', 'c'), sees('c', 'a')],
      false,
    ],
    ['not when one has not spoken', ['a', 'b'], [sees('a', 'b')], false],
    ['when a phone is alone', ['a'], [sees('a')], true],
    ['not without phones', [], [], false],
    ['whatever nodes outside the fleet do', ['a', 'b'], [sees('a', 'b', 'x'), sees('b', 'a')], true],
  ] as const)('%s', (_name, nodes, topologies, ready) => {
    expect(isMeshReady([...nodes], new Map(topologies))).toBe(ready);
  });

  test('not when a node is known without a way to it', () => {
    const [self, view] = sees('a', 'b');
    const lost = { ...view, nodes: view.nodes.map(({ nextHop: _gone, ...node }) => node) };
    expect(isMeshReady(['a', 'b'], new Map([[self, lost], sees('b', 'a')]))).toBe(false);
  });
});
