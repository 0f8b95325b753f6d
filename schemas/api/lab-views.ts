// What the lab host's API says and takes (DESIGN, Choices: schemas first). All under /api/v1.

import { type Static, Type } from 'typebox';
import { Bytes, HexHash, Millis, NodeIdText, Port } from '../common.ts';
import { AgentSandbox, ManifestView, Profile, ServiceAbout, TopologyView } from '../control/agent-calls.ts';
import { PowerView } from '../control/power.ts';
import { Measurement } from './measurement.ts';
import { SandboxAttackView } from './sandbox-attacks.ts';
import { SandboxRunView } from './sandbox-runs.ts';
import { SandboxTryView } from './sandbox-tries.ts';
import { AgentTaskView, OutputView } from './task-view.ts';

export const SerialText = Type.String({ minLength: 1, maxLength: 128 });
const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const PhoneKind = Type.Union([Type.Literal('usb'), Type.Literal('wifi'), Type.Literal('virtual')]);
export type PhoneKind = Static<typeof PhoneKind>;

export const PhoneState = Type.Union([
  Type.Literal('starting'),
  Type.Literal('unauthorized'),
  Type.Literal('offline'),
  Type.Literal('recovery'),
  Type.Literal('ready'),
  Type.Literal('deploying'),
  Type.Literal('running'),
  Type.Literal('unplugged'),
  Type.Literal('failed'),
]);
export type PhoneState = Static<typeof PhoneState>;

export const Problem = Type.Object({ code: Type.String(), message: Type.String() });

export const PhoneView = Type.Object({
  /** The phone's own serial number: its identity. */
  serial: SerialText,
  /** The address under which the adb server knows it now. */
  adbSerial: Type.String(),
  profile: Type.Optional(Profile),
  abi: Type.Optional(Type.String()),
  kind: PhoneKind,
  state: PhoneState,
  model: Type.Optional(Type.String()),
  android: Type.Optional(Type.String()),
  apiLevel: Type.Optional(Type.Integer()),
  batteryPercent: Type.Optional(Type.Number()),
  charging: Type.Optional(Type.Boolean()),
  thermal: Type.Optional(Type.Integer()),
  nodeId: Type.Optional(NodeIdText),
  /** What runs there: the content hash of runtime and agent as they were pushed, and the protocol they speak. */
  agent: Type.Optional(Type.Object({ bundleHash: Type.String(), protocol: Type.Integer() })),
  sandbox: Type.Optional(AgentSandbox),
  /** A runtime that is on its way to the phone, which runs meanwhile. */
  pushing: Type.Optional(Type.Object({ runtime: Type.String(), sentBytes: Bytes, totalBytes: Bytes })),
  /** What the optional runtimes take of the phone's storage, beside what every phone gets. */
  optionalBytes: Type.Optional(Bytes),
  /** How the agent was last attached: bytes that had to be pushed, and the time from seeing the phone to running. */
  lastAttach: Type.Optional(Type.Object({ pushedBytes: Bytes, tookMs: Millis })),
  /** What stands in the way, when the state isn't running. */
  problem: Type.Optional(Problem),
});
export type PhoneView = Static<typeof PhoneView>;

export const TopologyNameText = Type.Union([
  Type.Literal('chain'),
  Type.Literal('ring'),
  Type.Literal('random'),
  Type.Literal('full'),
]);

/** Carried by the lab host over adb, or by the phones' own network. */
export const LinkKind = Type.Union([Type.Literal('bridged'), Type.Literal('direct')]);
export type LinkKind = Static<typeof LinkKind>;

export const HostView = Type.Object({
  version: Type.String(),
  pid: Type.Integer(),
  apiUrl: Type.String(),
  adbPort: Port,
  home: Type.String(),
  meshReady: Type.Boolean(),
  phones: Type.Integer({ minimum: 0 }),
});
export type HostView = Static<typeof HostView>;

export const AddPhones = exact({
  count: Type.Integer({ minimum: 1, maximum: 200 }),
  profile: Type.Optional(Profile),
  topology: Type.Optional(TopologyNameText),
  /** What the links of the topology are; default: bridged. */
  links: Type.Optional(LinkKind),
  /** Without the Node runtime that virtual phones otherwise have from the start: everything is pushed. */
  bare: Type.Optional(Type.Boolean()),
});
export type AddPhones = Static<typeof AddPhones>;

