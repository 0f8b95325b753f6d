// From what places have measured to what is told of it. Pure: the same series always give the same result.

import {
  type SandboxFigure,
  type SandboxMeasured,
  type SandboxOverhead,
  type SandboxPlace,
  type SandboxResult,
  type SandboxSeries,
  type SandboxStartRow,
  sandboxRuntimes,
} from '#schemas';
import { holdsOne, pairedRatioOf, summarize } from './statistics.ts';

/** One place of a run: what it measured, or why it could not. */
export interface PlaceMeasured {
  readonly place: string;
  readonly measured?: SandboxMeasured;
  readonly problem?: { readonly code: string; readonly message: string };
}

export function resultOf(rounds: number, places: readonly PlaceMeasured[]): SandboxResult {
  const each = places.map(({ place, measured }) => ({ place, series: inOrder(measured?.series ?? []) }));
  return {
    rounds,
    rows: each.flatMap(({ place, series }) =>
      series.filter(({ what, phase }) => what === 'start' && phase).map((it) => startRow(place, it)),
    ),
    figures: each.flatMap(({ place, series }) =>
      series.filter(({ what }) => what !== 'start' && what !== 'compute').map((it) => figure(place, it)),
    ),
    overhead: each.flatMap(({ place, series }) => overheadOf(place, series)),
    places: places.map(placeView),
  };
}

/** By runtime, ours before the peers, cold before warm. */
function inOrder(series: readonly SandboxSeries[]): SandboxSeries[] {
  const runtimes: string[] = [...new Set([...sandboxRuntimes, ...series.map(({ runtime }) => runtime)])];
  const rank = ({ runtime, peer, phase }: SandboxSeries): number =>
    runtimes.indexOf(runtime) * 4 + (peer ? 2 : 0) + (phase === 'warm' ? 1 : 0);
  return [...series].sort((a, b) => rank(a) - rank(b));
}

function startRow(place: string, { runtime, phase = 'cold', peer, values }: SandboxSeries): SandboxStartRow {
  const { median, p95, low, high, n } = summarize(values);
  const about = { place, runtime, phase, ...(peer ? { peer } : {}) };
  return { ...about, medianMs: median, p95Ms: p95, lowMs: low, highMs: high, n };
}

function figure(place: string, { values, ...about }: SandboxSeries): SandboxFigure {
  return { place, ...about, ...summarize(values) };
}

/** Times as long, so rates are turned round. */
function overheadOf(place: string, series: readonly SandboxSeries[]): SandboxOverhead[] {
  const find = (what: SandboxSeries['what'], runtime: string, peer?: string) =>
    series.find((it) => it.what === what && it.runtime === runtime && it.peer === peer)?.values;
  const made: SandboxOverhead[] = [];
  for (const runtime of new Set(series.map((it) => it.runtime))) {
    for (const [what, name] of [
      ['compute', 'compute'],
      ['echo', 'pipe'],
    ] as const) {
      const plain = find(name, runtime, 'plain');
      for (const [of, values] of [
        ['sandbox', find(name, runtime)],
        ['filter', find(name, runtime, 'filter')],
      ] as const) {
        if (!plain || !values) continue;
        const ratio = name === 'pipe' ? pairedRatioOf(plain, values) : pairedRatioOf(values, plain);
        made.push({ place, runtime, what, of, ...ratio, withinNoise: holdsOne(ratio) });
      }
    }
  }
  return made;
}

function placeView({ place, measured, problem }: PlaceMeasured): SandboxPlace {
  const { arch = '', kernel = '', cpu = '', cores = 0 } = measured ?? {};
  const { runtimes = [], lacks = {}, layers = [], notes = [] } = measured ?? {};
  const known = { place, arch, kernel, cpu, cores, runtimes, lacks, layers, notes };
  return problem ? { ...known, problem } : known;
}
