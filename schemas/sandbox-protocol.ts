// Frames between the agent and its sandbox supervisor: u32 big-endian length, then one JSON document in UTF-8, or a piece
// of a job's files (sandbox-pieces.ts).
// Kotlin reads the same golden samples (schemas/golden/supervisor). Either side ends on anything that isn't listed here.

import { type Static, Type } from 'typebox';
import { jsonParserOf } from './validator.ts';

/** Exact: another version is refused, since agent, supervisor and launcher are pushed together. */
export const SANDBOX_PROTOCOL = 4;
export const SANDBOX_FRAME_MAX_BYTES = 65_536;
/** Android ends children past 32; four are kept for the supervisor, the launcher and the agent's own helpers. */
export const SANDBOX_CHILDREN_MAX = 28;

export const sandboxRuntimes = ['native', 'go', 'nodejs', 'wasm', 'jvm', 'python'] as const;
export type SandboxRuntime = (typeof sandboxRuntimes)[number];
/** Those whose service is a program for the processor: they need no folder on the device. */
export const directRuntimes = ['native', 'go'] as const;
export type DirectRuntime = (typeof directRuntimes)[number];
export const isDirectRuntime = (name: string): name is DirectRuntime =>
  (directRuntimes as readonly string[]).includes(name);
export const isSandboxRuntime = (name: string): name is SandboxRuntime =>
  (sandboxRuntimes as readonly string[]).includes(name);
/** Another virtual machine behind a runtime's name: `jvm` is the phone's own Java (ART) where there is one. */
export const runtimeFlavours = ['art'] as const;
export type RuntimeFlavour = (typeof runtimeFlavours)[number];
/** Processes of a runtime that wait, locked, for a service. */
export const SANDBOX_SPARES_MAX = 4;

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Positive = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Milliseconds = Type.Integer({ minimum: 1, maximum: 4_294_967_295 });
const Path = Type.String({ minLength: 2, maxLength: 4095, pattern: '^/[^\\u0000]*$' });
const JobId = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9._:-]+$' });
const Name = Type.String({ minLength: 1, maxLength: 64 });
const Sentence = Type.String({ maxLength: 1024 });
const Layers = Type.Array(Name, { maxItems: 32 });

/** Ceilings of the device profile; jobs that ask for more are refused. */
export const SandboxLimits = Type.Object(
  {
    maxMemoryBytes: Positive,
    maxWallMs: Milliseconds,
    maxCpuMs: Milliseconds,
    maxOutputBytes: Positive,
    /** Services at the same time; more wait. */
    maxChildren: Type.Integer({ minimum: 1, maximum: SANDBOX_CHILDREN_MAX }),
    /** Programs and inputs, of all jobs, that come as pieces and are kept in memory. Absent: jobs name their files by path. */
    maxCarriedBytes: Type.Optional(Positive),
  },
  closed,
);
export type SandboxLimits = Static<typeof SandboxLimits>;

const Job = Type.Object(
  {
    jobId: JobId,
    runtime: Type.Enum([...sandboxRuntimes]),
    /** A static ELF for `native` and `go`, else what the runtime reads: a script, a module, a jar. */
    program: Path,
    inputPath: Path,
    outputPath: Path,
    memoryBytes: Positive,
    wallMs: Milliseconds,
    cpuMs: Milliseconds,
    maxOutputBytes: Count,
  },
  closed,
);

const CarriedBytes = (minimum: 0 | 1) => Type.Integer({ minimum, maximum: 2 ** 40 });
/** A job whose files come as pieces, once the supervisor says that it wants them. */
const CarriedJob = Type.Object(
  {
    jobId: JobId,
    runtime: Type.Enum([...sandboxRuntimes]),
    programBytes: CarriedBytes(1),
    inputBytes: CarriedBytes(0),
    memoryBytes: Positive,
    wallMs: Milliseconds,
    cpuMs: Milliseconds,
    maxOutputBytes: Count,
  },
  closed,
);
/** Output of a job that is under way: sent, and not yet taken. */
export const SANDBOX_WINDOW_BYTES = 65_536;

