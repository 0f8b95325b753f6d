// Which buckets a question for measurements gets: bounded in number, whatever was asked. Pure.

import { AbhayaError } from '#base';

export interface BucketPlan {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

const DAY_MS = 86_400_000;
const AUTO_BUCKETS = 300;
const MAX_BUCKETS = 2_000;
const MIN_STEP_MS = 1_000;

/** By default the last day, in about 300 buckets. Throws `input.invalid`. */
export function planBuckets(
  asked: { from?: number | undefined; to?: number | undefined; step?: number | undefined },
  nowMs: number,
): BucketPlan {
  const to = asked.to ?? nowMs;
  const from = asked.from ?? Math.max(0, to - DAY_MS);
  if (from >= to) throw new AbhayaError('input.invalid', 'from must be before to');
  const stepMs = asked.step ?? Math.max(MIN_STEP_MS, Math.ceil((to - from) / AUTO_BUCKETS));
  if (stepMs < MIN_STEP_MS)
    throw new AbhayaError('input.invalid', `step must be at least ${MIN_STEP_MS} milliseconds`);
  if ((to - from) / stepMs > MAX_BUCKETS) {
    throw new AbhayaError(
      'input.invalid',
      `that would be more than ${MAX_BUCKETS} buckets; a step of ${Math.ceil((to - from) / MAX_BUCKETS)} milliseconds is enough`,
    );
  }
  return { from, to, stepMs };
}
