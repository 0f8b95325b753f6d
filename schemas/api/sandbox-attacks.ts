// An attack on this machine's sandbox as the lab host starts, follows and tells it.

import { type Static, Type } from 'typebox';
import { Millis } from '../common.ts';
import { RuntimeName } from './sandbox-bench.ts';

const Name = Type.String({ maxLength: 128 });
const Count = Type.Integer({ minimum: 0 });
const Problem = Type.Object({ code: Type.String(), message: Type.String() });

export const StartSandboxAttack = Type.Object(
  {
    /** Absent: all that there are attacks for. */
    runtimes: Type.Optional(Type.Array(RuntimeName, { minItems: 1, maxItems: 16, uniqueItems: true })),
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
  problem: Type.Optional(Type.String({ maxLength: 2_000 })),
});
export type SandboxAttackResult = Static<typeof SandboxAttackResult>;

export const SandboxAttackReport = Type.Object({
  runtime: RuntimeName,
  arch: Type.String({ maxLength: 64 }),
  kernel: Type.String({ maxLength: 128 }),
  attacks: Type.Array(SandboxAttackResult, { maxItems: 2_000 }),
  escapes: Count,
  unreported: Count,
  failedControls: Count,
});
export type SandboxAttackReport = Static<typeof SandboxAttackReport>;

/** The attack that runs, or the last one of this run of the lab host. */
export const SandboxAttackView = Type.Object({
  state: Type.Enum(['never', 'running', 'done', 'failed', 'cancelled']),
  startedAt: Type.Optional(Millis),
  tookMs: Type.Optional(Millis),
  progress: Type.Optional(Type.Object({ runtime: RuntimeName, attack: Name, done: Count, total: Count })),
  reports: Type.Array(SandboxAttackReport),
  /** Runtimes that could not be attacked, and why. */
  notOffered: Type.Array(Type.Object({ runtime: RuntimeName, why: Type.String({ maxLength: 2_000 }) })),
  problem: Type.Optional(Problem),
});
export type SandboxAttackView = Static<typeof SandboxAttackView>;
