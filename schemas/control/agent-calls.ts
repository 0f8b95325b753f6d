// The one table of calls and events between the lab host and an agent (DESIGN, Processes). It types both ends:
// the agent's handlers are declared as this table, so a missing method does not compile.

import { type Static, type TSchema, Type } from 'typebox';
import { SandboxBenchAsk, SandboxBenchProgress, SandboxMeasured } from '../api/sandbox-bench.ts';
import { AgentTaskView, ReceiptView } from '../api/task-view.ts';
import { Bytes, HexHash, NodeIdText, Port, SafeName, SecretText } from '../common.ts';
import { manifestFields, PackageFile } from '../manifest.ts';
import { runtimeFlavours } from '../sandbox-protocol.ts';
import { DirectLinksOrder, DirectLinksReport, IpText } from './direct-links.ts';
import { PowerPolicy, PowerView } from './power.ts';

export const AGENT_PROTOCOL = 1;
/** One JSON frame either way; bulk goes over HTTP beside it. */
export const AGENT_FRAME_MAX_BYTES = 1024 * 1024;

const Nothing = Type.Object({}, { additionalProperties: false });
const exact = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Profile = Type.Union([
  Type.Literal('flagship'),
  Type.Literal('mid-range'),
  Type.Literal('budget'),
]);
export type Profile = Static<typeof Profile>;

/** How the device is now, as it measured itself. */
export const DeviceStateView = Type.Object({
  cores: Type.Integer({ minimum: 1, maximum: 4096 }),
  memoryBytes: Bytes,
  availableMemoryBytes: Bytes,
  freeStorageBytes: Type.Number({ minimum: 0 }),
  cpuLoad: Type.Number({ minimum: 0, maximum: 1 }),
  batteryPercent: Type.Integer({ minimum: 0, maximum: 100 }),
  charging: Type.Boolean(),
  /** PowerManager's thermal status. */
  thermal: Type.Integer({ minimum: 0, maximum: 6 }),
  /** Of the battery, where the phone has a sensor. */
  celsius: Type.Optional(Type.Number({ minimum: -100, maximum: 200 })),
});
export type DeviceStateView = Static<typeof DeviceStateView>;

/** Runtimes that are folders of their own, which may come after the agent. */
export const runtimeModules = ['jvm', 'python'] as const;
export type RuntimeModule = (typeof runtimeModules)[number];
const ModuleHash = Type.String({ pattern: '^[0-9a-f]{8,64}$' });

/** What a phone's sandbox offers, and why not more. */
export const AgentSandbox = Type.Object({
  runtimes: Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 }),
  layers: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 }),
  unavailable: Type.Optional(Type.String({ maxLength: 1000 })),
  /** Why runtimes are not offered, by name. */
  lacks: Type.Optional(Type.Record(Type.String({ maxLength: 32 }), Type.String({ maxLength: 1024 }))),
  /** Whether the phone would offer a module, and which one it has. */
  modules: Type.Optional(
    Type.Partial(
      Type.Record(
        Type.Enum([...runtimeModules]),
        Type.Object({ wanted: Type.Boolean(), hash: Type.Optional(ModuleHash) }),
      ),
    ),
  ),
  /** Its user wants optional runtimes offered, whatever its profile. */
  optional: Type.Optional(Type.Boolean()),
});
export type AgentSandbox = Static<typeof AgentSandbox>;

/** Modules that have been pushed, by their folders' names, and the user's choice; what is absent stays. */
export const RuntimesOrder = exact({
  modules: Type.Optional(exact({ jvm: Type.Optional(ModuleHash), python: Type.Optional(ModuleHash) })),
  optional: Type.Optional(Type.Boolean()),
});
export type RuntimesOrder = Static<typeof RuntimesOrder>;

export const AgentHello = Type.Object({
  protocol: Type.Literal(AGENT_PROTOCOL),
  nodeId: NodeIdText,
  /** Content hash of what was pushed: the lab host replaces an agent of another one. */
  bundleHash: Type.String({ maxLength: 128 }),
  pid: Type.Integer({ minimum: 1 }),
  bridgePort: Port,
  /** Where other phones could reach this one: its own addresses, and the port while it listens for direct links. */
  mesh: Type.Object({ addresses: Type.Array(IpText, { maxItems: 64 }), port: Type.Optional(Port) }),
  profile: Profile,
  abi: Type.String({ maxLength: 32 }),
  device: DeviceStateView,
  sandbox: AgentSandbox,
});
export type AgentHello = Static<typeof AgentHello>;

