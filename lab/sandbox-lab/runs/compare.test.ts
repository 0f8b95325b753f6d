import { expect, test } from 'vitest';
import type { SandboxPlaceMeasured, SandboxSeries } from '#schemas';
import { compareRuns } from './compare.ts';

const near = (centre: number) => Array.from({ length: 30 }, (_, i) => centre * (1 + ((i % 5) - 2) / 100));
const start = (centre: number, peer?: string): SandboxSeries => ({
  ...{ what: 'start', runtime: 'native', phase: 'cold', unit: 'ms', values: near(centre) },
  ...(peer ? { peer } : {}),
});
const pipe = (centre: number): SandboxSeries => ({
  ...{ what: 'pipe', runtime: 'native', unit: 'MB/s', values: near(centre) },
});
const at = (place: string, ...series: SandboxSeries[]): SandboxPlaceMeasured => ({
  place,
  measured: {
    ...{
      arch: 'x64',
      kernel: '6',
      cpu: '',
      cores: 2,
      runtimes: ['native'],
      lacks: {},
      layers: [],
      notes: [],
    },
    series,
  },
});

test('slower is worse for times, and for rates less', () => {
  const { differences, unmatched } = compareRuns(
    [at('local', start(2), start(0.5, 'fork+exec'), pipe(900))],
    [at('local', start(4), start(0.5, 'fork+exec'), pipe(450))],
  );
  expect(unmatched).toBe(0);
  expect(differences.map(({ what, peer, verdict, ratio }) => [what, peer, verdict, ratio])).toEqual([
    ['start', undefined, 'worse', 2],
    ['start', 'fork+exec', 'same', 1],
    ['pipe', undefined, 'worse', 0.5],
  ]);
});

test('quicker is better; a hair is the same', () => {
  const { differences } = compareRuns([at('local', start(4), pipe(900))], [at('local', start(2), pipe(905))]);
  expect(differences.map(({ verdict }) => verdict)).toEqual(['better', 'same']);
});

test('places are matched by name, except where each run has one', () => {
  const two = compareRuns([at('local', start(1)), at('VP1', start(2))], [at('VP1', start(2))]);
  expect(two.differences.map(({ place, placeB }) => [place, placeB])).toEqual([['VP1', undefined]]);
  expect(two.unmatched).toBe(1);
  const one = compareRuns([at('local', start(1))], [at('VP1', start(2))]);
  expect(one.differences.map(({ place, placeB }) => [place, placeB])).toEqual([['local', 'VP1']]);
});

test('what only one run has is counted', () => {
  const failed: SandboxPlaceMeasured = { place: 'VP2', problem: { code: 'timeout', message: 'x' } };
  expect(
    compareRuns([at('local', start(1), pipe(1)), failed], [at('local', start(1), start(1, 'unshare'))]),
  ).toMatchObject({
    differences: [{ what: 'start' }],
    unmatched: 2,
  });
});
