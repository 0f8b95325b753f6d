import { expect, test } from 'vitest';
import type { HistoryTask, TaskView } from '#schemas';
import { rowMaker, servicesOf, shownRows } from './task-rows.ts';

const task = (taskId: string, state: TaskView['state'], packageId = 'org.a'): TaskView => ({
  taskId,
  packageId,
  state,
  hops: 1,
  attempts: 1,
  outputs: [],
  timeline: [{ state, atMs: 40 }],
  offers: [],
  from: 'VP1',
  startedAt: 1,
});
const past = (taskId: string, interrupted = false): HistoryTask => ({
  taskId,
  runId: 1,
  packageId: 'org.b',
  state: interrupted ? 'running' : 'acknowledged',
  interrupted,
  from: 'VP9',
  attempts: 1,
  hops: 2,
  startedAt: 0,
});

test('this run first; what the history has too is shown once', () => {
  const rows = rowMaker()([task('1', 'running')], [past('1'), past('0')]);
  expect(rows.map(({ taskId, past: old, durationMs }) => [taskId, old, durationMs])).toEqual([
    ['1', false, undefined],
    ['0', true, undefined],
  ]);
});

test('a row is made anew only when its task has changed', () => {
  const make = rowMaker();
  const [one, two] = [task('1', 'running'), task('2', 'running')];
  const before = make([one, two], []);
  const after = make([one, task('2', 'acknowledged')], []);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(after[1]?.durationMs).toBe(40);
});

test('filters by state and service; an interrupted task is a problem', () => {
  const rows = rowMaker()(
    [task('1', 'running'), task('2', 'failed'), task('3', 'acknowledged'), task('4', 'cancelled')],
    [past('5', true)],
  );
  const ids = (state: Parameters<typeof shownRows>[1], service = '') =>
    shownRows(rows, state, service).map(({ taskId }) => taskId);
  expect(ids('all')).toEqual(['1', '2', '3', '4', '5']);
  expect(ids('active')).toEqual(['1']);
  expect(ids('problem')).toEqual(['2', '5']);
  expect(ids('problem', 'org.b')).toEqual(['5']);
  expect(ids('cancelled')).toEqual(['4']);
  expect(servicesOf(rows)).toEqual(['org.a', 'org.b']);
});
