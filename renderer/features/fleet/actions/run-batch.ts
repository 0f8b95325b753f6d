// Does one thing to many phones, a few at a time, and tells of each how it went. One that fails stops no other.
// Pure but for the work that it is given.

import { type ErrorShape, toErrorShape } from '#base';

export type Outcome =
  | { readonly state: 'waiting' }
  | { readonly state: 'busy' }
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly error: Pick<ErrorShape, 'code' | 'message'> }
  | { readonly state: 'cancelled' };

export interface BatchOptions {
  readonly atOnce: number;
  /** Ends what is under way and doesn't begin what waits. */
  readonly signal: AbortSignal;
  readonly work: (serial: string, signal: AbortSignal) => Promise<void>;
  readonly onOutcome: (serial: string, outcome: Outcome) => void;
}

/** Resolves when nothing is under way any more; never rejects. */
export async function runBatch(serials: readonly string[], options: BatchOptions): Promise<void> {
  const { atOnce, signal, work, onOutcome } = options;
  const waiting = [...serials];
  const worker = async (): Promise<void> => {
    for (let serial = waiting.shift(); serial !== undefined; serial = waiting.shift()) {
      if (signal.aborted) {
        onOutcome(serial, { state: 'cancelled' });
        continue;
      }
      onOutcome(serial, { state: 'busy' });
      try {
        await work(serial, signal);
        onOutcome(serial, { state: 'done' });
      } catch (error) {
        const { code, message } = toErrorShape(error);
        onOutcome(
          serial,
          signal.aborted ? { state: 'cancelled' } : { state: 'failed', error: { code, message } },
        );
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, serials.length) }, worker));
}

export function tallyOf(outcomes: Iterable<Outcome>) {
  const tally = { waiting: 0, busy: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { state } of outcomes) tally[state] += 1;
  return tally;
}
