import { expect, test } from 'vitest';
import type { AgentTaskView } from '#schemas';
import { createTaskBook } from './task-book.ts';

const task = (state: AgentTaskView['state']): AgentTaskView => ({
  taskId: 't1',
  packageId: 'org.example.a',
  state,
  hops: 0,
  attempts: 0,
  outputs: [],
  timeline: [],
  offers: [],
  startedAt: 0,
});

test("the names of a task's files are kept beside what its agent says", () => {
  const book = createTaskBook({ serialOf: () => undefined });
  book.update('VP0001', task('queued'));
  book.setInputFiles('t1', { image: 'dog.jpg' });
  expect(book.get('t1').inputFiles).toEqual({ image: 'dog.jpg' });
  expect(book.update('VP0001', task('running'))?.inputFiles).toEqual({ image: 'dog.jpg' });
});

test('also when it has ended before its submitter knew its number', () => {
  const book = createTaskBook({ serialOf: () => undefined });
  book.update('VP0001', task('acknowledged'));
  book.setInputFiles('t1', { image: 'dog.jpg' });
  expect(book.get('t1')).toMatchObject({ state: 'acknowledged', inputFiles: { image: 'dog.jpg' } });
});

test('a task without files says nothing of them', () => {
  const book = createTaskBook({ serialOf: () => undefined });
  book.update('VP0001', task('queued'));
  book.setInputFiles('t1', {});
  expect(book.get('t1')).not.toHaveProperty('inputFiles');
});
