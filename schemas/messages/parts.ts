// Parts that several message kinds share. Everything is bounded: a message's exact size limit stands in kinds.ts.

import { type Static, Type } from 'typebox';
import { ByteString, FixedBytes, HexHash, NodeIdText } from '../common.ts';
import { MediaType, OnionAddress, PackageId, PortName, Version } from '../manifest.ts';
import { deviceProfiles, platforms, privacyClasses, runtimes, serviceTypes } from '../manifest-terms.ts';

export const closed = { additionalProperties: false } as const;
export const word = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });
export const text = (maxLength: number) => Type.String({ maxLength });
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Share = Type.Number({ minimum: 0, maximum: 1 });

export const TaskId = Type.String({ pattern: '^[0-9a-f]{32}$' });
export const QueryId = Type.String({ pattern: '^[0-9a-f]{16}$' });
/** Counts from 1; the requester gives each start of a task the next one. */
export const Attempt = Type.Integer({ minimum: 1, maximum: 1000 });
/** Milliseconds that are left: clocks of phones differ, so no times of day. */
export const RemainingMs = Type.Integer({ minimum: 0, maximum: 86_400_000 });

/** A service is the triple; the manifest hash pins its exact bytes. */
export const WireServiceKey = Type.Object(
  { author: OnionAddress, packageId: PackageId, version: Version, manifestSha256: HexHash },
  closed,
);
export type WireServiceKey = Static<typeof WireServiceKey>;

/** What a device must have to run a service: a claim until the manifest itself was verified. */
export const ServiceNeeds = Type.Object(
  {
    profile: word(deviceProfiles),
    runtimes: Type.Array(word(runtimes), { minItems: 1, maxItems: runtimes.length }),
    platforms: Type.Array(word(platforms), { minItems: 1, maxItems: platforms.length }),
    /** ABIs with a program of their own; empty: one file for all. */
    abis: Type.Array(Type.String({ pattern: '^[a-z0-9_-]{1,32}$' }), { maxItems: 16 }),
    minMemoryMB: Count,
    maxMemoryMB: Count,
    storageMB: Count,
    gpu: Type.Boolean(),
    hardware: Type.Array(text(64), { maxItems: 16 }),
    timeoutMs: Type.Integer({ minimum: 1000, maximum: 30_000 }),
  },
  closed,
);
export type ServiceNeeds = Static<typeof ServiceNeeds>;

const WirePort = Type.Object(
  { name: PortName, mediaType: MediaType, required: Type.Boolean(), maxBytes: Count },
  closed,
);
export type WirePort = Static<typeof WirePort>;

/** What a device says of a service that it holds: metadata only, never code. */
export const ServiceCard = Type.Object(
  {
    key: WireServiceKey,
    serviceName: text(128),
    description: text(256),
    serviceType: word(serviceTypes),
    capabilities: Type.Array(text(64), { maxItems: 16 }),
    inputs: Type.Array(WirePort, { maxItems: 32 }),
    outputs: Type.Array(WirePort, { maxItems: 32 }),
    privacyClass: word(privacyClasses),
    needs: ServiceNeeds,
    packedBytes: Count,
  },
  closed,
);
export type ServiceCard = Static<typeof ServiceCard>;

/** A file that goes with a task: small ones inside the message, others are pulled by a stream. */
export const WireFile = Type.Object(
  {
    name: PortName,
    mediaType: MediaType,
    bytes: Count,
    sha256: HexHash,
    inline: Type.Optional(ByteString(32_768)),
  },
  closed,
);
export type WireFile = Static<typeof WireFile>;
/** All inline files of one message together. */
export const MAX_INLINE_BYTES = 32_768;

export const WireExitReport = Type.Object(
  {
    reason: word([
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
    ]),
    syscall: Type.Optional(text(64)),
    signal: Type.Optional(text(32)),
    exitCode: Type.Optional(Type.Integer()),
    cpuMs: Type.Number({ minimum: 0 }),
    peakMemoryBytes: Count,
    wallMs: Type.Number({ minimum: 0 }),
    bytesIn: Count,
    bytesOut: Count,
    errnoHits: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z0-9_]{1,64}$' }), Count, { maxProperties: 64 }),
    ),
    layers: Type.Array(text(64), { maxItems: 16 }),
    message: Type.Optional(text(500)),
  },
  closed,
);
export type WireExitReport = Static<typeof WireExitReport>;

/** What a requester and an executor both sign (spec 04, step 9). */
export const ReceiptBody = Type.Object(
  {
    taskId: TaskId,
    requester: NodeIdText,
    executor: NodeIdText,
    service: WireServiceKey,
    /** SHA-256 over the CBOR of [[name, bytes, sha256]...] in the order of names. */
    inputsSha256: HexHash,
    resultSha256: HexHash,
    cpuMs: Type.Number({ minimum: 0 }),
    wallMs: Type.Number({ minimum: 0 }),
    peakMemoryBytes: Count,
    /** The executor's clock, ms since the epoch. */
    finishedAt: Count,
  },
  closed,
);
export type ReceiptBody = Static<typeof ReceiptBody>;
export const Signature = FixedBytes(64);
