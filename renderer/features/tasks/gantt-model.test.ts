import { describe, expect, test } from 'vitest';
import type { TaskView } from '#schemas';
import { ganttOf, ticksOf } from './gantt-model.ts';

const task: Pick<TaskView, 'from' | 'device' | 'source' | 'timeline' | 'offers' | 'state'> = {
  from: 'VP1',
  device: 'VP3',
  source: 'VP2',
  state: 'acknowledged',
  offers: [
    {
      nodeId: '3'.repeat(64),
      device: 'VP3',
      score: 0.8123,
      parts: { resources: 1, network: 1, load: 1, specialisation: 1, reliability: 1 },
      atMs: 8,
      chosen: true,
    },
  ],
  timeline: [
    { state: 'queued', atMs: 0 },
    { state: 'offering', atMs: 2 },
    { state: 'starting', atMs: 10, device: 'VP3' },
    { state: 'retrieving', atMs: 15, device: 'VP3' },
    { state: 'running', atMs: 60, device: 'VP3' },
    { state: 'delivering', atMs: 90, device: 'VP3' },
    { state: 'acknowledged', atMs: 100, device: 'VP3' },
  ],
};

describe('lanes', () => {
  test('one for each phone that takes part, in the order of taking part', () => {
    const { lanes, totalMs } = ganttOf(task, 5_000);
    expect(totalMs).toBe(100);
    expect(lanes.map(({ phone, roles }) => [phone, roles])).toEqual([
      ['VP1', ['requester']],
      ['VP3', ['executor']],
      ['VP2', ['source']],
    ]);
    expect(lanes.map(({ bars }) => bars.map(({ label, fromMs, toMs }) => [label, fromMs, toMs]))).toEqual([
      [
        ['Queued', 0, 2],
        ['Offering', 2, 10],
        ['Taking the results', 90, 100],
      ],
      [
        ['Starting', 10, 15],
        ['Retrieving', 15, 60],
        ['Running', 60, 90],
        ['Delivering', 90, 100],
      ],
      [['Sending the package', 15, 60]],
    ]);
    expect(lanes[0]?.marks.map(({ kind, atMs }) => [kind, atMs])).toEqual([['end', 100]]);
    expect(lanes[1]?.marks.map(({ label }) => label)).toEqual(['Offered, score 0.81']);
  });

  test('a task that runs is open up to now', () => {
    const running = { ...task, state: 'running' as const, timeline: task.timeline.slice(0, 5) };
    const { lanes, totalMs } = ganttOf(running, 400);
    expect(totalMs).toBe(400);
    expect(lanes[1]?.bars.at(-1)).toMatchObject({ label: 'Running', toMs: 400, open: true });
  });

  test('each attempt stands on the lane of its own phone, a requester that runs it itself has one lane', () => {
    const moved = ganttOf(
      {
        ...task,
        timeline: [
          { state: 'queued', atMs: 0 },
          { state: 'starting', atMs: 5, device: 'VP3' },
          { state: 'offering', atMs: 30, note: 'silent' },
          { state: 'starting', atMs: 31, device: 'VP1' },
          { state: 'failed', atMs: 50, note: 'no' },
        ],
      },
      0,
    );
    expect(moved.lanes.map(({ phone, roles, bars }) => [phone, roles, bars.length])).toEqual([
      ['VP1', ['requester', 'executor'], 3],
      ['VP3', ['executor'], 1],
    ]);
    expect(moved.lanes[0]?.marks[0]?.label).toBe('Failed: no');
  });
});

test.each([
  [100, 20],
  [1, 0.2],
  [4_321, 1_000],
  [60_000, 10_000],
])('ticks of %d ms stand %d ms apart', (total, step) => {
  const ticks = ticksOf(total);
  expect(ticks.slice(0, 2)).toEqual([0, step]);
  expect(ticks.at(-1)).toBeLessThanOrEqual(total);
  expect(ticks.length).toBeGreaterThanOrEqual(4);
  expect(ticks.length).toBeLessThanOrEqual(9);
});
