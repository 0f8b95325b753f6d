import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { type TopologyName, topologyPairs } from '#lab/links';
import { Simulator } from './index.ts';

const start = (topology: TopologyName, nodes: number, seed = 1, fullMapNodes = 128): Simulator => {
  const simulator = new Simulator({ nodes, seed, numbers: { fullMapNodes } });
  for (const [a, b] of topologyPairs(topology, nodes, seededRandom(seed))) simulator.linkUp(a, b);
  return simulator;
};

describe('a simulated mesh', () => {
  test.each([
    ['chain', 5],
    ['chain', 50],
    ['ring', 50],
    ['random', 50],
    ['full', 20],
  ] as const)('%s of %i phones: everyone routes to everyone within two seconds', (topology, nodes) => {
    const took = start(topology, nodes).converge(2_000);
    expect(took).toBeDefined();
  });

  test('the same seed gives the same run to the byte, another seed another', () => {
    const digest = (seed: number) => {
      const simulator = start('random', 30, seed);
      simulator.run(12_000);
      simulator.broadcast(0, 'hello', new Uint8Array([1]));
      simulator.run(500);
      return simulator.report();
    };
    expect(digest(7)).toEqual(digest(7));
    expect(digest(7).digest).not.toBe(digest(8).digest);
  });

  test('a broadcast reaches each of 50 phones once', () => {
    const simulator = start('random', 50);
    simulator.converge(2_000);
    const reached: number[] = [];
    simulator.onDelivery = ({ node }) => reached.push(node);
    simulator.broadcast(7, 'service_query', new Uint8Array([1, 2, 3]));
    simulator.run(2_000);
    expect(reached.sort((a, b) => a - b)).toEqual([...Array(50).keys()].filter((n) => n !== 7));
  });

  test('when the best link of a ring dies, messages go the other way round', () => {
    const simulator = start('ring', 10);
    simulator.converge(2_000);
    expect(simulator.node(0).route(simulator.idOf(2))?.hops).toBe(2);
    simulator.linkDown(1, 2);
    simulator.run(500);
    expect(simulator.node(0).route(simulator.idOf(2))?.hops).toBe(8);
    const got: number[] = [];
    simulator.onDelivery = ({ node }) => got.push(node);
    simulator.unicast(0, 2, new Uint8Array([1]));
    simulator.run(500);
    expect(got).toEqual([2]);
    simulator.linkUp(1, 2);
    simulator.run(500);
    expect(simulator.node(0).route(simulator.idOf(2))?.hops).toBe(2);
  });

  test('a quiet mesh says little: refreshes wait for each other', () => {
    const simulator = start('ring', 50);
    simulator.run(30_000);
    const { frames } = simulator.report();
    simulator.run(30_000);
    const links = 50 * 2;
    const heartbeats = links * (30_000 / 600);
    // Two frames a second each way at most, however many nodes there are to tell of.
    expect(simulator.report().frames - frames - heartbeats).toBeLessThan(links * 2 * 30);
  });

  test('refreshes that wait at each of many hops still come before a node is forgotten', () => {
    const simulator = start('chain', 110);
    expect(simulator.converge(3_000)).toBeDefined();
    for (let round = 0; round < 8; round++) {
      simulator.run(10_000);
      const { routed, pairs } = simulator.report();
      expect(routed).toBe(pairs);
    }
  });

  test('in 1,000 phones the map is bounded, and a far route is found when it is sought', () => {
    const simulator = start('random', 1_000, 1, 24);
    simulator.run(3_000);
    const far = [...Array(1_000).keys()].reverse().find((n) => !simulator.node(0).route(simulator.idOf(n)));
    expect(far).toBeDefined();
    expect(simulator.seek(0, far as number)).toBe(true);
    simulator.run(2_000);
    const got: number[] = [];
    simulator.onDelivery = ({ node }) => got.push(node);
    expect(simulator.unicast(0, far as number, new Uint8Array([1]))).toBe(true);
    simulator.run(1_000);
    expect(got).toEqual([far]);
  });
});