export const TopologyView = Type.Object({
  self: NodeIdText,
  nodes: Type.Array(
    Type.Object({
      nodeId: NodeIdText,
      hops: Type.Integer({ minimum: 0 }),
      rttMs: Type.Optional(Type.Number({ minimum: 0 })),
      quality: Type.Number(),
      nextHop: Type.Optional(NodeIdText),
      neighbours: Type.Array(Type.Object({ nodeId: NodeIdText, quality: Type.Number() })),
      lastSeenMs: Type.Number(),
    }),
    { maxItems: 20_000 },
  ),
});
export type TopologyView = Static<typeof TopologyView>;

/** What lists show of a manifest. */
export const ServiceAbout = Type.Object({
  serviceType: manifestFields.serviceType,
  language: manifestFields.language,
  runtimes: manifestFields.runtimeRequired,
  deviceProfile: manifestFields.deviceProfile,
  privacyClass: manifestFields.privacyClass,
  inputSources: manifestFields.inputSources,
  capabilities: manifestFields.capabilities,
  maxMemoryMB: Type.Integer({ minimum: 1 }),
  inputs: Type.Array(
    Type.Object({ name: Type.String(), mediaType: Type.String(), required: Type.Boolean(), maxBytes: Bytes }),
  ),
});
export type ServiceAbout = Static<typeof ServiceAbout>;

/** A manifest with the files of its entry point only: there may be ten thousand others. */
export const ManifestView = Type.Object({
  ...manifestFields,
  files: Type.Array(PackageFile, { maxItems: 64 }),
  fileCount: Type.Integer({ minimum: 0 }),
  unpackedBytes: Bytes,
});
export type ManifestView = Static<typeof ManifestView>;

const VerdictWord = Type.Union([Type.Literal('ok'), Type.Literal('warn'), Type.Literal('reject')]);

export const LibraryItem = Type.Object({
  author: Type.String(),
  packageId: Type.String(),
  version: Type.String(),
  manifestSha256: HexHash,
  packageSha256: HexHash,
  serviceName: Type.String(),
  description: Type.String(),
  packedBytes: Bytes,
  signed: Type.Boolean(),
  about: Type.Optional(ServiceAbout),
  verdict: VerdictWord,
  reasons: Type.Array(Type.String()),
});
export type LibraryItem = Static<typeof LibraryItem>;

export const CaptureSummary = Type.Object({ frames: Bytes, bytes: Bytes, left: Bytes });
export type CaptureSummary = Static<typeof CaptureSummary>;

export const TaskInput = Type.Union([
  /** A file that was put into the agent's spool before. */
  exact({ spool: SafeName }),
  exact({ value: Type.Unknown() }),
]);

export const agentCalls = {
  hello: { params: Nothing, result: AgentHello },
  /** Announces a bridged link: the next connection to the bridge port with this token becomes it. */
  'link.expect': {
    params: exact({
      linkId: SafeName,
      token: SecretText,
      role: Type.Union([Type.Literal('dial'), Type.Literal('accept')]),
      peer: NodeIdText,
    }),
    result: Nothing,
  },
  /** Makes the agent's direct links those of the order, no more and no fewer. */
  'links.direct': { params: DirectLinksOrder, result: DirectLinksReport },
  'mesh.topology': { params: Nothing, result: TopologyView },
  /** Records the frames that neighbours send to this node, for `GET /capture`. */
  'mesh.capture.start': { params: Nothing, result: Nothing },
  'mesh.capture.stop': { params: Nothing, result: CaptureSummary },
  'mesh.stats': { params: Nothing, result: Type.Unknown() },
  'policy.set': {
    params: exact({ trustedAuthors: Type.Array(Type.String(), { maxItems: 10_000 }) }),
    result: Nothing,
  },
  /** Measures the phone first: what it says is of now. */
  'power.get': { params: Nothing, result: PowerView },
  'power.set': { params: PowerPolicy, result: PowerView },
  /** Offers what has come since, or was chosen. Services that run go on; the answer is what holds then. */
  'runtimes.set': { params: RuntimesOrder, result: AgentSandbox },
  /** Measures this phone's sandbox; one at a time. It ends when the connection does. */
  'sandbox.bench': {
    params: exact({ benchId: SafeName, ...SandboxBenchAsk.properties }),
    result: SandboxMeasured,
  },
  'sandbox.bench.cancel': { params: exact({ benchId: SafeName }), result: Nothing },
  'services.list': { params: Nothing, result: Type.Array(LibraryItem) },
  'services.add': { params: exact({ spool: SafeName }), result: LibraryItem },
  'services.get': { params: exact({ manifestSha256: HexHash }), result: ManifestView },
  /** What this device would say of a service that it need not have. */
  'services.judge': {
    params: exact({ manifest: ManifestView }),
    result: exact({ verdict: VerdictWord, reasons: Type.Array(Type.String()) }),
  },
  'services.remove': { params: exact({ manifestSha256: HexHash }), result: Nothing },
  'task.submit': {
    params: exact({
      packageId: Type.String({ maxLength: 256 }),
      author: Type.Optional(Type.String({ maxLength: 128 })),
      version: Type.Optional(Type.String({ maxLength: 64 })),
      inputs: Type.Record(Type.String({ maxLength: 128 }), TaskInput),
      on: Type.Optional(NodeIdText),
      deadlineMs: Type.Optional(Type.Number({ minimum: 100, maximum: 86_400_000 })),
    }),
    result: exact({ taskId: Type.String() }),
  },
  'task.get': { params: exact({ taskId: Type.String() }), result: AgentTaskView },
  'task.list': { params: Nothing, result: Type.Array(AgentTaskView) },
  'task.cancel': {
    params: exact({ taskId: Type.String(), reason: Type.String({ maxLength: 500 }) }),
    result: Nothing,
  },
  /** Both signatures; `not-found` when there is no receipt. */
  'task.receipt': { params: exact({ taskId: Type.String({ maxLength: 128 }) }), result: ReceiptView },
  shutdown: { params: Nothing, result: Nothing },
} as const satisfies Record<string, { params: TSchema; result: TSchema }>;

