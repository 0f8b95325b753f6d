// Starts of a trivial service: cold, from a process that waited, and of the peers, interleaved, another one first in each
// round. What a warm start used up is replaced in the background: that is waited for, so that nobody is measured beside it.

import { AbhayaError, sleep } from '#base';
import { completed } from './bench-jobs.ts';
import type { Clock } from './clock.ts';
import type { Bench } from './measure-sandbox.ts';

/** A service's peer: what it is called, and in whose table it stands. */
export interface StartPeer {
  readonly runtime: string;
  readonly clock: Clock;
}

interface Starter {
  readonly name: string;
  start(counts: boolean): Promise<void>;
}

/** Rounds before those that count: caches, first pages. */
const WARM_UP_ROUNDS = 3;
const REST_LEAST_MS = 50;
const REST_MOST_MS = 3_000;

export const startSteps = (rounds: number, starters: number): number => (rounds + WARM_UP_ROUNDS) * starters;

export async function measureStarts(bench: Bench, peers: readonly StartPeer[]): Promise<void> {
  const starters = [
    ...bench.services.flatMap(({ runtime, waits }) => [
      ours(bench, runtime, 'cold'),
      ...(waits ? [ours(bench, runtime, 'warm')] : []),
    ]),
    ...peers.map((peer) => theirs(bench, peer)),
  ];
  for (let round = -WARM_UP_ROUNDS; round < bench.rounds; round++) {
    for (let i = 0; i < starters.length; i++) {
      const starter = starters[(i + round + WARM_UP_ROUNDS) % starters.length];
      if (!starter) continue;
      bench.step(`start: ${starter.name}`);
      await starter.start(round >= 0);
    }
  }
}

function ours(bench: Bench, runtime: string, phase: 'cold' | 'warm'): Starter {
  let slowestMs = 0;
  return {
    name: `${runtime}, ${phase}`,
    async start(counts) {
      const { report, askedMs } = await trivialRun(bench, runtime, phase);
      const { firstByteMs, teardownMs } = report;
      slowestMs = Math.max(slowestMs, askedMs);
      if (firstByteMs === undefined)
        throw new AbhayaError('sandbox.unavailable', `${runtime} gave no byte back`);
      if (counts) {
        bench.book.add({ what: 'start', runtime, phase, unit: 'ms' }, firstByteMs);
        if (teardownMs !== undefined)
          bench.book.add({ what: 'teardown', runtime, phase, unit: 'ms' }, teardownMs);
      }
      if (phase === 'warm') await sleep(restOf(bench.coldMs.get(runtime) ?? slowestMs), bench.waiting);
      else bench.coldMs.set(runtime, slowestMs);
    },
  };
}

/** Three cold starts' time is enough for one, unless the machine is very busy; then it shows in the 95th percentile. */
const restOf = (coldMs: number): number => Math.min(REST_MOST_MS, Math.max(REST_LEAST_MS, 3 * coldMs));

function theirs(bench: Bench, { runtime, clock }: StartPeer): Starter {
  return {
    name: clock.name,
    async start(counts) {
      const { firstMs, totalMs } = await clock.run(bench.signal);
      if (!counts || firstMs === undefined) return;
      const about = { runtime, phase: 'cold', peer: clock.name, unit: 'ms' } as const;
      bench.book.add({ what: 'start', ...about }, firstMs);
      bench.book.add({ what: 'end', ...about }, totalMs - firstMs);
    },
  };
}

async function trivialRun(bench: Bench, runtime: string, phase: 'cold' | 'warm') {
  const sandbox = phase === 'cold' ? bench.cold : bench.warm;
  const run = await bench.run(sandbox, runtime, 'trivial');
  completed(`${runtime}, ${phase}`, run);
  return run;
}
