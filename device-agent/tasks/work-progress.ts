// How far an attempt at a task is, told in one shape whatever part of it goes on.

import type { TaskPhase } from '#schemas';

export interface WorkProgress {
  readonly phase: TaskPhase;
  readonly work: number;
  readonly done: number;
  readonly total: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Where the package came from, when it was fetched. */
  readonly source?: string;
}

export interface Reporter {
  set(change: Partial<WorkProgress>): void;
  /** Refreshes the figures whenever they are looked at. */
  live(read: (() => Partial<WorkProgress>) | undefined): void;
}

/** Nothing is done yet. */
export const idleAt = (phase: TaskPhase): WorkProgress => ({
  phase,
  work: 0,
  done: 0,
  total: 0,
  cpuMs: 0,
  memoryBytes: 0,
  bytesIn: 0,
  bytesOut: 0,
});

export function progressOf(report: (progress: WorkProgress) => void): Reporter {
  let phase: TaskPhase = 'starting';
  let figures: Omit<WorkProgress, 'phase'> = idleAt(phase);
  let read: (() => Partial<WorkProgress>) | undefined;
  return {
    set(change) {
      // Package and inputs come at the same time: the phase of the package is the one that is told.
      phase = change.phase ?? phase;
      const { phase: _, ...rest } = change;
      figures = { ...figures, ...rest };
      report({
        phase,
        get work() {
          return read?.().work ?? figures.work;
        },
        done: figures.done,
        total: figures.total,
        cpuMs: figures.cpuMs,
        memoryBytes: figures.memoryBytes,
        bytesIn: figures.bytesIn,
        bytesOut: figures.bytesOut,
        ...(figures.source === undefined ? {} : { source: figures.source }),
      });
    },
    live(next) {
      read = next;
    },
  };
}