const Spares = Type.Integer({ minimum: 0, maximum: SANDBOX_SPARES_MAX });
const RuntimePlace = Type.Object(
  {
    folder: Path,
    spares: Spares,
    /** None waits before the runtime has had its first service. */
    onDemand: Type.Optional(Type.Boolean()),
    /** Its canaries have passed on this device as it is now: it is offered without trying them again. */
    proven: Type.Optional(Type.Boolean()),
  },
  closed,
);

/** Where the runtimes of this device are, and how many processes of each wait ready. Absent: it is not offered. */
export const SandboxPlaces = Type.Object(
  {
    native: Type.Optional(Type.Object({ spares: Spares }, closed)),
    nodejs: Type.Optional(RuntimePlace),
    wasm: Type.Optional(RuntimePlace),
    jvm: Type.Optional(RuntimePlace),
    python: Type.Optional(RuntimePlace),
  },
  closed,
);
export type SandboxPlaces = Static<typeof SandboxPlaces>;

export const ToSupervisor = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('hello'),
      protocol: Type.Literal(SANDBOX_PROTOCOL),
      launcher: Path,
      limits: SandboxLimits,
      runtimes: Type.Optional(SandboxPlaces),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('run'), job: Job }, closed),
  Type.Object({ kind: Type.Literal('carry'), job: CarriedJob }, closed),
  Type.Object(
    {
      kind: Type.Literal('taken'),
      jobId: JobId,
      bytes: Type.Integer({ minimum: 1, maximum: SANDBOX_WINDOW_BYTES }),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('cancel'), jobId: JobId }, closed),
]);
export type ToSupervisor = Static<typeof ToSupervisor>;

export const exitReasons = [
  'completed',
  'failed',
  'crashed',
  'syscall-denied',
  'out-of-memory',
  'wall-timeout',
  'cpu-timeout',
  'output-limit',
  'cancelled',
  'sandbox-error',
] as const;

const Report = Type.Object(
  {
    reason: Type.Enum([...exitReasons]),
    syscall: Type.Optional(Name),
    signal: Type.Optional(Name),
    exitCode: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
    cpuMs: Count,
    peakMemoryBytes: Count,
    wallMs: Count,
    /** From the supervisor taking it on to its first byte of output, ms. */
    firstByteMs: Type.Optional(Type.Number({ minimum: 0, maximum: 4_294_967 })),
    /** From the verdict to the end of the process, ms. */
    teardownMs: Type.Optional(Type.Number({ minimum: 0, maximum: 4_294_967 })),
    bytesIn: Count,
    bytesOut: Count,
    errnoHits: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z0-9_]{1,64}$' }), Count)),
    layers: Layers,
    message: Type.Optional(Sentence),
  },
  closed,
);

export const FromSupervisor = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('hello'),
      protocol: Type.Literal(SANDBOX_PROTOCOL),
      runtimes: Type.Array(Type.Enum([...sandboxRuntimes]), { maxItems: sandboxRuntimes.length }),
      layers: Layers,
      arch: Type.String({ maxLength: 64 }),
      kernel: Type.String({ maxLength: 64 }),
      /** Why no runtime is offered. */
      unavailable: Type.Optional(Sentence),
      /** Why a runtime that was asked for is not offered, by its name. */
      lacks: Type.Optional(Type.Partial(Type.Record(Type.Enum([...sandboxRuntimes]), Sentence))),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('wanted'), jobId: JobId }, closed),
  Type.Object({ kind: Type.Literal('started'), jobId: JobId }, closed),
  Type.Object(
    {
      kind: Type.Literal('progress'),
      jobId: JobId,
      cpuMs: Count,
      memoryBytes: Count,
      bytesIn: Count,
      bytesOut: Count,
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('exit'), jobId: JobId, report: Report }, closed),
  /** The last words of a supervisor that can't go on: the launcher died, or the agent broke the protocol. */
  Type.Object({ kind: Type.Literal('died'), message: Sentence }, closed),
]);
export type FromSupervisor = Static<typeof FromSupervisor>;

export const parseToSupervisor = jsonParserOf(ToSupervisor, 'frame to the supervisor', {
  maxBytes: SANDBOX_FRAME_MAX_BYTES,
});
export const parseFromSupervisor = jsonParserOf(FromSupervisor, 'frame from the supervisor', {
  maxBytes: SANDBOX_FRAME_MAX_BYTES,
});
