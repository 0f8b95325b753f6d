// Collects what is measured, one series for each thing. Pure.

import type { SandboxSeries } from '#schemas';

export type SeriesAbout = Omit<SandboxSeries, 'values'>;

export interface SeriesBook {
  add(about: SeriesAbout, value: number): void;
  list(): SandboxSeries[];
}

export function createSeriesBook(): SeriesBook {
  const all = new Map<string, SandboxSeries & { values: number[] }>();
  return {
    add(about, value) {
      const key = seriesKey(about);
      const series = all.get(key) ?? { ...about, values: [] };
      // Nine digits are more than any clock knows, and less for the wire and the history.
      series.values.push(Number(value.toPrecision(9)));
      all.set(key, series);
    },
    list: () => [...all.values()],
  };
}

/** The same for two series that measure the same thing. */
export const seriesKey = ({ what, runtime, phase, peer }: SeriesAbout): string =>
  [what, runtime, phase ?? '', peer ?? ''].join('|');
