// Two measurements side by side: the same thing in both, how much it differs, and whether that is more than noise. Pure.

import { type SeriesAbout, seriesKey } from '#agent/sandbox-bench';
import type { SandboxDifference, SandboxPlaceMeasured, SandboxSeries } from '#schemas';
import { holdsOne, ratioOf, summarize } from '../bench/index.ts';

export interface Compared {
  readonly differences: SandboxDifference[];
  readonly unmatched: number;
}

/** Less than this is not worth a word, however sure it is. */
const MATTERS = 0.02;

/** Places are matched by name; two runs of one place each are compared even if the places differ. */
export function compareRuns(
  a: readonly SandboxPlaceMeasured[],
  b: readonly SandboxPlaceMeasured[],
): Compared {
  const [measuredA, measuredB] = [a, b].map((all) => all.filter(({ measured }) => measured));
  const alone = measuredA?.length === 1 && measuredB?.length === 1;
  const differences: SandboxDifference[] = [];
  let series = 0;
  for (const one of measuredB ?? []) series += one.measured?.series.length ?? 0;
  let unmatched = series;
  for (const placeA of measuredA ?? []) {
    const placeB = alone ? measuredB?.[0] : measuredB?.find(({ place }) => place === placeA.place);
    const others = new Map((placeB?.measured?.series ?? []).map((it) => [seriesKey(it), it]));
    for (const it of placeA.measured?.series ?? []) {
      const other = others.get(seriesKey(it));
      if (!other) {
        unmatched += 1;
        continue;
      }
      unmatched -= 1;
      differences.push(differenceOf(placeA.place, placeB?.place, it, other));
    }
  }
  return { differences, unmatched };
}

function differenceOf(
  place: string,
  placeB: string | undefined,
  a: SandboxSeries,
  b: SandboxSeries,
): SandboxDifference {
  const { ratio, low, high } = ratioOf(b.values, a.values);
  const { values: _values, ...about } = a;
  return {
    place,
    ...(placeB && placeB !== place ? { placeB } : {}),
    ...about,
    a: summarize(a.values).median,
    b: summarize(b.values).median,
    ...{ ratio, low, high },
    verdict: verdictOf(about, { ratio, low, high }),
  };
}

function verdictOf(
  { unit }: SeriesAbout,
  difference: { ratio: number; low: number; high: number },
): SandboxDifference['verdict'] {
  if (holdsOne(difference) || Math.abs(difference.ratio - 1) < MATTERS) return 'same';
  // Of everything but a rate, less is better.
  return difference.ratio > 1 === (unit === 'MB/s') ? 'better' : 'worse';
}
