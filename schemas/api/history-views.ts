// What the lab host remembers beyond one run: tasks, services' figures, measurements, and what may be asked of them.

import { type Static, Type } from 'typebox';
import { Bytes, Millis, NodeIdText } from '../common.ts';
import { SerialText, TaskView } from './lab-views.ts';
import { TaskProblem, TaskState } from './task-view.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Count = Type.Integer({ minimum: 0 });

/** One run of the lab host. Without an end it runs still, or it was killed. */
export const HistoryRun = Type.Object({
  runId: Type.Integer({ minimum: 1 }),
  startedAt: Type.Number(),
  endedAt: Type.Optional(Type.Number()),
  current: Type.Boolean(),
  version: Type.String(),
  tasks: Count,
});
export type HistoryRun = Static<typeof HistoryRun>;

/** A task as lists show it. */
export const HistoryTask = Type.Object({
  taskId: Type.String(),
  runId: Type.Integer({ minimum: 1 }),
  packageId: Type.String(),
  version: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
  state: TaskState,
  /** Its lab host ended before it did: how it went on is not known. */
  interrupted: Type.Boolean(),
  from: Type.String(),
  device: Type.Optional(Type.String()),
  deviceNode: Type.Optional(NodeIdText),
  attempts: Count,
  hops: Count,
  startedAt: Type.Number(),
  /** From the request to the last state. */
  durationMs: Type.Optional(Millis),
  /** Of the sandbox: wall clock, processor, and memory at its highest. */
  wallMs: Type.Optional(Millis),
  cpuMs: Type.Optional(Millis),
  peakMemoryBytes: Type.Optional(Bytes),
  bytesIn: Type.Optional(Bytes),
  bytesOut: Type.Optional(Bytes),
  problem: Type.Optional(TaskProblem),
});
export type HistoryTask = Static<typeof HistoryTask>;

export const HistoryTaskPage = Type.Object({
  tasks: Type.Array(HistoryTask),
  /** `before` of the next page; absent on the last. */
  next: Type.Optional(Type.String()),
});
export type HistoryTaskPage = Static<typeof HistoryTaskPage>;

export const HistoryTaskDetail = Type.Object({
  runId: Type.Integer({ minimum: 1 }),
  interrupted: Type.Boolean(),
  task: TaskView,
  /** What the sandbox used while it ran. */
  samples: Type.Array(
    Type.Object({ atMs: Millis, cpuMs: Millis, memoryBytes: Bytes, bytesIn: Bytes, bytesOut: Bytes }),
  ),
});
export type HistoryTaskDetail = Static<typeof HistoryTaskDetail>;

/** Of the runs that ended. Cancelled ones count neither as successes nor as failures. */
export const HistoryService = Type.Object({
  packageId: Type.String(),
  version: Type.Optional(Type.String()),
  runs: Count,
  succeeded: Count,
  failed: Count,
  cancelled: Count,
  /** 0..1; absent while nothing succeeded or failed. */
  successRate: Type.Optional(Type.Number()),
  /** Of the successes. */
  p50DurationMs: Type.Optional(Millis),
  p95DurationMs: Type.Optional(Millis),
  p50PeakMemoryBytes: Type.Optional(Bytes),
  lastStartedAt: Type.Number(),
});
export type HistoryService = Static<typeof HistoryService>;

const Range = Type.Object({ min: Type.Number(), avg: Type.Number(), max: Type.Number() });

export const HistoryBucket = Type.Object({
  serial: SerialText,
  /** The bucket's begin. */
  atMs: Millis,
  samples: Count,
  batteryPercent: Range,
  /** The share of the samples in which the phone was charging, 0..1. */
  charging: Type.Number(),
  thermal: Range,
  celsius: Type.Optional(Range),
  cpuLoad: Range,
  availableMemoryBytes: Range,
  memoryBytes: Bytes,
});
export type HistoryBucket = Static<typeof HistoryBucket>;

export const HistoryMeasurements = Type.Object({
  from: Millis,
  to: Millis,
  stepMs: Type.Integer({ minimum: 1 }),
  /** By serial, then by time; buckets without a sample are left out. */
  buckets: Type.Array(HistoryBucket),
});
export type HistoryMeasurements = Static<typeof HistoryMeasurements>;

export const HistoryStatus = Type.Object({
  file: Type.String(),
  bytes: Bytes,
  /** Why nothing is written or read at the moment. */
  problem: Type.Optional(TaskProblem),
  /** A damaged database that was put aside in this run. */
  movedAside: Type.Optional(Type.String()),
  rows: Type.Object({
    runs: Count,
    tasks: Count,
    events: Count,
    measurements: Count,
    links: Count,
    taskSamples: Count,
  }),
  /** What was not written in this run: the disk was too slow, too full or broken. */
  dropped: Type.Object({ tasks: Count, events: Count, samples: Count }),
  failedWrites: Count,
});
export type HistoryStatus = Static<typeof HistoryStatus>;

// Queries: nothing is coerced, so numbers are texts with a pattern.
const Milliseconds = Type.String({ pattern: '^[0-9]{1,15}$' });

export const HistoryTasksQuery = exact({
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' })),
  /** The `next` of a page. */
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
  package: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  state: Type.Optional(TaskState),
});
export type HistoryTasksQuery = Static<typeof HistoryTasksQuery>;

export const HistoryMeasurementsQuery = exact({
  serial: Type.Optional(SerialText),
  from: Type.Optional(Milliseconds),
  to: Type.Optional(Milliseconds),
  step: Type.Optional(Milliseconds),
});
export type HistoryMeasurementsQuery = Static<typeof HistoryMeasurementsQuery>;

export const HistoryExportWhat = Type.Union([
  Type.Literal('tasks'),
  Type.Literal('measurements'),
  Type.Literal('events'),
  Type.Literal('links'),
  Type.Literal('task-samples'),
]);
export type HistoryExportWhat = Static<typeof HistoryExportWhat>;

export const HistoryExportFormat = Type.Union([Type.Literal('json'), Type.Literal('csv')]);
export type HistoryExportFormat = Static<typeof HistoryExportFormat>;

export const HistoryExportQuery = exact({ what: HistoryExportWhat, format: HistoryExportFormat });
export type HistoryExportQuery = Static<typeof HistoryExportQuery>;
