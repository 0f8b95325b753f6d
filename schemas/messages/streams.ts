// Headers of task streams. Whoever wants bytes opens the stream and says from where on; the other end answers with
// one head (its length in 4 bytes, big endian, before it) and the bytes. So a broken transfer resumes.

import { type Static, Type } from 'typebox';
import { HexHash } from '../common.ts';
import { PortName } from '../manifest.ts';
import { Attempt, Count, closed, TaskId } from './parts.ts';

const inTask = { taskId: TaskId, attempt: Attempt, name: PortName, offset: Count };

/** The executor asks the requester for an input. */
export const TaskInputsHeader = Type.Object({ kind: Type.Literal('task_inputs'), ...inTask }, closed);
/** The requester asks the executor for an output. */
export const TaskOutputsHeader = Type.Object({ kind: Type.Literal('task_outputs'), ...inTask }, closed);
/** Anyone asks a device for a package. */
export const RetrieveService = Type.Object(
  { kind: Type.Literal('retrieve_service'), manifestSha256: HexHash, offset: Count },
  closed,
);
export const StreamHeader = Type.Union([TaskInputsHeader, TaskOutputsHeader, RetrieveService]);
export type StreamHeader = Static<typeof StreamHeader>;

/** The head of an answer to task_inputs and task_outputs. */
export const TaskFileHead = Type.Object(
  { kind: Type.Literal('task_file'), bytes: Count, sha256: HexHash, offset: Count },
  closed,
);
/** The head of an answer to retrieve_service. */
export const ServiceBundle = Type.Object(
  { kind: Type.Literal('service_bundle'), bytes: Count, sha256: HexHash, offset: Count },
  closed,
);
export const StreamHead = Type.Union([TaskFileHead, ServiceBundle]);
export type StreamHead = Static<typeof StreamHead>;
export const STREAM_HEAD_BYTES = 512;
