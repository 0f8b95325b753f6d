// What the launcher and filter-of print about a filter. They are our own programs, read like any other's words.

import { type Static, Type } from 'typebox';
import { jsonParserOf } from '#schemas';

const Name = Type.String({ pattern: '^[a-z0-9_]{1,64}$' });
const Sentence = Type.String({ minLength: 1, maxLength: 512 });
const Names = Type.Array(Name, { maxItems: 512 });
const closed = { additionalProperties: false } as const;

/** A filter followed through every way, for every call number (android-shim/launcher/src/walk_filter.h). */
const Filter = Type.Object(
  {
    instructions: Type.Integer({ minimum: 1, maximum: 4096 }),
    /** `always` is false where the arguments are checked. */
    allows: Type.Array(Type.Object({ name: Name, always: Type.Boolean() }, closed), { maxItems: 512 }),
    /** Calls with another answer than going on or asking the launcher: none, in a filter of ours. */
    others: Names,
    /** What calls by another architecture's entry get. */
    foreign: Type.Enum(['asked', 'allowed', 'other']),
    program: Type.String({ pattern: '^([0-9a-f]{16})+$', maxLength: 65_536 }),
  },
  closed,
);
export type InstalledFilter = Static<typeof Filter>;

const Errno = Type.Object(
  { name: Name, errno: Type.String({ pattern: '^(0|E[A-Z0-9]{1,16})$' }), why: Sentence },
  closed,
);

export const LauncherPolicy = Type.Object(
  {
    runtime: Name,
    /** Where the runtime has several tables: `art` is the jvm of phones with ART. */
    flavour: Type.Optional(Name),
    arch: Name,
    allowed: Names,
    /** Of the allowed ones: shown to the launcher, which measures and lets them go on. */
    observed: Names,
    reasons: Type.Record(Name, Sentence),
    checks: Type.Record(Name, Sentence),
    errno: Type.Array(Errno, { maxItems: 512 }),
    /** Two-phase runtimes: what the launcher lets go on until the lock; with an errno, what it answers then. */
    start: Type.Optional(
      Type.Array(Type.Object({ name: Name, errno: Type.String({ maxLength: 16 }), why: Sentence }, closed), {
        maxItems: 512,
      }),
    ),
    filter: Filter,
  },
  closed,
);
export type LauncherPolicy = Static<typeof LauncherPolicy>;

const limits = { maxBytes: 1 << 20, code: 'sandbox.unavailable' } as const;
export const parseLauncherPolicy = jsonParserOf(LauncherPolicy, 'the launcher’s policy', limits);
export const parseFilter = jsonParserOf(Filter, 'the installed filter', limits);
