// How fast a series of samples grows. Pure.

import { linearRegression } from 'simple-statistics';

export interface Growth {
  readonly startBytes: number;
  readonly endBytes: number;
  /** Of a line through the second half of the samples: what a program takes to warm up is over by then. */
  readonly bytesPerThousandRuns: number;
}

/** `samples`: [runs so far, bytes], at least four of them. */
export function growthOf(samples: readonly (readonly [number, number])[]): Growth {
  const later = samples.slice(Math.floor(samples.length / 2)).map(([runs, bytes]) => [runs, bytes]);
  return {
    startBytes: samples[0]?.[1] ?? 0,
    endBytes: samples.at(-1)?.[1] ?? 0,
    bytesPerThousandRuns: Math.round(linearRegression(later).m * 1000),
  };
}
