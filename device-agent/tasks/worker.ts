// One attempt at a task on this device: package and inputs brought here, checked, run in the sandbox, outputs
// checked. Ends with a result for every outcome; throws only when it was stopped.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mesh } from '#agent/mesh';
import type { ExitReport, Sandbox } from '#agent/sandbox';
import type { LibraryEntry, SchemaJudge, ServiceLibrary } from '#agent/services';
import { AbhayaError, type Clock, isAbhayaError, throwIfAborted, toErrorShape } from '#base';
import {
  entryFileFor,
  entryRuntime,
  isSandboxRuntime,
  MAX_INLINE_BYTES,
  type Manifest,
  memoryCeilingMB,
  memoryLimitMB,
  type ReceiptBody,
  type ServiceNeeds,
  type TaskResult,
  type TaskStart,
} from '#schemas';
import { needsOf } from './core/cards.ts';
import { inputsDigest, receiptBytes } from './core/digests.ts';
import { ended, problemOf, sentenceFor, wireReportOf } from './outcomes.ts';
import type { DeviceSnapshot, TaskIdentity } from './port.ts';
import type { Retrieval } from './retrieval.ts';
import { type FileGuard, pullFile } from './transfer.ts';
import { factsOf, judgeFiles, type TaskFile } from './values.ts';
import { inlineFiles, writeInline } from './wire-files.ts';
import { progressOf, type Reporter, type WorkProgress } from './work-progress.ts';

export interface RunOutcome {
  readonly result: TaskResult;
  /** What the requester may pull. */
  readonly files: readonly TaskFile[];
}

export interface WorkOrder {
  readonly start: TaskStart;
  readonly requester: string;
  /** Exists, empty, ours. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Why the device doesn't take the task now. */
  readonly refusal: () => string | undefined;
  readonly onProgress: (progress: WorkProgress) => void;
  readonly attempt: () => number;
}

export interface TaskWorker {
  run(order: WorkOrder): Promise<RunOutcome>;
  needsFor(start: TaskStart, entry: LibraryEntry | undefined): ServiceNeeds;
}

export interface WorkerOptions {
  readonly mesh: Mesh;
  readonly library: ServiceLibrary;
  readonly sandbox: Sandbox | undefined;
  readonly retrieval: Retrieval;
  readonly judge: SchemaJudge;
  readonly device: () => DeviceSnapshot;
  readonly identity: TaskIdentity;
  readonly ownFiles: FileGuard;
  readonly clock: Clock;
  readonly idleMs: number;
}

/** The device's problem: another device may do better. */
class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function createTaskWorker(options: WorkerOptions): TaskWorker {
  const { clock } = options;
  return {
    needsFor: (_start, entry) => (entry ? needsOf(entry.manifest) : leastNeeds),
    async run(order) {
      const { start } = order;
      const { signal } = order;
      try {
        const refusal = order.refusal();
        if (refusal !== undefined) throw new Refusal('device.unsupported', refusal);
        judgeSizes(start);
        const progress = progressOf(order.onProgress);
        const [entry, inputs] = await both(
          (stop) => bringPackage(order, progress, stop),
          (stop) => bringInputs(order, progress, stop),
          signal,
        );
        return await runService(order, entry, inputs, progress);
      } catch (error) {
        throwIfAborted(signal);
        const { code, message } = error instanceof Refusal ? error : toErrorShape(error);
        const status = isAbhayaError(error, 'task.input-invalid') ? 'failed' : 'refused';
        return {
          result: ended(start, order.attempt(), status, { problem: problemOf(code, message) }),
          files: [],
        };
      }
    },
  };

  /** Before a byte is fetched: no requester fills this device's storage. */
  function judgeSizes(start: TaskStart): void {
    const total = start.inputs.reduce((sum, { bytes }) => sum + bytes, 0);
    const freeBytes = options.device().freeStorageMB * 1024 * 1024;
    if (total > freeBytes / 2)
      throw new Refusal('device.unsupported', `too little storage for inputs of ${total} bytes`);
    const entry = options.library.get(start.service.manifestSha256);
    for (const { name, bytes } of entry ? start.inputs : []) {
      const port = entry?.manifest.inputs.find((known) => known.name === name);
      if (!port || bytes > port.maxBytes)
        throw new AbhayaError('task.input-invalid', `the service takes no input ${name} of ${bytes} bytes`);
    }
  }

