import { expect, test } from 'vitest';
import type { LabEvent, TaskState, TaskView } from '#schemas';
import { createTaskNotes, type Note, noteOf } from './task-notes.ts';

const task = (taskId: string, state: TaskState, more: Partial<TaskView> = {}): TaskView =>
  ({ taskId, packageId: 'org.a', state, outputs: [{}], ...more }) as TaskView;
const event = (...of: Parameters<typeof task>): LabEvent => ({ event: 'task', task: task(...of) });

/** A window that is looked at or not, and what it told. */
function desk() {
  const told: Note[] = [];
  const window = { watched: false };
  const take = createTaskNotes({
    isOwn: (taskId) => taskId.startsWith('own'),
    isWatched: () => window.watched,
    nameOf: ({ packageId }) => packageId,
    tell: (note) => told.push(note),
  });
  return { told, window, take };
}

test('an own task that ends is told of once, with its result', () => {
  const { told, take } = desk();
  take([event('own1', 'running'), { event: 'mesh', ready: true, atMs: 1 }]);
  take([event('own1', 'acknowledged', { device: 'VP2' })]);
  take([event('own1', 'acknowledged')]);
  expect(told).toEqual([{ title: 'org.a: done', body: 'The result is here, made on VP2.' }]);
});

test('tasks of others, and those that somebody cancelled, are not told of', () => {
  const { told, take } = desk();
  take([event('theirs', 'acknowledged'), event('own1', 'cancelled')]);
  expect(told).toEqual([]);
});

test('what was seen to end is not told of later', () => {
  const { told, window, take } = desk();
  window.watched = true;
  take([event('own1', 'failed')]);
  window.watched = false;
  take([event('own1', 'failed')]);
  expect(told).toEqual([]);
});

test('a failure says why, within what the platform takes', () => {
  const problem = { code: 'task.failed', message: 'x'.repeat(5_000) };
  const { title, body } = noteOf(task('own1', 'failed', { problem }), 'Count'.repeat(100));
  expect(title.length).toBeLessThanOrEqual(200);
  expect(body).toBe('x'.repeat(300));
  expect(noteOf(task('own1', 'expired'), 'Count').body).toBe('It ended without a result.');
});
