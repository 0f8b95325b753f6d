// What a runtime takes: the memory that a trivial service touches, and the least with which it completes.

import { completed, DEFAULT_MEMORY_BYTES } from './bench-jobs.ts';
import { memoryFloor } from './core/memory-floor.ts';
import type { Bench } from './measure-sandbox.ts';

/** Runs of a bisection are not known before: this is what a progress bar gets. */
const SEARCH_STEPS = 12;
export const memorySteps = (rounds: number): number => rounds + SEARCH_STEPS;
/** Near the edge the same memory passes once and fails once. */
const PASSES = 2;

export async function measureMemory(bench: Bench, rounds: number): Promise<void> {
  for (const { runtime, memoryStep } of bench.services) {
    for (let round = 0; round < rounds; round++) {
      bench.step(`memory: ${runtime}`);
      const { peakMemoryBytes } = completed(runtime, await bench.run(bench.cold, runtime, 'trivial'));
      // A run that is shorter than the monitor's tick is measured at its end; 0 means that it was not.
      if (peakMemoryBytes > 0)
        bench.book.add({ what: 'peak-memory', runtime, unit: 'bytes' }, peakMemoryBytes);
    }
    const passes = async (memoryBytes: number): Promise<boolean> => {
      bench.step(`memory floor: ${runtime}`);
      for (let pass = 0; pass < PASSES; pass++) {
        const { report } = await bench.run(bench.cold, runtime, 'trivial', { memoryBytes });
        if (report.reason !== 'completed') return false;
      }
      return true;
    };
    const floor = await memoryFloor(passes, { step: memoryStep, most: DEFAULT_MEMORY_BYTES });
    if (floor === undefined) bench.note(`${runtime} does not run with 64 MB`);
    else bench.book.add({ what: 'memory-floor', runtime, unit: 'bytes' }, floor);
  }
}
