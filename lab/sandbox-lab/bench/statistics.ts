// Medians, percentiles, and how sure of them one may be: percentile bootstrap, with a seed, so that the same values
// always give the same interval. Pure.

import { median, quantileSorted, sampleWithReplacement } from 'simple-statistics';
import { seededRandom } from '#base';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Summary extends Interval {
  readonly median: number;
  readonly p95: number;
  readonly n: number;
}

export interface Ratio extends Interval {
  readonly ratio: number;
  readonly n: number;
}

const RESAMPLES = 1_000;
const SEED = 4;
const TAIL = 0.025;

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], q: number): number => quantileSorted(sorted(values), q);

/** Of at least one value. The interval is of the median, 95 %. */
export function summarize(values: readonly number[]): Summary {
  const own = [...values];
  const random = seededRandom(SEED);
  const medians = resampled(() => median(sampleWithReplacement(own, own.length, random.float)));
  return { median: median(own), p95: quantile(own, 0.95), ...middle(medians), n: own.length };
}

/** The ratio of the medians a / b with its interval: both are drawn anew each time. */
export function ratioOf(a: readonly number[], b: readonly number[]): Ratio {
  const [above, below] = [[...a], [...b]];
  const random = seededRandom(SEED);
  const draw = (values: number[]) => median(sampleWithReplacement(values, values.length, random.float));
  const ratios = resampled(() => draw(above) / draw(below));
  return { ratio: median(above) / median(below), ...middle(ratios), n: Math.min(above.length, below.length) };
}

/** The same for values that were measured in pairs: a machine that slowed down meanwhile slowed both of a pair. */
export function pairedRatioOf(a: readonly number[], b: readonly number[]): Ratio {
  const n = Math.min(a.length, b.length);
  const { median: ratio, low, high } = summarize(a.slice(0, n).map((value, at) => value / (b[at] ?? value)));
  return { ratio, low, high, n };
}

const resampled = (draw: () => number): number[] => Array.from({ length: RESAMPLES }, draw);

function middle(values: readonly number[]): Interval {
  const all = sorted(values);
  return { low: quantileSorted(all, TAIL), high: quantileSorted(all, 1 - TAIL) };
}

/** Whether the interval has 1 in it: then nothing can be said of which is the larger. */
export const holdsOne = ({ low, high }: Interval): boolean => low <= 1 && high >= 1;
