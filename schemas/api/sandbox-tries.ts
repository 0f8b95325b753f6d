// Somebody's own program, run by the lab host in this machine's sandbox as a phone would run it.

import { type Static, Type } from 'typebox';
import { Bytes, Millis } from '../common.ts';
import { sandboxRuntimes } from '../sandbox-protocol.ts';
import { SandboxRunId } from './sandbox-runs.ts';
import { ExitReportView } from './task-view.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const TRY_MEMORY_MAX_MB = 4_096;
export const TRY_SECONDS_MAX = 3_600;
export const TRY_FILE_MAX_BYTES = 256 * 1024 * 1024;
export const TRY_TEXT_MAX = 1_000_000;
/** Of the output, what is told with its state; all of it is a call of its own. */
export const TRY_HEAD_BYTES = 32_768;

const UploadId = Type.String({ pattern: '^[0-9a-f]{24}$' });
const FileName = Type.String({ minLength: 1, maxLength: 255 });
const limits = {
  memoryMB: Type.Integer({ minimum: 1, maximum: TRY_MEMORY_MAX_MB }),
  /** Of wall clock and of CPU. */
  seconds: Type.Integer({ minimum: 1, maximum: TRY_SECONDS_MAX }),
};
const Runtime = Type.Enum([...sandboxRuntimes]);

export const StartSandboxTry = exact({
  /** An upload: the program. It is used up. */
  program: UploadId,
  /** The file's own, for people, and to tell the runtime by. */
  name: FileName,
  /** Absent: told by the file. */
  runtime: Type.Optional(Runtime),
  ...limits,
  /** Bytes of the input pipe; absent: it is empty. */
  input: Type.Optional(
    Type.Union([
      exact({ text: Type.String({ maxLength: TRY_TEXT_MAX }) }),
      exact({ upload: UploadId, name: FileName }),
    ]),
  ),
});
export type StartSandboxTry = Static<typeof StartSandboxTry>;

export const SandboxTryOutput = Type.Object({
  bytes: Bytes,
  /** The first bytes, as text where they are text, else in hexadecimal. */
  head: Type.String({ maxLength: 2 * TRY_HEAD_BYTES }),
  form: Type.Enum(['text', 'hex']),
  /** There is more than the head. */
  cut: Type.Boolean(),
});
export type SandboxTryOutput = Static<typeof SandboxTryOutput>;

/** The one that runs, or the last one of this run of the lab host. */
export const SandboxTryView = Type.Object({
  /** opening: the supervisor starts, the runtime proves itself. ended: there is a report, whatever it says. */
  state: Type.Enum(['never', 'opening', 'running', 'ended', 'failed', 'cancelled']),
  tryId: Type.Optional(SandboxRunId),
  name: Type.Optional(FileName),
  runtime: Type.Optional(Runtime),
  memoryMB: Type.Optional(limits.memoryMB),
  seconds: Type.Optional(limits.seconds),
  startedAt: Type.Optional(Millis),
  tookMs: Type.Optional(Millis),
  progress: Type.Optional(
    Type.Object({ cpuMs: Millis, memoryBytes: Bytes, bytesIn: Bytes, bytesOut: Bytes }),
  ),
  output: Type.Optional(SandboxTryOutput),
  report: Type.Optional(ExitReportView),
  problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});
export type SandboxTryView = Static<typeof SandboxTryView>;
