// Measurements of the sandbox as the lab host starts, follows, keeps and compares them.

import { type Static, Type } from 'typebox';
import { Millis } from '../common.ts';
import {
  RuntimeName,
  SandboxBenchAsk,
  SandboxBenchProgress,
  SandboxFigureName,
  SandboxMeasured,
  SandboxPhase,
  SandboxResult,
  SandboxUnit,
} from './sandbox-bench.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const SandboxRunId = Type.String({ pattern: '^[0-9a-f]{16}$' });
/** `local` is the lab host's own machine, anything else a phone's serial. */
export const LOCAL_PLACE = 'local';
const PlaceName = Type.String({ minLength: 1, maxLength: 128 });
const Problem = Type.Object({ code: Type.String(), message: Type.String() });

export const StartSandboxRun = exact({
  places: Type.Array(PlaceName, { minItems: 1, maxItems: 32, uniqueItems: true }),
  ...SandboxBenchAsk.properties,
});
export type StartSandboxRun = Static<typeof StartSandboxRun>;

export const SandboxRunState = Type.Enum(['running', 'done', 'failed', 'cancelled']);
export type SandboxRunState = Static<typeof SandboxRunState>;

export const SandboxRunView = Type.Object({
  runId: SandboxRunId,
  startedAt: Millis,
  state: SandboxRunState,
  request: StartSandboxRun,
  tookMs: Type.Optional(Millis),
  /** While it runs: of the place that is measured now, which is the nth. */
  progress: Type.Optional(
    Type.Object({ place: PlaceName, nth: Type.Integer({ minimum: 1 }), ...SandboxBenchProgress.properties }),
  ),
  problem: Type.Optional(Problem),
});
export type SandboxRunView = Static<typeof SandboxRunView>;

export const SandboxRunDetail = Type.Object({ run: SandboxRunView, result: SandboxResult });
export type SandboxRunDetail = Static<typeof SandboxRunDetail>;

/** What one place of a run gave; kept as it came, so that runs can be compared later. */
export const SandboxPlaceMeasured = Type.Object({
  place: PlaceName,
  measured: Type.Optional(SandboxMeasured),
  problem: Type.Optional(Problem),
});
export type SandboxPlaceMeasured = Static<typeof SandboxPlaceMeasured>;

/** A run as it is kept. */
export interface KeptSandboxRun {
  readonly run: SandboxRunView;
  readonly places: readonly SandboxPlaceMeasured[];
}

/** One line: the same thing in both runs. `ratio` is b / a of the medians, its interval of 95 %. */
export const SandboxDifference = Type.Object({
  place: PlaceName,
  /** Where it was measured in b, if that is another place. */
  placeB: Type.Optional(PlaceName),
  what: SandboxFigureName,
  runtime: RuntimeName,
  phase: Type.Optional(SandboxPhase),
  peer: Type.Optional(Type.String()),
  unit: SandboxUnit,
  a: Type.Number(),
  b: Type.Number(),
  ratio: Type.Number(),
  low: Type.Number(),
  high: Type.Number(),
  /** same: the interval holds 1, or what differs is too little to matter (2 %). */
  verdict: Type.Enum(['better', 'same', 'worse']),
});
export type SandboxDifference = Static<typeof SandboxDifference>;

export const SandboxComparison = Type.Object({
  a: SandboxRunView,
  b: SandboxRunView,
  differences: Type.Array(SandboxDifference),
  /** In one of the runs only. */
  unmatched: Type.Integer({ minimum: 0 }),
});
export type SandboxComparison = Static<typeof SandboxComparison>;

/** What a place offers services, and why not more. */
export const SandboxOffer = Type.Object({
  place: PlaceName,
  /** A phone's state; absent: this machine. */
  state: Type.Optional(Type.String()),
  runtimes: Type.Array(RuntimeName),
  lacks: Type.Record(Type.String(), Type.String()),
  layers: Type.Array(Type.String()),
  unavailable: Type.Optional(Type.String()),
});
export type SandboxOffer = Static<typeof SandboxOffer>;

const CallName = Type.String({ maxLength: 64 });
const Why = Type.String({ maxLength: 512 });
const AnsweredCall = Type.Object({ name: CallName, errno: Type.String({ maxLength: 32 }), why: Why });

/** The calls of a runtime, read off its filter: of a live process where that can be looked at. */
export const SandboxPolicyView = Type.Object({
  runtime: RuntimeName,
  arch: Type.String({ maxLength: 64 }),
  allowed: Type.Array(CallName, { maxItems: 12 }),
  /** Of the allowed ones: seen by the launcher, which measures and lets them go on. */
  observed: Type.Array(CallName, { maxItems: 12 }),
  reasons: Type.Record(CallName, Why),
  /** Which arguments alone are allowed, in words. */
  checks: Type.Record(CallName, Why),
  errno: Type.Array(AnsweredCall, { maxItems: 512 }),
  /** What the launcher lets go on until the lock, in runtimes of two phases. */
  start: Type.Optional(Type.Array(AnsweredCall, { maxItems: 512 })),
  instructions: Type.Integer({ minimum: 1 }),
  source: Type.Enum(['process', 'launcher']),
  /** Why it is not from a live process. */
  why: Type.Optional(Type.String({ maxLength: 2_000 })),
});
export type SandboxPolicyView = Static<typeof SandboxPolicyView>;
