// What the sandbox lab measures: series of raw values (what devices answer, what history keeps) and what is told of them.

import { type Static, Type } from 'typebox';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

/** A device measures in one call: this bounds what it is asked for, and what it answers. */
export const SANDBOX_BENCH_ROUNDS_MAX = 500;
const VALUES_MAX = 1_000;
const SERIES_MAX = 200;

export const RuntimeName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' });
const PeerName = Type.String({ minLength: 1, maxLength: 48 });
const Sentence = Type.String({ maxLength: 1_000 });

export const sandboxBenchParts = ['start', 'denial', 'pipe', 'memory', 'overhead'] as const;
export const SandboxBenchPart = Type.Enum([...sandboxBenchParts]);
export type SandboxBenchPart = (typeof sandboxBenchParts)[number];

/**
 * start: accepted to first byte of output. teardown: the verdict to the reaped process. end, denial: the first byte to the
 * report, of a service that ends and of one that makes a forbidden call. pipe: an echo. memory-floor: the least with which
 * a trivial service completes. peak-memory: what it takes. compute: ticks of a loop.
 */
export const SandboxFigureName = Type.Enum([
  'start',
  'teardown',
  'end',
  'denial',
  'pipe',
  'memory-floor',
  'peak-memory',
  'compute',
]);
export type SandboxFigureName = Static<typeof SandboxFigureName>;

export const SandboxUnit = Type.Enum(['ms', 'MB/s', 'bytes', 'ticks']);
export type SandboxUnit = Static<typeof SandboxUnit>;
export const SandboxPhase = Type.Enum(['cold', 'warm']);
export type SandboxPhase = Static<typeof SandboxPhase>;

const about = {
  what: SandboxFigureName,
  runtime: RuntimeName,
  phase: Type.Optional(SandboxPhase),
  /** Absent: our sandbox. */
  peer: Type.Optional(PeerName),
  unit: SandboxUnit,
};

export const SandboxSeries = exact({
  ...about,
  values: Type.Array(Type.Number(), { minItems: 1, maxItems: VALUES_MAX }),
});
export type SandboxSeries = Static<typeof SandboxSeries>;

/** What one device has measured of itself. */
export const SandboxMeasured = exact({
  arch: Type.String({ maxLength: 64 }),
  kernel: Type.String({ maxLength: 128 }),
  cpu: Type.String({ maxLength: 128 }),
  cores: Type.Integer({ minimum: 1, maximum: 4096 }),
  runtimes: Type.Array(RuntimeName, { maxItems: 16 }),
  /** Why the others aren't offered, by runtime. */
  lacks: Type.Record(Type.String({ maxLength: 32 }), Sentence),
  layers: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 }),
  series: Type.Array(SandboxSeries, { maxItems: SERIES_MAX }),
  /** What was not measured, and why. */
  notes: Type.Array(Sentence, { maxItems: 64 }),
});
export type SandboxMeasured = Static<typeof SandboxMeasured>;

export const SandboxBenchAsk = exact({
  rounds: Type.Integer({ minimum: 1, maximum: SANDBOX_BENCH_ROUNDS_MAX }),
  /** Absent: all that are offered. */
  runtimes: Type.Optional(Type.Array(RuntimeName, { minItems: 1, maxItems: 16 })),
  /** Absent: everything. */
  parts: Type.Optional(Type.Array(SandboxBenchPart, { minItems: 1, maxItems: sandboxBenchParts.length })),
});
export type SandboxBenchAsk = Static<typeof SandboxBenchAsk>;

export const SandboxBenchProgress = exact({
  done: Type.Integer({ minimum: 0 }),
  total: Type.Integer({ minimum: 1 }),
  /** What is measured now. */
  what: Type.String({ maxLength: 128 }),
});
export type SandboxBenchProgress = Static<typeof SandboxBenchProgress>;

// --- what is told of the values ---

const Place = Type.String({ minLength: 1, maxLength: 128 });
const Interval = { low: Type.Number(), high: Type.Number() };

/** One line of the table of starts. */
export const SandboxStartRow = Type.Object({
  /** `local`, or a phone's serial. */
  place: Place,
  runtime: RuntimeName,
  phase: SandboxPhase,
  peer: Type.Optional(PeerName),
  medianMs: Type.Number(),
  p95Ms: Type.Number(),
  /** Of the median, 95 %. */
  lowMs: Type.Number(),
  highMs: Type.Number(),
  n: Type.Integer({ minimum: 1 }),
});
export type SandboxStartRow = Static<typeof SandboxStartRow>;

export const SandboxFigure = Type.Object({
  place: Place,
  what: SandboxFigureName,
  runtime: RuntimeName,
  phase: Type.Optional(SandboxPhase),
  peer: Type.Optional(PeerName),
  unit: SandboxUnit,
  median: Type.Number(),
  p95: Type.Number(),
  ...Interval,
  n: Type.Integer({ minimum: 1 }),
});
export type SandboxFigure = Static<typeof SandboxFigure>;

/** How many times as long something takes inside; 1: nothing is lost. The interval is of 95 %. */
export const SandboxOverhead = Type.Object({
  place: Place,
  runtime: RuntimeName,
  what: Type.Enum(['compute', 'echo']),
  /** sandbox: all of it. filter: the same program and pipes, with the launcher's filter and without. */
  of: Type.Enum(['sandbox', 'filter']),
  ratio: Type.Number(),
  ...Interval,
  n: Type.Integer({ minimum: 1 }),
  /** The interval holds 1. */
  withinNoise: Type.Boolean(),
});
export type SandboxOverhead = Static<typeof SandboxOverhead>;

export const SandboxPlace = Type.Object({
  place: Place,
  arch: Type.String(),
  kernel: Type.String(),
  cpu: Type.String(),
  cores: Type.Integer(),
  runtimes: Type.Array(RuntimeName),
  lacks: Type.Record(Type.String(), Type.String()),
  layers: Type.Array(Type.String()),
  notes: Type.Array(Type.String()),
  problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});
export type SandboxPlace = Static<typeof SandboxPlace>;

/** What `abhaya bench sandbox --json` prints, and what the history gives back. */
export const SandboxResult = Type.Object({
  rounds: Type.Integer({ minimum: 1 }),
  rows: Type.Array(SandboxStartRow),
  figures: Type.Array(SandboxFigure),
  overhead: Type.Array(SandboxOverhead),
  places: Type.Array(SandboxPlace),
});
export type SandboxResult = Static<typeof SandboxResult>;
