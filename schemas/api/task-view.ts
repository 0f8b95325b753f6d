// What API, CLI and app show of a task (spec 04): the requester's view, complete enough to explain itself.

import { type Static, Type } from 'typebox';
import { Bytes, HexHash, Millis, NodeIdText } from '../common.ts';
import { ReceiptBody } from '../messages/parts.ts';

const SignatureHex = Type.String({ pattern: '^[0-9a-f]{128}$' });

export const TaskState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('offering'),
  Type.Literal('starting'),
  Type.Literal('retrieving'),
  Type.Literal('running'),
  Type.Literal('delivering'),
  Type.Literal('acknowledged'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
  Type.Literal('expired'),
]);
export type TaskState = Static<typeof TaskState>;

export const finalTaskStates: readonly TaskState[] = ['acknowledged', 'failed', 'cancelled', 'expired'];

export const ExitReportView = Type.Object({
  reason: Type.String(),
  syscall: Type.Optional(Type.String()),
  signal: Type.Optional(Type.String()),
  exitCode: Type.Optional(Type.Integer()),
  cpuMs: Millis,
  peakMemoryBytes: Bytes,
  wallMs: Millis,
  bytesIn: Bytes,
  bytesOut: Bytes,
  errnoHits: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 0 }))),
  layers: Type.Array(Type.String()),
  message: Type.Optional(Type.String()),
});
export type ExitReportView = Static<typeof ExitReportView>;

export const OfferView = Type.Object({
  nodeId: NodeIdText,
  /** Its phone's serial, where the lab knows it. */
  device: Type.Optional(Type.String()),
  score: Type.Number(),
  /** The five weighted parts of spec 04, each 0..1 before its weight. */
  parts: Type.Object({
    resources: Type.Number(),
    network: Type.Number(),
    load: Type.Number(),
    specialisation: Type.Number(),
    reliability: Type.Number(),
  }),
  atMs: Millis,
  chosen: Type.Boolean(),
});
export type OfferView = Static<typeof OfferView>;

export const OutputView = Type.Object({
  name: Type.String(),
  bytes: Bytes,
  sha256: HexHash,
  mediaType: Type.String(),
  /** The parsed value of a JSON output of at most 256 KiB. */
  value: Type.Optional(Type.Unknown()),
});
export type OutputView = Static<typeof OutputView>;

export const TaskProblem = Type.Object({ code: Type.String(), message: Type.String() });

export const AgentTaskView = Type.Object({
  taskId: Type.String(),
  packageId: Type.String(),
  version: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
  manifestSha256: Type.Optional(Type.String()),
  state: TaskState,
  /** The node that runs or ran it. */
  device: Type.Optional(NodeIdText),
  hops: Type.Integer({ minimum: 0 }),
  attempts: Type.Integer({ minimum: 0 }),
  /** Why it failed, was cancelled or expired. */
  problem: Type.Optional(TaskProblem),
  outputs: Type.Array(OutputView),
  /** Milliseconds since the request. */
  timeline: Type.Array(
    Type.Object({
      state: TaskState,
      atMs: Millis,
      note: Type.Optional(Type.String()),
      /** The device that the task was with. */
      device: Type.Optional(Type.String()),
    }),
  ),
  offers: Type.Array(OfferView),
  progress: Type.Optional(
    Type.Object({ cpuMs: Millis, memoryBytes: Bytes, bytesIn: Bytes, bytesOut: Bytes }),
  ),
  report: Type.Optional(ExitReportView),
  /** The device that the package was fetched from for this task. */
  source: Type.Optional(Type.String()),
  startedAt: Type.Number(),
});
export type AgentTaskView = Static<typeof AgentTaskView>;

/** What requester and executor both signed (spec 04, step 9); signatures in hex. */
export const ReceiptView = Type.Object({
  body: ReceiptBody,
  executorSignature: SignatureHex,
  requesterSignature: SignatureHex,
});
export type ReceiptView = Static<typeof ReceiptView>;

/** A receipt whose signatures the lab host has checked by itself, with the phones' names. */
export const CheckedReceipt = Type.Object({
  ...ReceiptView.properties,
  executorValid: Type.Boolean(),
  requesterValid: Type.Boolean(),
  executorPhone: Type.Optional(Type.String()),
  requesterPhone: Type.Optional(Type.String()),
});
export type CheckedReceipt = Static<typeof CheckedReceipt>;
