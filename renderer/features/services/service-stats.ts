// What became of a service's tasks: runs, success, time and memory. Pure.

import type { HistoryService, TaskView } from '#schemas';

export interface ServiceStats {
  /** Those that ended, cancelled ones included. */
  readonly runs: number;
  /** 0..1; undefined while nothing succeeded or failed. */
  readonly successRate: number | undefined;
  readonly p50DurationMs: number | undefined;
  readonly p50MemoryBytes: number | undefined;
}

export const statsKey = ({
  packageId,
  version,
}: {
  packageId: string;
  version?: string | undefined;
}): string => `${packageId}@${version ?? ''}`;

/** Of the tasks that the window knows, by statsKey. */
export function statsOf(tasks: Iterable<TaskView>): ReadonlyMap<string, ServiceStats> {
  const groups = new Map<string, TaskView[]>();
  for (const task of tasks) {
    if (!ended.has(task.state)) continue;
    const key = statsKey(task);
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return new Map([...groups].map(([key, group]) => [key, statsOfOne(group)]));
}

/** As the history counts over all runs. */
export const statsFromHistory = (services: readonly HistoryService[]): ReadonlyMap<string, ServiceStats> =>
  new Map(
    services.map((service) => [
      statsKey(service),
      {
        runs: service.runs,
        successRate: service.successRate,
        p50DurationMs: service.p50DurationMs,
        p50MemoryBytes: service.p50PeakMemoryBytes,
      },
    ]),
  );

const ended: ReadonlySet<string> = new Set(['acknowledged', 'failed', 'cancelled', 'expired']);

function statsOfOne(tasks: readonly TaskView[]): ServiceStats {
  const good = tasks.filter(({ state }) => state === 'acknowledged');
  const counted = tasks.filter(({ state }) => state !== 'cancelled').length;
  return {
    runs: tasks.length,
    successRate: counted === 0 ? undefined : good.length / counted,
    p50DurationMs: median(good.flatMap(({ timeline }) => timeline.at(-1)?.atMs ?? [])),
    p50MemoryBytes: median(good.flatMap(({ report }) => report?.peakMemoryBytes ?? [])),
  };
}

/** The lower middle: a value that really occurred. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
