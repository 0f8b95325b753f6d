import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '#base';
import { createSimulations, type Simulations } from './index.ts';

let simulations: Simulations;
beforeEach(() => {
  simulations = createSimulations({ logger: silentLogger });
});
afterEach(() => simulations.close());

const small = { nodes: 12, topology: 'ring', seed: 1 } as const;

describe('simulations', () => {
  test('run in a thread of their own and move with the clock', async () => {
    const { simulationId } = await simulations.start(small);
    const first = await simulations.map(simulationId);
    expect(first.nodes).toHaveLength(12);
    expect(first.edges).toHaveLength(12);
    let now = first.nowMs;
    while (now < first.nowMs + 300) now = (await simulations.map(simulationId)).nowMs;
    expect((await simulations.routes(simulationId, 'S0001')).routes).toHaveLength(11);
    expect(await simulations.path(simulationId, 'S0001', 'S0003')).toEqual({
      path: ['S0001', 'S0002', 'S0003'],
      complete: true,
    });
    await expect(simulations.routes(simulationId, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('are few, and end when they are told to', async () => {
    const started = await Promise.all([1, 2, 3].map((seed) => simulations.start({ ...small, seed })));
    await expect(simulations.start(small)).rejects.toMatchObject({ code: 'conflict' });
    const [one] = started;
    await simulations.stop(one?.simulationId ?? '');
    await expect(simulations.map(one?.simulationId ?? '')).rejects.toMatchObject({ code: 'not-found' });
    expect(simulations.list()).toHaveLength(2);
  });

  test('are given up while they start when nobody wants them any more', async () => {
    const over = new AbortController();
    const starting = simulations.start({ ...small, nodes: 400 }, { signal: over.signal });
    over.abort();
    await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
    expect(simulations.list()).toHaveLength(0);
  });
});
