import { describe, expect, test } from 'vitest';
import { AbhayaError, poll, silentLogger } from '#base';
import type { KeptSandboxRun, SandboxMeasured, SandboxRunView } from '#schemas';
import { createSandboxRuns, type MeasureHow } from './sandbox-runs.ts';

const measured: SandboxMeasured = {
  ...{ arch: 'x64', kernel: '6', cpu: 'c', cores: 2, runtimes: ['native'], lacks: {}, layers: [], notes: [] },
  series: [{ what: 'start', runtime: 'native', phase: 'cold', unit: 'ms', values: [1, 2, 3] }],
};

function bench(measure: (place: string, how: MeasureHow) => Promise<SandboxMeasured>, broken = false) {
  const kept = new Map<string, KeptSandboxRun>();
  const events: SandboxRunView[] = [];
  let now = 1_000;
  const runs = createSandboxRuns({
    measure: (place, _ask, how) => measure(place, how),
    store: {
      async save(it) {
        if (broken) throw new AbhayaError('history.unavailable', 'the disk is full');
        kept.set(it.run.runId, it);
      },
      list: async () => [...kept.values()].map(({ run }) => run),
      get: async (runId) => kept.get(runId),
      remove: async (runId) => kept.delete(runId),
    },
    emit: (run) => events.push(run),
    clock: { now: () => (now += 1_000) } as never,
    logger: silentLogger,
  });
  const ended = (runId: string) =>
    poll(async () => events.find((it) => it.runId === runId && it.state !== 'running'), {
      ...{ everyMs: 5, timeoutMs: 10_000, what: 'the end' },
    });
  return { runs, events, ended, kept };
}
const ask = { places: ['local'], rounds: 3 };

describe('a measurement', () => {
  test('is told from its start to its end, kept, and summed up', async () => {
    const { runs, events, ended } = bench(async (_place, { onProgress }) => {
      onProgress({ done: 1, total: 4, what: 'start: native' });
      return measured;
    });
    const { runId } = runs.start(ask);
    expect(await ended(runId)).toMatchObject({ state: 'done' });
    expect(events.map(({ state, progress }) => [state, progress?.done])).toEqual([
      ['running', undefined],
      ['running', 1],
      ['done', undefined],
    ]);
    expect((await runs.get(runId)).result.rows).toMatchObject([{ place: 'local', medianMs: 2, n: 3 }]);
    expect(await runs.list()).toHaveLength(1);
    expect(await runs.compare(runId, runId)).toMatchObject({ differences: [{ ratio: 1, verdict: 'same' }] });
  });

  test('goes on at the next place when one fails, and fails when all do', async () => {
    const { runs, ended } = bench(async (place) => {
      if (place === 'local') return measured;
      throw new AbhayaError('device.offline', `${place} is gone`);
    });
    const { runId } = runs.start({ ...ask, places: ['VP1', 'local'] });
    expect(await ended(runId)).toMatchObject({ state: 'done' });
    expect((await runs.get(runId)).result.places).toMatchObject([
      { problem: { code: 'device.offline' } },
      {},
    ]);
    const all = runs.start({ ...ask, places: ['VP1'] });
    expect(await ended(all.runId)).toMatchObject({ state: 'failed', problem: { message: 'VP1 is gone' } });
  });

  test('is alone, and ends when it is cancelled or the lab host closes', async () => {
    const { runs } = bench(
      (_place, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AbhayaError('cancelled', 'cancelled')));
        }),
    );
    const { runId } = runs.start(ask);
    expect(() => runs.start(ask)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(await runs.cancel(runId)).toMatchObject({ state: 'cancelled' });
    expect(await runs.cancel(runId)).toMatchObject({ state: 'cancelled' });
    const next = runs.start(ask);
    await runs.close();
    expect((await runs.get(next.runId)).run.state).toBe('cancelled');
  });

  test('that the lab host did not live to end is kept as such, and nowhere else while it runs', async () => {
    const { runs, kept } = bench(() => new Promise(() => undefined));
    const { runId } = runs.start(ask);
    const begun = () => Promise.resolve(kept.get(runId));
    const found = await poll(begun, { everyMs: 2, timeoutMs: 10_000, what: 'the begun one' });
    expect(found?.run).toMatchObject({ state: 'failed', problem: { code: 'closed' } });
    expect((await runs.list()).map(({ state }) => state)).toEqual(['running']);
  });

  test('that can’t be kept is there until the lab host ends', async () => {
    const { runs, ended } = bench(async () => measured, true);
    const { runId } = runs.start(ask);
    await ended(runId);
    expect((await runs.list()).map((it) => it.runId)).toEqual([runId]);
    expect((await runs.get(runId)).result.rows).toHaveLength(1);
  });

  test('that nobody knows is not found', async () => {
    const { runs } = bench(async () => measured);
    for (const call of [runs.get('0'.repeat(16)), runs.cancel('0'.repeat(16)), runs.compare('a', 'b')])
      await expect(call).rejects.toMatchObject({ code: 'not-found' });
  });
});
