// Rows of the task list: tasks of this run as they are, tasks of earlier runs as the history has them. Pure.

import type { HistoryTask, TaskState, TaskView } from '#schemas';
import { taskDurationMs } from './task-words.ts';

export interface TaskRow {
  readonly taskId: string;
  readonly state: TaskState;
  readonly packageId: string;
  readonly version: string | undefined;
  readonly from: string;
  readonly device: string | undefined;
  readonly hops: number;
  readonly attempts: number;
  /** Undefined while it goes on. */
  readonly durationMs: number | undefined;
  readonly startedAt: number;
  /** Of an earlier run of the lab host. */
  readonly past: boolean;
  /** Its lab host ended before it did. */
  readonly interrupted: boolean;
  readonly problem: string | undefined;
}

export const rowOf = (task: TaskView): TaskRow => ({
  taskId: task.taskId,
  state: task.state,
  packageId: task.packageId,
  version: task.version,
  from: task.from,
  device: task.device,
  hops: task.hops,
  attempts: task.attempts,
  durationMs: taskDurationMs(task),
  startedAt: task.startedAt,
  past: false,
  interrupted: false,
  problem: task.problem?.message,
});

const pastRowOf = (task: HistoryTask): TaskRow => ({
  taskId: task.taskId,
  state: task.state,
  packageId: task.packageId,
  version: task.version,
  from: task.from,
  device: task.device,
  hops: task.hops,
  attempts: task.attempts,
  durationMs: task.durationMs,
  startedAt: task.startedAt,
  past: true,
  interrupted: task.interrupted,
  problem: task.problem?.message,
});

/** Makes a row once for each view of a task: what did not change stays the same object, and isn't drawn again. */
export function rowMaker(): (tasks: Iterable<TaskView>, history: readonly HistoryTask[]) => TaskRow[] {
  const made = new WeakMap<TaskView | HistoryTask, TaskRow>();
  const once = <T extends TaskView | HistoryTask>(task: T, make: (task: T) => TaskRow): TaskRow => {
    const known = made.get(task) ?? make(task);
    made.set(task, known);
    return known;
  };
  return (tasks, history) => {
    const rows: TaskRow[] = [];
    const here = new Set<string>();
    for (const task of tasks) {
      here.add(task.taskId);
      rows.push(once(task, rowOf));
    }
    for (const task of history) if (!here.has(task.taskId)) rows.push(once(task, pastRowOf));
    return rows;
  };
}

export type StateFilter = 'all' | 'active' | 'done' | 'problem' | 'cancelled';

export const stateFilters: readonly { readonly id: StateFilter; readonly label: string }[] = [
  { id: 'all', label: 'All states' },
  { id: 'active', label: 'Under way' },
  { id: 'done', label: 'Done' },
  { id: 'problem', label: 'Failed or expired' },
  { id: 'cancelled', label: 'Cancelled' },
];

export const groupOf = ({ state, interrupted }: Pick<TaskRow, 'state' | 'interrupted'>): StateFilter => {
  if (interrupted) return 'problem';
  if (state === 'acknowledged') return 'done';
  if (state === 'failed' || state === 'expired') return 'problem';
  return state === 'cancelled' ? 'cancelled' : 'active';
};

/** Empty `service`: all. */
export const shownRows = (
  rows: readonly TaskRow[],
  state: StateFilter,
  service: string,
): readonly TaskRow[] =>
  state === 'all' && service === ''
    ? rows
    : rows.filter(
        (row) => (state === 'all' || groupOf(row) === state) && (service === '' || row.packageId === service),
      );

export const servicesOf = (rows: readonly TaskRow[]): readonly string[] =>
  [...new Set(rows.map(({ packageId }) => packageId))].sort();
