import { describe, expect, test } from 'vitest';
import type { TaskView } from '#schemas';
import { sampleMeasurement, sampleTask } from '../testing/samples.ts';
import { createMinInterval, historyTask, planBuckets, serviceStats, taskRow, WriteBuffer } from './index.ts';

describe('the write buffer', () => {
  test('keeps only the latest view of a task', () => {
    const buffer = new WriteBuffer();
    buffer.task({ atMs: 1, task: sampleTask(1, { state: 'running' }) });
    buffer.task({ atMs: 2, task: sampleTask(1) });
    expect(buffer.take()?.tasks.map(({ task }) => task.state)).toEqual(['acknowledged']);
    expect(buffer.take()).toBeUndefined();
  });

  test('drops the oldest beyond its limits, and counts them', () => {
    const buffer = new WriteBuffer({ tasks: 2, events: 1, samples: 3 });
    for (let n = 0; n < 5; n += 1) {
      buffer.task({ atMs: n, task: sampleTask(n) });
      buffer.event({ atMs: n, kind: 'phone', subject: 'a', state: `s${n}` });
      buffer.phone(sampleMeasurement(n));
    }
    expect(buffer.dropped).toEqual({ tasks: 3, events: 4, samples: 2 });
    const batch = buffer.take();
    expect(batch?.tasks.map(({ task }) => task.taskId)).toEqual(['task-3', 'task-4']);
    expect(batch?.phones.map(({ atMs }) => atMs)).toEqual([2, 3, 4]);
  });

  test('gives a batch back before what came since, but not over a newer view', () => {
    const buffer = new WriteBuffer({ tasks: 10, events: 10, samples: 3 });
    buffer.task({ atMs: 1, task: sampleTask(1, { state: 'running' }) });
    buffer.phone(sampleMeasurement(1));
    buffer.phone(sampleMeasurement(2));
    const batch = buffer.take();
    if (!batch) throw new Error('nothing taken');
    buffer.task({ atMs: 3, task: sampleTask(1) });
    buffer.phone(sampleMeasurement(3));
    buffer.phone(sampleMeasurement(4));
    buffer.giveBack(batch);
    const again = buffer.take();
    expect(again?.tasks.map(({ task }) => task.state)).toEqual(['acknowledged']);
    expect(again?.phones.map(({ atMs }) => atMs)).toEqual([2, 3, 4]);
    expect(buffer.dropped.samples).toBe(1);
  });

  test('takes a bounded batch and says that more waits', () => {
    const buffer = new WriteBuffer();
    for (let n = 0; n < 1_200; n += 1) buffer.phone(sampleMeasurement(n));
    expect(buffer.crowded).toBe(true);
    expect([buffer.take()?.phones.length, buffer.take()?.phones.length]).toEqual([500, 500]);
    expect([buffer.crowded, buffer.size]).toEqual([false, 200]);
  });
});

describe('the interval', () => {
  test('lets one of a key through in a time, also after the clock was set back', () => {
    const turn = createMinInterval(1_000);
    expect([turn.due('a', 5_000), turn.due('a', 5_999), turn.due('b', 5_999), turn.due('a', 6_000)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(turn.due('a', 100)).toBe(true);
    turn.forget('a');
    expect(turn.due('a', 101)).toBe(true);
  });
});

describe('the plan of buckets', () => {
  test('is the last day in 300 buckets by default', () => {
    expect(planBuckets({}, 100 * 86_400_000)).toEqual({
      from: 99 * 86_400_000,
      to: 100 * 86_400_000,
      stepMs: 288_000,
    });
  });

  test.each([
    ['an end before the begin', { from: 10_000, to: 9_000 }],
    ['nothing between', { from: 10_000, to: 10_000 }],
    ['a step of nothing', { from: 0, to: 10_000, step: 0 }],
    ['too short a step', { from: 0, to: 10_000, step: 999 }],
    ['too many buckets', { from: 0, to: 1e12, step: 1_000 }],
  ])('refuses %s', (_name, asked) => {
    expect(() => planBuckets(asked, 0)).toThrow(expect.objectContaining({ code: 'input.invalid' }));
  });
});

describe("services' figures", () => {
  const ended = (state: TaskView['state'], durationMs: number | null, version: string | null = '1.0.0') => ({
    ...{ packageId: 'a.b', version, state, durationMs, peakMemoryBytes: durationMs, startedAt: 5 },
  });

  test('count successes against failures, and leave cancelled ones out', () => {
    const [figures] = serviceStats([
      ...Array.from({ length: 19 }, (_, n) => ended('acknowledged', n + 1)),
      ...[ended('acknowledged', 1_000), ended('failed', 9_999), ended('expired', 9_999)],
      ...[ended('cancelled', 9_999), ended('cancelled', null)],
    ]);
    expect(figures).toMatchObject({ runs: 24, succeeded: 20, failed: 2, cancelled: 2 });
    expect(figures?.successRate).toBeCloseTo(20 / 22);
    expect([figures?.p50DurationMs, figures?.p95DurationMs, figures?.p50PeakMemoryBytes]).toEqual([
      10, 19, 10,
    ]);
  });

  test('say nothing where nothing is known, and keep versions apart', () => {
    const figures = serviceStats([
      ended('cancelled', null),
      ended('failed', 3, '2.0.0'),
      ended('failed', 3, null),
    ]);
    expect(figures).toHaveLength(3);
    expect(figures[0]).toEqual({
      ...{ packageId: 'a.b', version: '1.0.0', runs: 1, succeeded: 0, failed: 0, cancelled: 1 },
      lastStartedAt: 5,
    });
    expect(figures[2]?.version).toBeUndefined();
    expect(figures[1]?.successRate).toBe(0);
  });
});

describe('a task as a row', () => {
  test('has the columns of its report and its end, and comes back as it was', () => {
    const row = taskRow(sampleTask(7));
    expect(row).toMatchObject({ durationMs: 107, cpuMs: 3, peakMemoryBytes: 1_000_007, requester: 'VP0001' });
    expect(JSON.parse(row.view)).toEqual(sampleTask(7));
    expect(historyTask({ ...row, runId: 2 }, 2)).toMatchObject({ from: 'VP0001', interrupted: false });
  });

  test('is interrupted when its run is over and it is not', () => {
    const row = taskRow(sampleTask(7, { state: 'running' }));
    expect(row.durationMs).toBeNull();
    expect(historyTask({ ...row, runId: 1 }, 2).interrupted).toBe(true);
    expect(historyTask({ ...row, runId: 2 }, 2).interrupted).toBe(false);
  });

  test('is bounded whatever a phone says', () => {
    const long = 'x'.repeat(600_000);
    const value = taskRow(sampleTask(1, { outputs: [{ ...sampleOutput, value: long }] }));
    expect(JSON.parse(value.view).outputs).toEqual([sampleOutput]);
    const name = taskRow(
      sampleTask(1, { packageId: long, problem: { code: long, message: long }, device: long }),
    );
    expect(JSON.stringify(name).length).toBeLessThan(6_000);
    expect(JSON.parse(name.view)).toMatchObject({ taskId: 'task-1', problem: { code: 'input.too-large' } });
  });
});

const sampleOutput = { name: 'result', bytes: 3, sha256: 'd'.repeat(64), mediaType: 'text/plain' };
