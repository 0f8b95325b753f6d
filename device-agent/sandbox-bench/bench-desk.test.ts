import { expect, test } from 'vitest';
import { AbhayaError } from '#base';
import type { SandboxBenchProgress, SandboxMeasured } from '#schemas';
import { createBenchDesk } from './bench-desk.ts';

const measured = { series: [] } as unknown as SandboxMeasured;
const ask = { rounds: 1 };
const step = { done: 1, total: 2, what: 'start' };

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(new AbhayaError('cancelled', 'cancelled'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

test('measures one at a time, and tells how far it is a few times a second at most', async () => {
  const said: SandboxBenchProgress[] = [];
  let now = 0;
  const desk = createBenchDesk({
    measure: async (_ask, { onProgress }) => {
      for (; now < 1_000; now += 10) onProgress(step);
      return measured;
    },
    onProgress: (progress) => said.push(progress),
    now: () => now,
  });
  const { signal } = new AbortController();
  expect(await desk.run('a', ask, { signal })).toBe(measured);
  expect(said).toEqual(Array.from({ length: 4 }, () => ({ benchId: 'a', ...step })));
  expect(await desk.run('b', ask, { signal })).toBe(measured);
});

test('ends when it is cancelled by its name, when who asked is gone, and when the agent ends', async () => {
  const desk = createBenchDesk({
    measure: (_ask, { signal }) => untilAborted(signal),
    onProgress: () => undefined,
    now: () => 0,
  });
  const gone = new AbortController();
  const first = desk.run('a', ask, { signal: gone.signal });
  first.catch(() => undefined);
  await expect(desk.run('b', ask, { signal: gone.signal })).rejects.toMatchObject({ code: 'conflict' });
  await desk.cancel('b');
  gone.abort();
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  for (const end of [() => desk.cancel('c'), () => desk.close()]) {
    const next = desk.run('c', ask, { signal: new AbortController().signal });
    next.catch(() => undefined);
    await end();
    await expect(next).rejects.toMatchObject({ code: 'cancelled' });
  }
});
