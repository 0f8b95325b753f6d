import { expect, test } from 'vitest';
import type { TaskView } from '#schemas';
import { median, statsFromHistory, statsOf } from './service-stats.ts';

const task = (state: TaskView['state'], atMs: number, peakMemoryBytes?: number): TaskView => ({
  taskId: String(atMs),
  packageId: 'org.abhaya.wordcount',
  version: '1.0.0',
  state,
  hops: 0,
  attempts: 1,
  outputs: [],
  timeline: [
    { state: 'queued', atMs: 0 },
    { state, atMs },
  ],
  offers: [],
  from: 'VP1',
  startedAt: 0,
  ...(peakMemoryBytes === undefined
    ? {}
    : {
        report: {
          reason: 'completed',
          cpuMs: 0,
          peakMemoryBytes,
          wallMs: 0,
          bytesIn: 0,
          bytesOut: 0,
          layers: [],
        },
      }),
});

test('runs that ended count; cancelled ones are neither success nor failure', () => {
  const stats = statsOf([
    task('acknowledged', 100, 5),
    task('acknowledged', 300, 9),
    task('acknowledged', 200, 7),
    task('failed', 5_000, 1),
    task('cancelled', 900),
    task('running', 10),
  ]);
  expect(stats.get('org.abhaya.wordcount@1.0.0')).toEqual({
    runs: 5,
    successRate: 0.75,
    p50DurationMs: 200,
    p50MemoryBytes: 7,
  });
});

test('nothing but cancelled tasks has no rate', () => {
  expect(statsOf([task('cancelled', 1)]).get('org.abhaya.wordcount@1.0.0')).toEqual({
    runs: 1,
    successRate: undefined,
    p50DurationMs: undefined,
    p50MemoryBytes: undefined,
  });
  expect(statsOf([task('running', 1)]).size).toBe(0);
});

test('the median is a value that occurred', () => {
  expect([median([]), median([4]), median([9, 1]), median([3, 9, 1])]).toEqual([undefined, 4, 1, 3]);
});

test('the history counts under the same names', () => {
  const [[key, stats] = []] = statsFromHistory([
    {
      packageId: 'org.abhaya.wordcount',
      version: '1.0.0',
      runs: 3,
      succeeded: 2,
      failed: 1,
      cancelled: 0,
      successRate: 2 / 3,
      p50DurationMs: 10,
      p95DurationMs: 20,
      p50PeakMemoryBytes: 30,
      lastStartedAt: 0,
    },
  ]);
  expect(key).toBe('org.abhaya.wordcount@1.0.0');
  expect(stats).toEqual({ runs: 3, successRate: 2 / 3, p50DurationMs: 10, p50MemoryBytes: 30 });
});
