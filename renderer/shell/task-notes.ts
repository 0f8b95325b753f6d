// Which tasks a person is told of: those that were started in this window and ended while they were elsewhere. Pure.

import type { LabEvent, TaskView } from '#schemas';
import { isFinal, taskWord } from '../features/tasks/task-words.ts';

export interface Note {
  readonly title: string;
  readonly body: string;
}

export interface TaskNotesOptions {
  readonly isOwn: (taskId: string) => boolean;
  /** The person looks at the window. */
  readonly isWatched: () => boolean;
  readonly nameOf: (task: TaskView) => string;
  readonly tell: (note: Note) => void;
}

const MOST_TOLD = 500;
const TITLE_MAX = 200;
const BODY_MAX = 300;

/** Takes the lab's events; each task is told of once, and never after it was seen to end. */
export function createTaskNotes({ isOwn, isWatched, nameOf, tell }: TaskNotesOptions) {
  const over = new Set<string>();
  return (events: readonly LabEvent[]): void => {
    for (const event of events) {
      if (event.event !== 'task' || !isFinal(event.task)) continue;
      const { task } = event;
      if (over.has(task.taskId) || !isOwn(task.taskId)) continue;
      over.add(task.taskId);
      for (const oldest of over) {
        if (over.size <= MOST_TOLD) break;
        over.delete(oldest);
      }
      // Who cancels knows.
      if (!isWatched() && task.state !== 'cancelled') tell(noteOf(task, nameOf(task)));
    }
  };
}

export function noteOf(task: TaskView, name: string): Note {
  const results =
    task.outputs.length === 1 ? 'The result is here' : `${task.outputs.length} results are here`;
  const body =
    task.state === 'acknowledged'
      ? `${results}${task.device === undefined ? '' : `, made on ${task.device}`}.`
      : (task.problem?.message ?? 'It ended without a result.');
  return {
    title: `${name}: ${taskWord(task.state).toLowerCase()}`.slice(0, TITLE_MAX),
    body: body.slice(0, BODY_MAX),
  };
}
