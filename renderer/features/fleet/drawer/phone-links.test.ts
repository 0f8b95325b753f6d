import { expect, test } from 'vitest';
import type { LinkView, MeshMap, TaskView } from '#schemas';
import { lastTasks } from './last-tasks.ts';
import { linksOf, measuredOf } from './phone-links.ts';

const link = (a: string, b: string): LinkView => ({
  linkId: `${a}-${b}`,
  a,
  b,
  kind: 'bridged',
  state: 'up',
  bytesAtoB: 0,
  bytesBtoA: 0,
});

test("a phone's links are in the order of the other ends", () => {
  const links = linksOf([link('B', 'D'), link('A', 'B'), link('A', 'C'), link('B', 'C')], 'B');
  expect(links.map(({ linkId }) => linkId)).toEqual(['A-B', 'B-C', 'B-D']);
});

test('what the mesh measured is found by the link', () => {
  const map: MeshMap = {
    ready: true,
    nodes: [],
    edges: [
      { a: 0, b: 1, up: true, routes: 0, quality: 0.9, rttMs: 12, link: link('A', 'B') },
      { a: 1, b: 2, up: true, routes: 0, quality: 0.5 },
    ],
  };
  expect([...measuredOf(map)]).toEqual([['A-B', { quality: 0.9, rttMs: 12 }]]);
  expect(measuredOf(undefined).size).toBe(0);
});

test('the last tasks are those that the phone asked for or ran, the latest first', () => {
  const task = (taskId: string, from: string, device: string | undefined, startedAt: number) =>
    ({ taskId, from, ...(device ? { device } : {}), startedAt }) as TaskView;
  const tasks = [
    task('1', 'A', 'B', 1),
    task('2', 'C', 'D', 2),
    task('3', 'B', undefined, 3),
    task('4', 'B', 'A', 4),
  ];
  expect(lastTasks(tasks, 'B', 2).map(({ taskId }) => taskId)).toEqual(['4', '3']);
});
