// Taking results: is an announced result true to itself and to what was asked, and are its outputs what was
// announced? Outputs stand under a name of the result, so that a wrong one leaves nothing behind.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mesh } from '#agent/mesh';
import type { SchemaJudge, ServiceLibrary } from '#agent/services';
import { type Clock, isAbhayaError, toErrorShape } from '#base';
import type { ReceiptBody, ServiceCard, TaskResult, WireFile } from '#schemas';
import { inputsDigest, receiptBytes, resultDigest } from './core/digests.ts';
import type { TaskIdentity, TaskOutput } from './port.ts';
import { type FileGuard, pullFile } from './transfer.ts';
import { judgeFiles, smallValue, type TaskFile } from './values.ts';
import { writeInline } from './wire-files.ts';

export interface ResultDeskOptions {
  readonly mesh: Mesh;
  readonly library: ServiceLibrary;
  readonly judge: SchemaJudge;
  readonly identity: TaskIdentity;
  readonly clock: Clock;
  readonly idleMs: number;
  readonly ownFiles: FileGuard;
}

/** What the desk needs to know of a task. */
export interface ExpectedTask {
  readonly taskId: string;
  readonly card: ServiceCard;
  readonly inputs: readonly TaskFile[];
  readonly folder: string;
}

export type Taken =
  | {
      readonly ok: true;
      readonly result: TaskResult;
      readonly outputs: readonly TaskOutput[];
      readonly hops: number;
    }
  | { readonly ok: false; readonly lied: boolean; readonly reason: string };

export interface ResultDesk {
  /** Remembers the result for take(); false when it contradicts itself or what was asked. */
  announce(task: ExpectedTask, from: string, result: TaskResult, hops: number): boolean;
  /** Brings the announced outputs here and judges them; never throws. */
  take(
    task: ExpectedTask,
    from: string,
    attempt: number,
    resultSha256: string,
    signal: AbortSignal,
  ): Promise<Taken>;
}

export function createResultDesk(options: ResultDeskOptions): ResultDesk {
  const { mesh, identity } = options;
  // One for each task and device: a later announcement replaces an earlier one.
  const announced = new WeakMap<ExpectedTask, Map<string, { result: TaskResult; hops: number }>>();

  const isHonest = (task: ExpectedTask, from: string, result: TaskResult): boolean => {
    const { key } = task.card;
    if (result.resultSha256 !== resultDigest(task.taskId, key.manifestSha256, result)) return false;
    if ((result.status === 'completed') !== (result.problem === undefined)) return false;
    if (result.status !== 'completed') return result.outputs.length === 0;
    if (!outputsFit(task.card, result.outputs)) return false;
    return result.receipt !== undefined && receiptFits(task, from, result, result.receipt);
  };

  const receiptFits = (
    task: ExpectedTask,
    from: string,
    result: TaskResult,
    receipt: { body: ReceiptBody; executorSignature: Uint8Array },
  ): boolean => {
    const { body, executorSignature } = receipt;
    const { key } = task.card;
    return (
      body.taskId === task.taskId &&
      body.requester === mesh.nodeId &&
      body.executor === from &&
      body.service.manifestSha256 === key.manifestSha256 &&
      body.service.author === key.author &&
      body.service.packageId === key.packageId &&
      body.service.version === key.version &&
      body.inputsSha256 === inputsDigest(task.inputs) &&
      body.resultSha256 === result.resultSha256 &&
      identity.verify(from, receiptBytes(body), executorSignature)
    );
  };

  const bring = async (
    task: ExpectedTask,
    from: string,
    attempt: number,
    file: WireFile,
    folder: string,
    signal: AbortSignal,
  ): Promise<TaskFile> => {
    const { name, mediaType, bytes, sha256 } = file;
    const path = join(folder, name);
    if (file.inline) await writeInline(file, path);
    else {
      await pullFile({
        mesh,
        from,
        header: (offset) => ({ kind: 'task_outputs', taskId: task.taskId, attempt, name, offset }),
        target: path,
        expect: { bytes, sha256 },
        maxBytes: bytes,
        idleMs: options.idleMs,
        clock: options.clock,
        signal,
        own: options.ownFiles,
      });
    }
    return { name, mediaType, path, bytes, sha256 };
  };

  return {
    announce(task, from, result, hops) {
      if (!isHonest(task, from, result)) return false;
      const ofTask = announced.get(task) ?? new Map<string, { result: TaskResult; hops: number }>();
      ofTask.set(from, { result, hops });
      announced.set(task, ofTask);
      return true;
    },
    async take(task, from, attempt, resultSha256, signal) {
      const known = announced.get(task)?.get(from);
      if (known?.result.resultSha256 !== resultSha256)
        return { ok: false, lied: false, reason: 'another result was announced meanwhile' };
      const { result, hops } = known;
      const folder = join(task.folder, `out-${from.slice(0, 16)}-${resultSha256.slice(0, 16)}`);
      try {
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder, { mode: 0o700 });
        const files: TaskFile[] = [];
        for (const file of result.outputs) files.push(await bring(task, from, attempt, file, folder, signal));
        const manifest = options.library.get(task.card.key.manifestSha256)?.manifest;
        if (manifest) await judgeFiles(manifest.outputs, files, options.judge, 'task.output-invalid');
        const outputs: TaskOutput[] = [];
        for (const file of files) outputs.push({ ...file, ...(await smallValue(file)) });
        return { ok: true, result, outputs, hops };
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        const lied = isAbhayaError(error, 'wire.forged') || isAbhayaError(error, 'task.output-invalid');
        return { ok: false, lied, reason: toErrorShape(error).message };
      }
    },
  };
}

/** Every required output once, nothing else, none too large. */
function outputsFit(card: ServiceCard, outputs: readonly WireFile[]): boolean {
  const names = new Set(outputs.map(({ name }) => name));
  if (names.size !== outputs.length) return false;
  if (card.outputs.some(({ name, required }) => required && !names.has(name))) return false;
  return outputs.every((file) => {
    const port = card.outputs.find(({ name }) => name === file.name);
    return port !== undefined && file.bytes <= port.maxBytes && file.mediaType === port.mediaType;
  });
}
