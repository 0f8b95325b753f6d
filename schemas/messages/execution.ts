// Running a task: task_start, task_progress, task_result, result_ack, receipt.

import { type Static, Type } from 'typebox';
import { HexHash, NodeIdText } from '../common.ts';
import { privacyClasses } from '../manifest-terms.ts';
import {
  Attempt,
  Count,
  closed,
  ReceiptBody,
  RemainingMs,
  Signature,
  TaskId,
  text,
  WireExitReport,
  WireFile,
  WireServiceKey,
  word,
} from './parts.ts';

export const TaskStart = Type.Object(
  {
    taskId: TaskId,
    attempt: Attempt,
    service: WireServiceKey,
    /** Devices that are known to hold the package, best first. */
    sources: Type.Array(NodeIdText, { maxItems: 8 }),
    inputs: Type.Array(WireFile, { maxItems: 32 }),
    privacy: word(privacyClasses),
    deadlineMs: RemainingMs,
  },
  closed,
);
export type TaskStart = Static<typeof TaskStart>;

export const taskPhases = ['starting', 'retrieving', 'running', 'delivering'] as const;
export type TaskPhase = (typeof taskPhases)[number];

/** Sent every half second while a task is worked on: also the sign of life. */
export const TaskProgress = Type.Object(
  {
    taskId: TaskId,
    attempt: Attempt,
    phase: word(taskPhases),
    /** Grows with every bit of work in this phase; what doesn't grow has stalled. */
    work: Type.Number({ minimum: 0 }),
    done: Count,
    total: Count,
    cpuMs: Type.Number({ minimum: 0 }),
    memoryBytes: Count,
    bytesIn: Count,
    bytesOut: Count,
    /** The device that the package came from, when it was fetched for this task. */
    source: Type.Optional(NodeIdText),
  },
  closed,
);
export type TaskProgress = Static<typeof TaskProgress>;

/** How an attempt ended, resent until acknowledged. `refused`: the device's problem; `failed`: the service's. */
export const TaskResult = Type.Object(
  {
    taskId: TaskId,
    attempt: Attempt,
    status: word(['completed', 'failed', 'refused']),
    problem: Type.Optional(
      Type.Object({ code: Type.String({ pattern: '^[a-z.-]{1,64}$' }), message: text(500) }, closed),
    ),
    report: Type.Optional(WireExitReport),
    outputs: Type.Array(WireFile, { maxItems: 32 }),
    /** SHA-256 over the CBOR of what was reached (see tasks/core/digests.ts): the same for every attempt. */
    resultSha256: HexHash,
    /** Where the service ran to its end. */
    receipt: Type.Optional(Type.Object({ body: ReceiptBody, executorSignature: Signature }, closed)),
  },
  closed,
);
export type TaskResult = Static<typeof TaskResult>;

export const ResultAck = Type.Object(
  {
    taskId: TaskId,
    attempt: Attempt,
    resultSha256: HexHash,
    /** False: not wanted (too late, cancelled, wrong); either way nothing more is sent. */
    accepted: Type.Boolean(),
    /** Over the receipt's body, when the result was accepted. */
    requesterSignature: Type.Optional(Signature),
  },
  closed,
);
export type ResultAck = Static<typeof ResultAck>;

/** Both signatures: what ledger and reputation are made of. */
export const Receipt = Type.Object(
  { body: ReceiptBody, executorSignature: Signature, requesterSignature: Signature },
  closed,
);
export type Receipt = Static<typeof Receipt>;
