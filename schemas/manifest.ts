// The manifest of a service package (spec 01): every field, its type and its limits. The rules that a JSON Schema
// can't say (identity, unique names, ceilings) are in manifest-rules.ts.

import { type Static, type TSchema, Type } from 'typebox';
import { HexHash } from './common.ts';
import {
  deviceProfiles,
  inputSources,
  languages,
  optionalRuntimes,
  packageLimits,
  platforms,
  privacyClasses,
  runtimes,
  serviceTypes,
} from './manifest-terms.ts';

const closed = { additionalProperties: false } as const;
const word = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });
const words = <const T extends readonly string[]>(values: T, minItems = 0) =>
  Type.Array(word(values), { minItems, maxItems: values.length, uniqueItems: true });
const text = (maxLength: number, minLength = 0) => Type.String({ minLength, maxLength });
const list = <S extends TSchema>(item: S, maxItems: number, minItems = 0) =>
  Type.Array(item, { minItems, maxItems });

/** One path component: ASCII, no leading dot, no trailing dot: the same file on every file system. */
const component = '[A-Za-z0-9_](?:[A-Za-z0-9._+@-]{0,126}[A-Za-z0-9_+@-])?';
export const PackagePath = Type.String({
  pattern: `^(?:service|models|assets)(?:/${component}){1,8}$`,
  maxLength: 240,
});
export const PackageId = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,62}(?:\\.[a-z][a-z0-9_-]{0,62}){1,7}$',
  maxLength: 128,
});
/** Semver without build metadata: two versions that compare equal would be one service. */
export const Version = Type.String({
  pattern:
    '^(?:0|[1-9][0-9]{0,8})\\.(?:0|[1-9][0-9]{0,8})\\.(?:0|[1-9][0-9]{0,8})(?:-[0-9A-Za-z-]{1,32}(?:\\.[0-9A-Za-z-]{1,32}){0,4})?$',
  maxLength: 64,
});
export const OnionAddress = Type.String({ pattern: '^[a-z2-7]{56}\\.onion$' });
export const MediaType = Type.String({
  pattern: '^[a-z]+/(?:\\*|[a-z0-9][a-z0-9.+-]{0,80})$',
  maxLength: 100,
});
/** Name of an input or output: also a file name. */
export const PortName = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' });
const Megabytes = Type.Integer({ minimum: 0, maximum: 1_048_576 });
const Size = Type.Integer({ minimum: 0, maximum: 2 ** 40 });

/** A service's own JSON Schema: hostile, judged by device-agent/services before use. */
const OwnSchema = Type.Record(Type.String({ maxLength: 256 }), Type.Unknown());

export const ResourceRequirements = Type.Object(
  {
    minMemoryMB: Megabytes,
    /** Default 64. */
    maxMemoryMB: Type.Optional(Type.Integer({ minimum: 1, maximum: 512 })),
    estimatedCpuUsage: Type.Number({ minimum: 0, maximum: 1 }),
    storageRequiredMB: Megabytes,
    requiresGPU: Type.Boolean(),
    requiresSpecialHardware: Type.Optional(list(text(64, 1), 16)),
  },
  closed,
);

export const ServicePort = Type.Object(
  {
    name: PortName,
    schema: OwnSchema,
    mediaType: MediaType,
    required: Type.Boolean(),
    maxBytes: Size,
    /** An output's file name pattern. */
    filename: Type.Optional(text(128, 1)),
  },
  closed,
);
export type ServicePort = Static<typeof ServicePort>;

const StorageNeeds = Type.Object(
  {
    level: word(['task-isolated', 'service-shared', 'mesh-global']),
    maxFileSizeBytes: Size,
    storageQuotaPerTask: Size,
    allowedOperations: words(['READ', 'WRITE', 'DELETE']),
    allowedFileTypes: list(MediaType, 32),
  },
  closed,
);

const Dependency = Type.Object(
  {
    name: text(128, 1),
    url: text(2048, 1),
    via: word(['tor', 'i2p', 'clearnet']),
    sha256: Type.Optional(HexHash),
  },
  closed,
);

const Model = Type.Object(
  {
    file: PackagePath,
    format: text(64, 1),
    sizeBytes: Type.Integer({ minimum: 0, maximum: packageLimits.modelBytes }),
    sha256: HexHash,
    tier: text(64, 1),
    quantization: Type.Optional(text(64, 1)),
  },
  closed,
);

export const PackageFile = Type.Object({ path: PackagePath, sizeBytes: Size, sha256: HexHash }, closed);
export type PackageFile = Static<typeof PackageFile>;

const OwnTest = Type.Object(
  {
    name: text(128, 1),
    inputs: Type.Record(PortName, Type.Unknown()),
    expect: Type.Record(PortName, Type.Unknown()),
    timeoutSeconds: Type.Number({ exclusiveMinimum: 0, maximum: 30 }),
  },
  closed,
);

/** The fields, for the strict schema and for the draft's. */
export const manifestFields = {
  manifestVersion: Type.Literal('1.0'),
  packageId: PackageId,
  version: Version,
  serviceName: text(128, 1),
  description: text(4096),
  author: OnionAddress,
  serviceType: word(serviceTypes),
  language: word(languages),
  /** Path in `service/`, with `#symbol` where the runtime needs one. */
  entryPoint: Type.String({ pattern: `^service(?:/${component}){1,8}(?:#[A-Za-z0-9_.$:]{1,128})?$` }),
  runtimeRequired: words(runtimes, 1),
  runtimeOptional: Type.Optional(words(optionalRuntimes)),
  deviceProfile: word(deviceProfiles),
  resourceRequirements: ResourceRequirements,
  executionTimeoutSeconds: Type.Number({ minimum: 1, maximum: 30 }),
  platformSupport: words(platforms, 1),
  inputs: list(ServicePort, 32),
  outputs: list(ServicePort, 32, 1),
  inputSources: words(inputSources),
  capabilities: list(text(64, 1), 64),
  storage: Type.Optional(StorageNeeds),
  /** Default `private`. */
  privacyClass: Type.Optional(word(privacyClasses)),
  externalDependencies: Type.Optional(list(Dependency, 32)),
  models: Type.Optional(list(Model, 64)),
  files: list(PackageFile, packageLimits.entries - 2, 1),
  builtin: Type.Optional(Type.Boolean()),
  tests: Type.Optional(list(OwnTest, 256)),
  license: Type.Optional(text(128)),
  sourceUrl: Type.Optional(text(2048)),
  changelog: Type.Optional(text(16_384)),
};

export const Manifest = Type.Object(manifestFields, {
  $id: 'https://abhaya.example/schemas/manifest-1.0.json',
  title: 'Service manifest 1.0',
  ...closed,
});
export type Manifest = Static<typeof Manifest>;
