// What a guest says of its attacks, as it comes out of the machine, line by line: checked, then counted.

import { Type } from 'typebox';
import type { AttackResult } from '#lab/sandbox-lab';
import { exitReasons, jsonParserOf } from '#schemas';

const Text = Type.String({ maxLength: 1_000 });
const Count = Type.Integer({ minimum: 0 });
const closed = { additionalProperties: false };
// A field that the engine gets is told of here, or this doesn't compile.
const attack = {
  name: Text,
  control: Type.Union([Type.Literal('ok'), Type.Literal('failed')]),
  outcome: Type.Union([Type.Literal('denied'), Type.Literal('harmless'), Type.Literal('escaped')]),
  reported: Type.Boolean(),
  ms: Type.Number({ minimum: 0 }),
  reason: Type.Union([...exitReasons, 'no-report'].map((reason) => Type.Literal(reason))),
  syscall: Type.Optional(Text),
  signal: Type.Optional(Text),
  exitCode: Type.Optional(Type.Integer()),
  problem: Type.Optional(Text),
} satisfies Record<keyof AttackResult, unknown>;

const AttackReport = Type.Object(
  {
    runtime: Text,
    arch: Type.Union([Type.Literal('x86_64'), Type.Literal('aarch64'), Type.Literal('armv7')]),
    kernel: Text,
    attacks: Type.Array(Type.Object(attack, closed), { maxItems: 1_000 }),
    escapes: Count,
    unreported: Count,
    failedControls: Count,
  },
  closed,
);
const Failure = Type.Object(
  {
    runtime: Text,
    error: Type.Object({
      code: Text,
      message: Type.String({ maxLength: 10_000 }),
      details: Type.Optional(Type.Unknown()),
    }),
  },
  closed,
);
const Progress = Type.Object(
  { progress: Type.Object({ runtime: Text, name: Text, done: Count, of: Count, ms: Count }, closed) },
  closed,
);

/** A line of `attacks.mjs`. Throws `wire.malformed` or `wire.too-large`. */
export const parseAttackLine = jsonParserOf(
  Type.Union([AttackReport, Failure, Progress]),
  'the guest’s report',
  { maxBytes: 1024 * 1024 },
);
