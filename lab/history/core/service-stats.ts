// What became of a service's tasks, version by version: the figures of service cards. Pure.

import type { HistoryService, TaskState } from '#schemas';

export interface EndedTask {
  readonly packageId: string;
  readonly version: string | null;
  readonly state: TaskState;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly startedAt: number;
}

/** Most used first. */
export function serviceStats(tasks: Iterable<EndedTask>): HistoryService[] {
  const groups = new Map<string, EndedTask[]>();
  for (const task of tasks) {
    const key = JSON.stringify([task.packageId, task.version]);
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return [...groups.values()].map(figuresOf).sort((a, b) => b.runs - a.runs || byName(a, b));
}

function figuresOf(tasks: EndedTask[]): HistoryService {
  const [{ packageId, version }] = tasks as [EndedTask];
  const successes = tasks.filter(({ state }) => state === 'acknowledged');
  const succeeded = successes.length;
  const cancelled = tasks.filter(({ state }) => state === 'cancelled').length;
  const failed = tasks.length - succeeded - cancelled;
  const durations = numbers(successes.map(({ durationMs }) => durationMs));
  const memory = numbers(successes.map(({ peakMemoryBytes }) => peakMemoryBytes));
  return {
    packageId,
    ...(version === null ? {} : { version }),
    runs: tasks.length,
    succeeded,
    failed,
    cancelled,
    ...(succeeded + failed > 0 ? { successRate: succeeded / (succeeded + failed) } : {}),
    ...(durations.length > 0
      ? { p50DurationMs: percentile(durations, 0.5), p95DurationMs: percentile(durations, 0.95) }
      : {}),
    ...(memory.length > 0 ? { p50PeakMemoryBytes: percentile(memory, 0.5) } : {}),
    lastStartedAt: tasks.reduce((latest, { startedAt }) => Math.max(latest, startedAt), 0),
  };
}

const numbers = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null).sort((a, b) => a - b);

/** Nearest rank: always one of the values. */
const percentile = (sorted: readonly number[], q: number): number =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;

const byName = (a: HistoryService, b: HistoryService): number =>
  a.packageId < b.packageId ? -1 : a.packageId > b.packageId ? 1 : 0;
