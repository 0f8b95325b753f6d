// What a sandbox measurement looks like for people. Pure.

import type { SandboxFigure, SandboxOverhead, SandboxResult, SandboxStartRow, SandboxUnit } from '#schemas';
import { formatBytes, table } from './print.ts';

/** What a figure is called for people. */
export const figureName = (what: string): string => names[what] ?? what;

const names: Readonly<Record<string, string>> = {
  start: 'start to first byte',
  teardown: 'teardown',
  compute: 'computing',
  end: 'first byte to the report of its end',
  denial: 'first byte, forbidden call, report',
  pipe: 'through the pipes',
  'memory-floor': 'smallest memory that works',
  'peak-memory': 'memory of a trivial service',
};

export function benchText(result: SandboxResult): string {
  return result.places
    .map(({ place, cpu, cores, kernel, problem, notes, lacks }) => {
      const ofPlace = <T extends { readonly place: string }>(all: readonly T[]) =>
        all.filter((it) => it.place === place);
      const [rows, figures, overhead] = [result.rows, result.figures, result.overhead].map(
        ofPlace as never,
      ) as [SandboxStartRow[], SandboxFigure[], SandboxOverhead[]];
      return [
        `${place}: ${problem ? problem.message : `${cpu}, ${cores} cores, Linux ${kernel}; ${result.rounds} rounds`}`,
        ...(rows.length > 0 ? ['', startTable(rows)] : []),
        ...(figures.length > 0 ? ['', figureTable(figures)] : []),
        ...(overhead.length > 0 ? ['', overheadTable(overhead)] : []),
        ...Object.entries(lacks).map(([runtime, why]) => `${runtime} is not offered: ${why}`),
        ...notes,
      ].join('\n');
    })
    .join('\n\n');
}

function startTable(rows: readonly SandboxStartRow[]): string {
  const plain = rows.find(({ peer }) => peer === 'fork+exec')?.medianMs;
  return table(
    ['START TO FIRST BYTE', 'PHASE', 'MEDIAN', '95 % SURE', 'P95', 'x FORK+EXEC', 'N'],
    rows.map(({ runtime, phase, peer, medianMs, lowMs, highMs, p95Ms, n }) => [
      peer ?? runtime,
      phase,
      ms(medianMs),
      `${ms(lowMs)} to ${ms(highMs)}`,
      ms(p95Ms),
      plain === undefined ? '' : (medianMs / plain).toFixed(1),
      String(n),
    ]),
  );
}

const figureTable = (figures: readonly SandboxFigure[]): string =>
  table(
    ['FIGURE', 'OF', 'MEDIAN', '95 % SURE', 'N'],
    figures.map(({ what, runtime, phase, peer, median, low, high, unit, n }) => [
      `${figureName(what)}${phase && !peer ? `, ${phase}` : ''}`,
      peer ? `${runtime}, ${peer}` : runtime,
      withUnit(median, unit),
      n > 1 ? `${withUnit(low, unit)} to ${withUnit(high, unit)}` : '',
      String(n),
    ]),
  );

const overheadTable = (overhead: readonly SandboxOverhead[]): string =>
  table(
    ['TIMES AS LONG', 'BY', 'RATIO', '95 % SURE', 'WITHIN NOISE'],
    overhead.map(({ what, of, ratio, low, high, withinNoise }) => [
      what,
      of === 'filter' ? 'the filter alone' : 'the whole sandbox',
      ratio.toFixed(3),
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
      withinNoise ? 'yes' : 'no',
    ]),
  );

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;

export const withUnit = (value: number, unit: SandboxUnit): string => {
  if (unit === 'ms') return ms(value);
  return unit === 'bytes' ? formatBytes(Math.round(value)) : `${Math.round(value)} ${unit}`;
};
