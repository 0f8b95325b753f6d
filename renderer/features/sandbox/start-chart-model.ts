// The bars of a run's starts: one chart for each place and runtime, ours first, peers below. Pure.

import type { SandboxResult, SandboxStartRow } from '#schemas';
import { figureText, placeName, runtimeName } from './sandbox-words.ts';

export interface StartBar {
  readonly name: string;
  readonly medianMs: number;
  /** How far the interval reaches below and above the median, as the chart's error bars want it. */
  readonly interval: readonly [below: number, above: number];
  readonly p95Ms: number;
  readonly n: number;
  readonly kind: 'cold' | 'warm' | 'peer';
}

export interface StartChart {
  readonly key: string;
  readonly title: string;
  readonly bars: readonly StartBar[];
  /** All of it in a sentence, for those who don't see it. */
  readonly label: string;
}

export function startCharts({ rows }: Pick<SandboxResult, 'rows'>): StartChart[] {
  const groups = new Map<string, SandboxStartRow[]>();
  for (const row of rows) {
    const key = `${row.place} ${row.runtime}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const places = new Set(rows.map(({ place }) => place));
  return [...groups].map(([key, group]) => {
    const [first] = group as [SandboxStartRow];
    const bars = group.map(bar);
    const where = places.size > 1 ? `${placeName(first.place)}: ` : '';
    const title = `${where}${runtimeName(first.runtime)}`;
    const told = bars.map(({ name, medianMs }) => `${name} ${figureText(medianMs, 'ms')}`);
    return { key, title, bars, label: `Starts, ${title}, medians: ${told.join(', ')}` };
  });
}

function bar({ phase, peer, medianMs, lowMs, highMs, p95Ms, n }: SandboxStartRow): StartBar {
  return {
    ...{ name: peer ?? (phase === 'cold' ? 'cold start' : 'warm start'), medianMs, p95Ms, n },
    interval: [Math.max(0, medianMs - lowMs), Math.max(0, highMs - medianMs)],
    kind: peer ? 'peer' : phase,
  };
}

/** How many times as long as plain fork+exec it takes, where that was measured at the same place. */
export function timesPlain(rows: readonly SandboxStartRow[], row: SandboxStartRow): number | undefined {
  const plain = rows.find(({ place, peer }) => place === row.place && peer === 'fork+exec');
  return plain && plain !== row ? row.medianMs / plain.medianMs : undefined;
}
