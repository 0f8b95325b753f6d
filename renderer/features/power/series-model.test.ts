import { expect, test } from 'vitest';
import type { HistoryBucket, Measurement } from '#schemas';
import {
  chargingSpans,
  fromBuckets,
  hoursLeft,
  type Point,
  rangeOf,
  sparkPath,
  stepOf,
  withBreaks,
  withLive,
} from './series-model.ts';

const STEP = 10_000;
const point = (atMs: number, changes: Partial<Point> = {}): Point => ({
  ...{ atMs, battery: 50, charging: 0, thermal: 0, celsius: undefined, cpu: 10, memory: 1, memoryTotal: 2 },
  ...changes,
});
const measurement = (atMs: number, changes: Partial<Measurement> = {}): Measurement => ({
  ...{ serial: 'VP1', atMs, batteryPercent: 50, charging: false, thermal: 0, cpuLoad: 0.1 },
  ...{ availableMemoryBytes: 1, memoryBytes: 2 },
  ...changes,
});

test('buckets become a line for each phone, with the worst heat and the load in percent', () => {
  const range = (value: number, max = value) => ({ min: value, avg: value, max });
  const bucket = (serial: string, atMs: number): HistoryBucket => ({
    ...{ serial, atMs, samples: 3, batteryPercent: range(80), charging: 0.3, thermal: range(1, 4) },
    ...{ cpuLoad: range(0.25), availableMemoryBytes: range(5), memoryBytes: 9 },
  });
  const series = fromBuckets([bucket('a', 1), bucket('a', 2), bucket('b', 1)]);
  expect([...series.keys()]).toEqual(['a', 'b']);
  expect(series.get('a')?.[1]).toEqual(
    point(2, { battery: 80, charging: 0.3, thermal: 4, cpu: 25, memory: 5, memoryTotal: 9 }),
  );
});

test('live measurements are appended, old points leave, and other phones keep their list', () => {
  const other = [point(0)];
  const series = new Map([
    ['VP1', [point(0), point(STEP)]],
    ['VP2', other],
  ]);
  const next = withLive(series, [measurement(2 * STEP, { thermal: 2 })], STEP, 5_000);
  expect(next.get('VP1')?.map(({ atMs, thermal }) => [atMs, thermal])).toEqual([
    [STEP, 0],
    [2 * STEP, 2],
  ]);
  expect(next.get('VP2')).toBe(other);
  expect(withLive(series, [], STEP, 0)).toBe(series);
});

test('within a step the last point is renewed and keeps its worst heat; the past is not rewritten', () => {
  const series = new Map([['VP1', [point(STEP, { thermal: 3 })]]]);
  const next = withLive(series, [measurement(STEP + 10, { batteryPercent: 49 }), measurement(5)], STEP, 0);
  expect(next.get('VP1')).toEqual([point(STEP, { battery: 49, thermal: 3 })]);
});

test('a phone that is heard of for the first time begins a line', () => {
  expect(withLive(new Map(), [measurement(7)], STEP, 0).get('VP1')).toEqual([point(7)]);
});

test('silence breaks the line, the usual pause does not', () => {
  const points = [point(0), point(10_000), point(100_000)];
  expect(withBreaks(points, STEP).map(({ atMs }) => atMs)).toEqual([0, 10_000, 10_001, 100_000]);
  expect(withBreaks(points, 60_000)).toHaveLength(3);
});

test('charging is shaded from the first to the first without, and not over a gap', () => {
  const on = { charging: 1 };
  const points = [point(0, on), point(10_000, on), point(20_000), point(30_000, on), point(500_000, on)];
  expect(chargingSpans(points, STEP)).toEqual([{ fromMs: 0, toMs: 20_000 }]);
});

test('hours left are said when the battery fell for a while without a charger', () => {
  const fall = [0, 1, 2].map((i) => point(i * 300_000, { battery: 60 - i * 5 }));
  expect(hoursLeft(fall)).toBeCloseTo(50 / 60, 5);
  expect(hoursLeft([...fall, point(900_000, { charging: 1 })])).toBeUndefined();
  expect(hoursLeft(fall.map((it) => ({ ...it, battery: 60 })))).toBeUndefined();
  expect(hoursLeft([])).toBeUndefined();
});

test('a spark line is inside its box and begins anew after a gap', () => {
  const box = { width: 100, height: 20, fromMs: 0, toMs: 100_000 };
  const points = [point(0, { battery: 100 }), point(10_000, { battery: 0 }), point(100_000)];
  expect(sparkPath(points, box, STEP)).toBe('M0.0 0.0h0.5L10.0 20.0M100.0 10.0h0.5');
});

test('ranges have names, and steps that are worth a bucket', () => {
  expect(rangeOf('24h').ms).toBe(86_400_000);
  expect(rangeOf('nonsense').name).toBe('5m');
  expect(stepOf(rangeOf('5m').ms, 300)).toBe(5_000);
  expect(stepOf(rangeOf('7d').ms, 300)).toBe(2_016_000);
});