export const PhoneCommand = Type.Union([
  exact({ action: Type.Literal('unplug') }),
  exact({ action: Type.Literal('plug-in') }),
  exact({ action: Type.Literal('stall') }),
  exact({ action: Type.Literal('resume') }),
  exact({ action: Type.Literal('fail-after'), bytes: Type.Integer({ minimum: 0 }) }),
  exact({ action: Type.Literal('deny-auth') }),
  exact({ action: Type.Literal('allow-auth') }),
  /** Pushes the agent to a real phone, which gets none without being asked. */
  exact({ action: Type.Literal('attach') }),
  exact({ action: Type.Literal('kill-agent') }),
  /** Ends the agent in order; none is started until `attach`. */
  exact({ action: Type.Literal('stop-agent') }),
  /** Ends the agent and deletes everything of ours; nothing is pushed until `attach`. */
  exact({ action: Type.Literal('remove-agent') }),
  exact({ action: Type.Literal('restart-agent') }),
  /** Whether the phone offers optional runtimes whatever its profile; it remembers. */
  exact({ action: Type.Literal('optional-runtimes'), offered: Type.Boolean() }),
  exact({ action: Type.Literal('set-battery'), percent: Type.Integer({ minimum: 0, maximum: 100 }) }),
  exact({ action: Type.Literal('set-charger'), connected: Type.Boolean() }),
  exact({ action: Type.Literal('set-heat'), status: Type.Integer({ minimum: 0, maximum: 6 }) }),
]);
export type PhoneCommand = Static<typeof PhoneCommand>;

/** A phone's TCP address, as `adb connect` takes it; port 5555 where none is named. */
export const AdbAddress = exact({ address: Type.String({ minLength: 1, maxLength: 260 }) });
export type AdbAddress = Static<typeof AdbAddress>;

export const LinkShapeView = exact({
  delayMs: Type.Number({ minimum: 0, maximum: 60_000 }),
  loss: Type.Number({ minimum: 0, maximum: 0.9 }),
  rateBytesPerSecond: Type.Number({ minimum: 0 }),
});

export const LinkView = Type.Object({
  linkId: Type.String(),
  a: SerialText,
  b: SerialText,
  kind: LinkKind,
  /** `unknown`: a direct link whose phones are both out of the lab host's sight. */
  state: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('unknown')]),
  /** Bridged links only: the lab host can't shape what it doesn't carry. */
  shape: Type.Optional(LinkShapeView),
  /** Direct links: where one phone listens for the other, once that is known. */
  address: Type.Optional(Type.String()),
  bytesAtoB: Bytes,
  bytesBtoA: Bytes,
  /** Direct links: what stands in the way; it is tried again and again. */
  problem: Type.Optional(Problem),
});
export type LinkView = Static<typeof LinkView>;

export const AddLink = exact({
  a: SerialText,
  b: SerialText,
  /** Default: bridged. Two phones have one link: asking for the other kind replaces it. */
  kind: Type.Optional(LinkKind),
  shape: Type.Optional(LinkShapeView),
});
export type AddLink = Static<typeof AddLink>;

export const MeshView = Type.Object({
  /** Every running phone routes to every other. */
  ready: Type.Boolean(),
  links: Type.Array(LinkView),
  topologies: Type.Record(Type.String(), TopologyView),
});
export type MeshView = Static<typeof MeshView>;

export const PhoneVerdict = Type.Object({
  serial: SerialText,
  verdict: Type.String(),
  reasons: Type.Array(Type.String()),
});
export type PhoneVerdict = Static<typeof PhoneVerdict>;

export const ServiceView = Type.Object({
  author: Type.String(),
  packageId: Type.String(),
  version: Type.String(),
  manifestSha256: HexHash,
  serviceName: Type.String(),
  description: Type.String(),
  packedBytes: Bytes,
  signed: Type.Boolean(),
  about: Type.Optional(ServiceAbout),
  /** The author is one of those that the lab trusts. */
  trusted: Type.Optional(Type.Boolean()),
  /** Where it is: a library entry per phone, with that phone's verdict. */
  phones: Type.Array(PhoneVerdict),
});
export type ServiceView = Static<typeof ServiceView>;