  async function bringPackage(
    order: WorkOrder,
    progress: Reporter,
    stop: AbortSignal,
  ): Promise<LibraryEntry> {
    const { service, sources } = order.start;
    if (!options.library.get(service.manifestSha256)) progress.set({ phase: 'retrieving' });
    const fetched = options.retrieval.get(service, [...sources, order.requester], (done, total, source) =>
      progress.set({ phase: 'retrieving', work: done, done, total, source }),
    );
    const entry = await orAborted(fetched, stop);
    // Only now the manifest itself is known: judge the device by it.
    const { verdict, reasons } = options.library.verdict(entry.manifest);
    if (verdict === 'reject') throw new Refusal('package.not-installable', reasons.join(' '));
    return entry;
  }

  async function bringInputs(order: WorkOrder, progress: Reporter, stop: AbortSignal): Promise<TaskFile[]> {
    const { taskId, inputs } = order.start;
    const files: TaskFile[] = [];
    const total = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
    let before = 0;
    for (const input of inputs) {
      const path = join(order.folder, `in-${input.name}`);
      const { name, mediaType, bytes, sha256 } = input;
      if (input.inline) await writeInline(input, path);
      else {
        await pullFile({
          mesh: options.mesh,
          from: order.requester,
          header: (offset) => ({ kind: 'task_inputs', taskId, attempt: order.attempt(), name, offset }),
          target: path,
          expect: { bytes, sha256 },
          maxBytes: bytes,
          idleMs: options.idleMs,
          clock,
          signal: stop,
          own: options.ownFiles,
          onBytes: (received) => progress.set({ work: before + received, done: before + received, total }),
        });
      }
      before += bytes;
      files.push({ name, mediaType, path, bytes, sha256 });
    }
    return files;
  }

  async function runService(
    order: WorkOrder,
    entry: LibraryEntry,
    inputs: TaskFile[],
    progress: Reporter,
  ): Promise<RunOutcome> {
    const { start, signal } = order;
    const { manifest } = entry;
    await judgeFiles(manifest.inputs, inputs, options.judge, 'task.input-invalid');
    const report = await runSandbox(order, entry, inputs, progress);
    throwIfAborted(signal);
    if (report.reason === 'sandbox-error' || report.reason === 'cancelled')
      throw new Refusal('sandbox.unavailable', report.message ?? `the sandbox gave up: ${report.reason}`);
    const wireReport = wireReportOf(report);
    if (report.reason !== 'completed') {
      const problem = problemOf('task.failed', sentenceFor(report));
      const result = ended(start, order.attempt(), 'failed', { problem, report: wireReport });
      return { result: receipted(order, result, report), files: [] };
    }
    progress.set({ phase: 'delivering', work: 0 });
    try {
      const outputs = await outputFiles(manifest, join(order.folder, 'output'));
      await judgeFiles(manifest.outputs, outputs, options.judge, 'task.output-invalid');
      const wire = await inlineFiles(outputs, MAX_INLINE_BYTES);
      const result = ended(start, order.attempt(), 'completed', { report: wireReport, outputs: wire });
      return { result: receipted(order, result, report), files: outputs };
    } catch (error) {
      if (!(error instanceof AbhayaError)) throw error;
      const problem = problemOf('task.output-invalid', error.message);
      const result = ended(start, order.attempt(), 'failed', { problem, report: wireReport });
      return { result: receipted(order, result, report), files: [] };
    }
  }

