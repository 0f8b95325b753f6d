// Attacks on the sandbox of this machine or of a phone as the lab host starts, follows, keeps, tells and compares them.

import { type Static, Type } from 'typebox';
import { Millis } from '../common.ts';
import { RuntimeName } from './sandbox-bench.ts';
import { SandboxRunId } from './sandbox-runs.ts';

const Name = Type.String({ minLength: 1, maxLength: 128 });
const PlaceName = Type.String({ minLength: 1, maxLength: 128 });
const Count = Type.Integer({ minimum: 0 });
const Sentence = Type.String({ maxLength: 2_000 });
const Problem = Type.Object({ code: Type.String(), message: Type.String() });

/** Bounds of what is taken in and kept. */
const ATTACKS_MAX = 2_000;
const RUNTIMES_MAX = 16;

export const StartSandboxAttack = Type.Object(
  {
    /** Absent: all that there are attacks for. */
    runtimes: Type.Optional(
      Type.Array(RuntimeName, { minItems: 1, maxItems: RUNTIMES_MAX, uniqueItems: true }),
    ),
    /** Only attacks of these names; absent: all of them. */
    attacks: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 200, uniqueItems: true })),
    /** `local`, which is the default, or a phone's serial. */
    place: Type.Optional(PlaceName),
  },
  { additionalProperties: false },
);
export type StartSandboxAttack = Static<typeof StartSandboxAttack>;

export const SandboxAttackResult = Type.Object({
  name: Name,
  control: Type.Enum(['ok', 'failed']),
  outcome: Type.Enum(['denied', 'harmless', 'escaped']),
  reported: Type.Boolean(),
  reason: Type.String({ maxLength: 64 }),
  syscall: Type.Optional(Name),
  signal: Type.Optional(Name),
  exitCode: Type.Optional(Type.Integer()),
  /** The attempt and its control together. */
  ms: Type.Optional(Type.Number({ minimum: 0 })),
  problem: Type.Optional(Sentence),
});
export type SandboxAttackResult = Static<typeof SandboxAttackResult>;

const totals = {
  runtime: RuntimeName,
  arch: Type.String({ maxLength: 64 }),
  kernel: Type.String({ maxLength: 128 }),
  escapes: Count,
  unreported: Count,
  failedControls: Count,
  /** It was broken off: there are more attacks than these. */
  partial: Type.Optional(Type.Literal(true)),
};

export const SandboxAttackReport = Type.Object({
  ...totals,
  attacks: Type.Array(SandboxAttackResult, { maxItems: ATTACKS_MAX }),
});
export type SandboxAttackReport = Static<typeof SandboxAttackReport>;

/** Runtimes that could not be attacked, and why. */
const notOffered = Type.Array(Type.Object({ runtime: RuntimeName, why: Sentence }), {
  maxItems: RUNTIMES_MAX,
});
const reports = Type.Array(SandboxAttackReport, { maxItems: RUNTIMES_MAX });

const about = {
  runId: SandboxRunId,
  place: PlaceName,
  startedAt: Millis,
  tookMs: Type.Optional(Millis),
  notOffered,
  problem: Type.Optional(Problem),
};
const Ended = Type.Enum(['done', 'failed', 'cancelled']);

/** One that has ended, as it is kept. */
export const SandboxAttackRun = Type.Object({ ...about, state: Ended, reports });
export type SandboxAttackRun = Static<typeof SandboxAttackRun>;

/** The same without its rows, for lists. */
export const SandboxAttackSummary = Type.Object({
  ...about,
  state: Ended,
  reports: Type.Array(Type.Object({ ...totals, attacks: Count }), { maxItems: RUNTIMES_MAX }),
});
export type SandboxAttackSummary = Static<typeof SandboxAttackSummary>;

/** The attack that runs, or the last one of this run of the lab host. */
export const SandboxAttackView = Type.Object({
  state: Type.Enum(['never', 'running', 'done', 'failed', 'cancelled']),
  runId: Type.Optional(SandboxRunId),
  place: Type.Optional(PlaceName),
  startedAt: Type.Optional(Millis),
  tookMs: Type.Optional(Millis),
  progress: Type.Optional(
    Type.Object({
      runtime: RuntimeName,
      attack: Name,
      done: Count,
      total: Count,
      /** Of this runtime, so far: escaped, not reported rightly, or with a control that failed. */
      wrong: Count,
    }),
  ),
  reports,
  notOffered,
  problem: Type.Optional(Problem),
});
export type SandboxAttackView = Static<typeof SandboxAttackView>;

/** One attack whose end differs, or that only one of the two has. */
export const SandboxAttackChange = Type.Object({
  runtime: RuntimeName,
  name: Name,
  a: Type.Optional(SandboxAttackResult),
  b: Type.Optional(SandboxAttackResult),
  /** worse, better: it holds less or more than before. other: it held both times, stopped in another way. */
  verdict: Type.Enum(['worse', 'better', 'other', 'added', 'gone']),
});
export type SandboxAttackChange = Static<typeof SandboxAttackChange>;

export const SandboxAttackComparison = Type.Object({
  a: SandboxAttackSummary,
  b: SandboxAttackSummary,
  changes: Type.Array(SandboxAttackChange),
  /** Attacks that ended the same way in both. */
  same: Count,
  /** Runtimes that only one of them attacked: nothing can be said of those. */
  onlyA: Type.Array(RuntimeName),
  onlyB: Type.Array(RuntimeName),
});
export type SandboxAttackComparison = Static<typeof SandboxAttackComparison>;

/** The rows counted, for lists. */
export const attackSummary = ({ reports: full, ...run }: SandboxAttackRun): SandboxAttackSummary => ({
  ...run,
  reports: full.map(({ attacks, ...report }) => ({ ...report, attacks: attacks.length })),
});