export const agentEvents = {
  'task.changed': AgentTaskView,
  'mesh.topology': TopologyView,
  /** A direct link came up, went down or failed again; every few seconds, for the counters. */
  'links.direct': DirectLinksReport,
  'device.changed': DeviceStateView,
  /** The settings changed, or what the phone takes of others. */
  'power.changed': PowerView,
  /** It came, died or came back, or offers other runtimes. */
  'sandbox.changed': AgentSandbox,
  'sandbox.bench': exact({ benchId: SafeName, ...SandboxBenchProgress.properties }),
  /** The library got a service, installed or fetched, or lost one. */
  'services.changed': Type.Union([exact({ added: LibraryItem }), exact({ removed: HexHash })]),
} as const satisfies Record<string, TSchema>;

export type AgentCalls = {
  [M in keyof typeof agentCalls]: {
    params: Static<(typeof agentCalls)[M]['params']>;
    result: Static<(typeof agentCalls)[M]['result']>;
  };
};
export type AgentEvents = { [E in keyof typeof agentEvents]: Static<(typeof agentEvents)[E]> };

const runtimeFolder = exact({
  folder: Type.String({ maxLength: 1024 }),
  /** Its canaries have passed on another virtual phone of this machine, in the same folders. */
  proven: Type.Optional(Type.Boolean()),
});

/** What the starter gets on stdin; secrets never stand in arguments. */
export const AgentStartConfig = exact({
  root: Type.String({ maxLength: 1024 }),
  bundleHash: Type.String({ maxLength: 128 }),
  abi: Type.String({ maxLength: 32 }),
  /** Command that starts the supervisor; empty: this phone has none, and says so. */
  supervisor: Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 64 }),
  launcher: Type.String({ maxLength: 1024 }),
  /** Where the runtimes for services are; others may come later (`runtimes.set`). */
  runtimes: Type.Optional(
    exact({
      nodejs: Type.Optional(runtimeFolder),
      wasm: Type.Optional(runtimeFolder),
      jvm: Type.Optional(runtimeFolder),
      python: Type.Optional(runtimeFolder),
    }),
  ),
  /** What runs a runtime's services here, where it isn't what runs them elsewhere. */
  flavours: Type.Optional(exact({ jvm: Type.Optional(Type.Enum([...runtimeFlavours])) })),
});
export type AgentStartConfig = Static<typeof AgentStartConfig>;

/** run/agent.json on the phone: how to reach the agent that runs, and which key it must prove. */
export const AgentRunFile = Type.Object({
  protocol: Type.Integer(),
  pid: Type.Integer({ minimum: 1 }),
  nodeId: NodeIdText,
  controlPort: Port,
  bundleHash: Type.String({ maxLength: 128 }),
});
export type AgentRunFile = Static<typeof AgentRunFile>;

/** run/attach/<attachId>.json on the phone: written over adb from stdin, read once by the agent. */
export const AttachFile = exact({ secret: SecretText, expiresAt: Type.Number() });
export type AttachFile = Static<typeof AttachFile>;
