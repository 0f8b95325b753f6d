import { describe, expect, test } from 'vitest';
import type { ServiceView, TaskView } from '#schemas';
import { legsToDraw } from './task-legs.ts';

const task = (state: TaskView['state'], changes: Partial<TaskView> = {}): TaskView => ({
  taskId: 't1',
  packageId: 'org.example.one',
  manifestSha256: 'aa',
  state,
  from: 'A',
  device: 'C',
  hops: 2,
  attempts: 1,
  outputs: [],
  timeline: [],
  offers: [],
  startedAt: 1,
  ...changes,
});
const held = (...serials: string[]) =>
  [
    {
      packageId: 'org.example.one',
      manifestSha256: 'aa',
      phones: serials.map((serial) => ({ serial, verdict: 'ok', reasons: [] })),
    },
  ] as unknown as ServiceView[];
const legs = (it: TaskView, services = held('A', 'B')) =>
  legsToDraw([it], services, undefined).map(({ from, to, kind }) => `${from} ${to} ${kind}`);

describe('a task’s way through the mesh', () => {
  test.each([
    ['offering', { device: undefined }, []],
    ['starting', {}, ['A C request']],
    ['running', {}, ['A C run']],
    ['running', { device: 'A' }, []],
    ['delivering', {}, ['C A result']],
    ['acknowledged', {}, []],
  ] as const)('while %s (%o)', (state, { ...changes }, expected) => {
    const { device, ...rest } = task(state, changes as Partial<TaskView>);
    expect(legs(device === undefined ? rest : { ...rest, device })).toEqual(expected);
  });

  test('shows where a package comes from only when one phone alone has it', () => {
    expect(legs(task('retrieving'), held('B', 'C'))).toEqual(['B C fetch']);
    expect(legs(task('retrieving'), held('A', 'B'))).toEqual(['A C request']);
  });

  test('a chosen task is shown alone, and also when it is over', () => {
    const [mine, other] = [task('acknowledged'), task('running', { taskId: 't2', device: 'B' })];
    expect(legsToDraw([mine, other], [], 't1')).toEqual([{ from: 'A', to: 'C', kind: 'past', taskId: 't1' }]);
    expect(legsToDraw([mine, other], [], undefined).map(({ taskId }) => taskId)).toEqual(['t2']);
  });
});
