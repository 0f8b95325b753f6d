import { describe, expect, test } from 'vitest';
import type { SandboxMeasured, SandboxSeries } from '#schemas';
import { resultOf } from './result.ts';

const start = (runtime: string, phase: 'cold' | 'warm', values: number[], peer?: string): SandboxSeries => ({
  ...{ what: 'start', runtime, phase, unit: 'ms', values },
  ...(peer ? { peer } : {}),
});
const rate = (peer: string | undefined, values: number[]): SandboxSeries => ({
  ...{ what: 'pipe', runtime: 'native', unit: 'MB/s', values },
  ...(peer ? { peer } : {}),
});
const measured = (series: SandboxSeries[]): SandboxMeasured => ({
  ...{ arch: 'x64', kernel: '6.1', cpu: 'some', cores: 2, runtimes: ['native'], layers: ['seccomp'] },
  ...{ lacks: { jvm: 'jvm: no Java here' }, notes: ['no firejail'], series },
});

describe('what is told of a run', () => {
  const series = [
    start('nodejs', 'warm', [3, 4, 5]),
    start('native', 'cold', [0.5], 'fork+exec'),
    start('native', 'warm', [0.2]),
    start('native', 'cold', [1, 2, 3]),
    rate(undefined, [500, 500]),
    rate('plain', [1_000, 1_000]),
    rate('filter', [1_000, 1_000]),
  ];
  const result = resultOf(3, [{ place: 'local', measured: measured(series) }]);

  test('starts: ours before the peers, with their phases', () => {
    expect(result.rows.map(({ runtime, phase, peer, medianMs }) => [runtime, phase, peer, medianMs])).toEqual(
      [
        ['native', 'cold', undefined, 2],
        ['native', 'warm', undefined, 0.2],
        ['native', 'cold', 'fork+exec', 0.5],
        ['nodejs', 'warm', undefined, 4],
      ],
    );
  });

  test('half the rate is twice the time', () => {
    expect(result.overhead.map(({ what, of, ratio, withinNoise }) => [what, of, ratio, withinNoise])).toEqual(
      [
        ['echo', 'sandbox', 2, false],
        ['echo', 'filter', 1, true],
      ],
    );
  });

  test('figures have their units, places say what is missing', () => {
    expect(result.figures.every(({ unit }) => unit === 'MB/s')).toBe(true);
    expect(result.places).toMatchObject([{ place: 'local', lacks: { jvm: 'jvm: no Java here' } }]);
  });

  test('a place that failed says so and has no rows', () => {
    const failed = resultOf(3, [{ place: 'VP0001', problem: { code: 'device.offline', message: 'gone' } }]);
    expect(failed.rows).toEqual([]);
    expect(failed.places).toMatchObject([{ place: 'VP0001', problem: { code: 'device.offline' } }]);
  });
});