  async function runSandbox(
    order: WorkOrder,
    { manifest, key }: LibraryEntry,
    inputs: readonly TaskFile[],
    progress: Reporter,
  ): Promise<ExitReport> {
    const device = options.device();
    const program = entryFileFor(manifest, device.abi);
    const runtime = entryRuntime(manifest);
    if (!options.sandbox || program === undefined || !isSandboxRuntime(runtime))
      throw new Refusal('sandbox.unavailable', 'this device can not run the program');
    const [input] = inputs;
    const inputPath = input?.path ?? join(order.folder, 'no-input');
    if (!input) await writeFile(inputPath, new Uint8Array(), { mode: 0o600 });
    const wallMs = Math.round(manifest.executionTimeoutSeconds * 1000);
    const startedAt = clock.monotonic();
    const base = { phase: 'running' as const, done: 0, total: input?.bytes ?? 0 };
    progress.set({ ...base, work: 0 });
    // The sandbox ends runs at their limits: elapsed time is work enough to show that it lives.
    const beat = () => ({ ...base, work: Math.round(clock.monotonic() - startedAt) });
    progress.live(beat);
    try {
      return await options.sandbox.run(
        {
          jobId: `${order.start.taskId}-${order.attempt()}`,
          runtime,
          program: join(await options.library.unpacked(key.manifestSha256), program),
          inputPath,
          outputPath: join(order.folder, 'output'),
          memoryBytes: Math.min(memoryLimitMB(manifest), memoryCeilingMB[device.profile]) * 1024 * 1024,
          wallMs,
          cpuMs: wallMs,
          maxOutputBytes: Math.max(1, manifest.outputs[0]?.maxBytes ?? 1),
        },
        {
          signal: order.signal,
          onProgress: ({ cpuMs, memoryBytes, bytesIn, bytesOut }) =>
            progress.set({
              ...beat(),
              done: bytesIn,
              cpuMs: Math.max(0, cpuMs),
              memoryBytes,
              bytesIn,
              bytesOut,
            }),
        },
      );
    } finally {
      progress.live(undefined);
    }
  }

  function receipted(order: WorkOrder, result: TaskResult, report: ExitReport): TaskResult {
    const body: ReceiptBody = {
      taskId: order.start.taskId,
      requester: order.requester,
      executor: options.mesh.nodeId,
      service: order.start.service,
      inputsSha256: inputsDigest(order.start.inputs),
      resultSha256: result.resultSha256,
      cpuMs: Math.max(0, report.cpuMs),
      wallMs: Math.max(0, report.wallMs),
      peakMemoryBytes: Math.max(0, Math.round(report.peakMemoryBytes)),
      finishedAt: Math.round(clock.now()),
    };
    return { ...result, receipt: { body, executorSignature: options.identity.sign(receiptBytes(body)) } };
  }
}

/** For a service whose manifest isn't here yet: nothing is known to be lacking. */
const leastNeeds: ServiceNeeds = {
  profile: 'budget',
  runtimes: ['native'],
  platforms: ['android', 'linux', 'wasm'],
  abis: [],
  minMemoryMB: 0,
  maxMemoryMB: 64,
  storageMB: 0,
  gpu: false,
  hardware: [],
  timeoutMs: 30_000,
};

async function outputFiles(manifest: Manifest, path: string): Promise<TaskFile[]> {
  const [port] = manifest.outputs;
  if (!port) return [];
  return [{ name: port.name, mediaType: port.mediaType, path, ...(await factsOf(path)) }];
}

/** Waits for both; the failure of one stops the other at once. */
async function both<A, B>(
  first: (stop: AbortSignal) => Promise<A>,
  second: (stop: AbortSignal) => Promise<B>,
  signal: AbortSignal,
): Promise<[A, B]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  let reason: unknown;
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!failed.signal.aborted) reason = error;
      failed.abort();
      throw error;
    }
  };
  const settled = await Promise.allSettled([watch(first(stop)), watch(second(stop))]);
  const [a, b] = settled;
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value];
  throw reason;
}

/** The promise's value, or `cancelled` as soon as the signal says so; the work itself goes on for others. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new AbhayaError('cancelled', 'cancelled', { cause: signal.reason }));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
