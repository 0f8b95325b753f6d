// The tasks of one phone. Pure.

import type { TaskView } from '#schemas';

/** The last tasks that the phone asked for or ran, the latest first. */
export const lastTasks = (tasks: Iterable<TaskView>, serial: string, most: number): readonly TaskView[] =>
  [...tasks]
    .filter(({ from, device }) => from === serial || device === serial)
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, most);
