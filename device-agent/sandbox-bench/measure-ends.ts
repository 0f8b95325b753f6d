// How soon a report is there: of a service that makes a forbidden call, and beside it of one that simply ends. Both are
// measured from their first byte of output, which the call follows at once.

import { AbhayaError } from '#base';
import { completed } from './bench-jobs.ts';
import type { Bench } from './measure-sandbox.ts';

export const endSteps = (rounds: number): number => rounds * 2;

export async function measureEnds(bench: Bench): Promise<void> {
  for (const service of bench.services) {
    if (!service.forbidden) continue;
    const { runtime } = service;
    for (let round = 0; round < bench.rounds; round++) {
      for (const what of round % 2 === 0 ? (['end', 'denial'] as const) : (['denial', 'end'] as const)) {
        bench.step(`${what}: ${runtime}`);
        const run = await bench.run(bench.cold, runtime, what === 'end' ? 'trivial' : 'forbidden');
        const { report, askedMs } = run;
        if (what === 'end') completed(runtime, run);
        else if (report.reason !== 'syscall-denied')
          throw new AbhayaError('sandbox.unavailable', `a forbidden call ended as ${report.reason}`);
        if (report.firstByteMs !== undefined)
          bench.book.add({ what, runtime, unit: 'ms' }, askedMs - report.firstByteMs);
      }
    }
  }
}
