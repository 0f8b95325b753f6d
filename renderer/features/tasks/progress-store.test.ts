import { expect, test } from 'vitest';
import type { HistoryTaskDetail, TaskView } from '#schemas';
import { sinceRequest, usageOf, withSample } from './progress-store.ts';

const task = (
  cpuMs: number,
  memoryBytes: number,
  state: TaskView['state'] = 'running',
): Pick<TaskView, 'state' | 'progress' | 'timeline' | 'startedAt'> => ({
  state,
  startedAt: 1_000,
  timeline: [
    { state: 'queued', atMs: 0 },
    { state: 'running', atMs: 100 },
  ],
  progress: { cpuMs, memoryBytes, bytesIn: 0, bytesOut: 0 },
});

test('a sample is added when the figures change, never backwards in time', () => {
  const first = withSample(undefined, task(5, 10), 1_600);
  expect(first).toEqual([{ atMs: 600, cpuMs: 5, memoryBytes: 10 }]);
  expect(withSample(first, task(5, 10), 1_900)).toBe(first);
  expect(withSample(first, task(9, 10), 1_200)?.at(-1)?.atMs).toBe(600);
  expect(withSample(first, task(9, 10, 'delivering'), 2_000)).toBe(first);
  expect(withSample(undefined, task(0, 0), 2_000)).toBeUndefined();
});

test('processor use is the growth between two samples, and the report ends the line', () => {
  const samples = [
    { atMs: 600, cpuMs: 250, memoryBytes: 10 },
    { atMs: 1_100, cpuMs: 750, memoryBytes: 20 },
  ];
  const report = {
    reason: 'completed',
    cpuMs: 800,
    peakMemoryBytes: 30,
    wallMs: 1_100,
    bytesIn: 0,
    bytesOut: 0,
    layers: [],
  };
  expect(usageOf({ timeline: task(0, 0).timeline, report }, samples)).toEqual([
    { atMs: 0, memoryBytes: 0, cpuPercent: 0 },
    { atMs: 500, memoryBytes: 10, cpuPercent: 50 },
    { atMs: 1_000, memoryBytes: 20, cpuPercent: 100 },
    { atMs: 1_100, memoryBytes: 20, cpuPercent: 50 },
  ]);
});

test('a task that never ran has no line, a short one has its report', () => {
  expect(usageOf({ timeline: [{ state: 'queued', atMs: 0 }] }, [])).toEqual([]);
  const report = {
    reason: 'completed',
    cpuMs: 5,
    peakMemoryBytes: 30,
    wallMs: 10,
    bytesIn: 0,
    bytesOut: 0,
    layers: [],
  };
  expect(usageOf({ timeline: task(0, 0).timeline, report }, []).at(-1)).toEqual({
    atMs: 10,
    memoryBytes: 30,
    cpuPercent: 50,
  });
});

test('samples of the history are told from the request on, without empty ones', () => {
  const detail = {
    task: { startedAt: 1_000_000 },
    samples: [
      { atMs: 1_000_100, cpuMs: 0, memoryBytes: 0, bytesIn: 0, bytesOut: 0 },
      { atMs: 1_000_600, cpuMs: 40, memoryBytes: 9, bytesIn: 1, bytesOut: 1 },
    ],
  } as unknown as HistoryTaskDetail;
  expect(sinceRequest(detail)).toEqual([{ atMs: 600, cpuMs: 40, memoryBytes: 9 }]);
});