/** What an install tells: the service on the phones that took it, and why others did not. */
export const InstalledService = Type.Object({
  ...ServiceView.properties,
  problems: Type.Optional(
    Type.Array(Type.Object({ serial: SerialText, code: Type.String(), message: Type.String() })),
  ),
});
export type InstalledService = Static<typeof InstalledService>;

/** One service with what its manifest asks for and gives: what a form is made of. */
export const ServiceDetail = Type.Object({
  ...ServiceView.properties,
  manifest: ManifestView,
  /** What the other running phones would say of it. */
  others: Type.Array(PhoneVerdict),
});
export type ServiceDetail = Static<typeof ServiceDetail>;

export const UploadView = Type.Object({ uploadId: Type.String(), bytes: Bytes, sha256: HexHash });
export type UploadView = Static<typeof UploadView>;

export const SubmitTask = exact({
  packageId: Type.String({ minLength: 1, maxLength: 256 }),
  author: Type.Optional(Type.String({ maxLength: 128 })),
  version: Type.Optional(Type.String({ maxLength: 64 })),
  from: Type.Optional(SerialText),
  on: Type.Optional(SerialText),
  inputs: Type.Record(
    Type.String({ maxLength: 128 }),
    Type.Union([exact({ upload: Type.String({ maxLength: 64 }) }), exact({ value: Type.Unknown() })]),
  ),
  deadlineMs: Type.Optional(Type.Number({ minimum: 100, maximum: 86_400_000 })),
});
export type SubmitTask = Static<typeof SubmitTask>;

/** A task as the fleet shows it: nodes are named by their phones' serials. */
export const TaskView = Type.Object({
  ...AgentTaskView.properties,
  from: SerialText,
  device: Type.Optional(Type.String()),
  deviceNode: Type.Optional(NodeIdText),
  /** The names of the files that were given, by input; what outputs are named after. */
  inputFiles: Type.Optional(Type.Record(Type.String(), Type.String())),
  outputs: Type.Array(OutputView),
});
export type TaskView = Static<typeof TaskView>;

export const DoctorCheck = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  found: Type.String(),
  /** What to do about it, when not ok. */
  fix: Type.Optional(Type.String()),
});
export type DoctorCheck = Static<typeof DoctorCheck>;

export const LogView = Type.Object({ serial: SerialText, lines: Type.Array(Type.String()) });
export type LogView = Static<typeof LogView>;

/** What each attached phone takes of others, as it said last. */
export const PhonePower = Type.Object({ serial: SerialText, power: PowerView });
export type PhonePower = Static<typeof PhonePower>;

export const LabEvent = Type.Union([
  Type.Object({ event: Type.Literal('phone'), phone: PhoneView }),
  Type.Object({ event: Type.Literal('phone-gone'), serial: SerialText }),
  Type.Object({ event: Type.Literal('task'), task: TaskView }),
  Type.Object({ event: Type.Literal('link'), link: LinkView }),
  Type.Object({ event: Type.Literal('link-gone'), linkId: Type.String() }),
  /** A library got or lost the service; `phones` are those that have it now, none when the last one is gone. */
  Type.Object({ event: Type.Literal('service'), service: ServiceView }),
  Type.Object({ event: Type.Literal('mesh'), ready: Type.Boolean(), atMs: Millis }),
  Type.Object({ event: Type.Literal('measurement'), ...Measurement.properties }),
  /** A phone's power settings changed, or what it takes of others. */
  Type.Object({ event: Type.Literal('power'), ...PhonePower.properties }),
  /** A measurement of sandboxes began, went on or ended. */
  Type.Object({ event: Type.Literal('sandbox-run'), run: SandboxRunView }),
  Type.Object({ event: Type.Literal('sandbox-attack'), attack: SandboxAttackView }),
  Type.Object({ event: Type.Literal('sandbox-try'), try: SandboxTryView }),
  Type.Object({ event: Type.Literal('stopping') }),
]);
export type LabEvent = Static<typeof LabEvent>;

/** ABHAYA_HOME/host.json: how clients find the lab host that runs. The token stands beside it, mode 0600. */
export const HostFile = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  startedAt: Type.Number(),
  apiUrl: Type.String({ maxLength: 256 }),
  adbPort: Port,
  version: Type.String({ maxLength: 64 }),
});
export type HostFile = Static<typeof HostFile>;
