// What the sandbox of each task used, as its progress came: a task tells only its last figures.

import { create } from 'zustand';
import type { HistoryTaskDetail, TaskView } from '#schemas';
import { useLab } from '../../lab/lab-store.ts';

export interface Sample {
  /** Since the request. */
  readonly atMs: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

interface ProgressData {
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

export const useProgress = create<ProgressData>(() => ({ samples: new Map() }));

/** A task runs 30 s at most and tells twice a second. */
const MOST_SAMPLES = 400;
const MOST_TASKS = 100;

/** Returns the function that ends it. */
export const followProgress = (): (() => void) =>
  useLab.subscribe(({ tasks }, before) => {
    if (tasks === before.tasks) return;
    let samples: Map<string, readonly Sample[]> | undefined;
    for (const [taskId, task] of tasks) {
      if (task === before.tasks.get(taskId)) continue;
      const known = (samples ?? useProgress.getState().samples).get(taskId);
      const more = withSample(known, task, Date.now());
      if (more === known || more === undefined) continue;
      samples ??= new Map(useProgress.getState().samples);
      samples.set(taskId, more);
    }
    if (!samples) return;
    for (const taskId of samples.keys()) {
      if (samples.size <= MOST_TASKS) break;
      samples.delete(taskId);
    }
    useProgress.setState({ samples });
  });

/** Pure: the samples after this view of the task; the same list when it says nothing new. */
export function withSample(
  known: readonly Sample[] | undefined,
  task: Pick<TaskView, 'state' | 'progress' | 'timeline' | 'startedAt'>,
  now: number,
): readonly Sample[] | undefined {
  const { progress, timeline } = task;
  if (task.state !== 'running' || !progress || progress.memoryBytes === 0) return known;
  const last = known?.at(-1);
  if (last && last.cpuMs === progress.cpuMs && last.memoryBytes === progress.memoryBytes) return known;
  // A phone's clock may be off: never before the state that it runs in, never backwards.
  const atMs = Math.max(timeline.at(-1)?.atMs ?? 0, last?.atMs ?? 0, now - task.startedAt);
  const { cpuMs, memoryBytes } = progress;
  return [...(known ?? []), { atMs, cpuMs, memoryBytes }].slice(-MOST_SAMPLES);
}

export interface UsagePoint {
  readonly atMs: number;
  readonly memoryBytes: number;
  /** Percent of one core since the point before. */
  readonly cpuPercent: number;
}

/** Pure: what a chart draws; the run's begin is the first point, its report the last. */
export function usageOf(
  task: Pick<TaskView, 'timeline' | 'report'>,
  samples: readonly Sample[],
): UsagePoint[] {
  const began = task.timeline.findLast(({ state }) => state === 'running')?.atMs;
  if (began === undefined) return [];
  const { report } = task;
  // The report's memory is the highest, not the last: it is a line of its own, the last point keeps what was seen.
  const points = samples.filter(({ atMs }) => atMs >= began);
  const end = report
    ? [
        {
          atMs: Math.max(began + report.wallMs, points.at(-1)?.atMs ?? 0),
          cpuMs: report.cpuMs,
          memoryBytes: points.at(-1)?.memoryBytes ?? report.peakMemoryBytes,
        },
      ]
    : [];
  let before: Sample = { atMs: began, cpuMs: 0, memoryBytes: 0 };
  const usage: UsagePoint[] = [{ atMs: 0, memoryBytes: 0, cpuPercent: 0 }];
  for (const sample of [...points, ...end]) {
    const span = sample.atMs - before.atMs;
    usage.push({
      atMs: sample.atMs - began,
      memoryBytes: sample.memoryBytes,
      cpuPercent:
        span <= 0
          ? (usage.at(-1)?.cpuPercent ?? 0)
          : Math.max(0, ((sample.cpuMs - before.cpuMs) / span) * 100),
    });
    before = sample;
  }
  return usage;
}

/** Pure: the history tells a sample's time of day, the page how long after the request it was. */
export const sinceRequest = ({ task, samples }: HistoryTaskDetail): Sample[] =>
  samples
    .filter(({ memoryBytes }) => memoryBytes > 0)
    .map(({ atMs, cpuMs, memoryBytes }) => ({ atMs: atMs - task.startedAt, cpuMs, memoryBytes }));
