// What the sandbox costs a native program that computes: ticks of its own loop, inside, outside, and outside with the
// filter in force. The program reads the processor's counter itself, so that starting and ending don't count.

import { readFile } from 'node:fs/promises';
import { completed } from './bench-jobs.ts';
import type { Clock } from './clock.ts';
import type { Bench } from './measure-sandbox.ts';

export const overheadSteps = (rounds: number, clocks: number): number => rounds * (clocks + 1);

export async function measureOverhead(bench: Bench, rounds: number, clocks: readonly Clock[]): Promise<void> {
  const service = bench.services.find(({ compute }) => compute !== undefined);
  if (!service) return;
  const { runtime } = service;
  for (let round = 0; round < rounds; round++) {
    const turns = [undefined, ...clocks];
    for (let i = 0; i < turns.length; i++) {
      const clock = turns[(i + round) % turns.length];
      bench.step(`compute: ${clock?.name ?? runtime}`);
      const ticks = clock ? (await clock.run(bench.signal)).number : await sandboxedTicks(bench, runtime);
      if (ticks === 0)
        return bench.note('this processor has no counter that programs may read: no overhead of computing');
      bench.book.add(
        { what: 'compute', runtime, unit: 'ticks', ...(clock ? { peer: clock.name } : {}) },
        ticks,
      );
    }
  }
}

async function sandboxedTicks(bench: Bench, runtime: string): Promise<number> {
  let text = '';
  const run = await bench.run(bench.cold, runtime, 'compute', {
    look: async (output) => {
      text = await readFile(output, 'utf8').catch(() => '');
    },
  });
  completed(`${runtime}, compute`, run);
  return Number.parseInt(text, 10) || 0;
}
