// The task engine: requester, executor and source of packages in one, over a mesh. Owns its spool folder (what a
// crash left there is removed at the start), its timers and its subscriptions; borrows everything else.

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mesh, MeshStream, Topology } from '#agent/mesh';
import type { Sandbox } from '#agent/sandbox';
import type { SchemaJudge, ServiceLibrary } from '#agent/services';
import { AbhayaError, type Clock, type Logger, type Random, Scope, toErrorShape } from '#base';
import { decodeCbor, encodeCbor, parserOf, Receipt, StreamHeader } from '#schemas';
import { defaultExecutorTimings, type ExecutorTimings } from './core/executor.ts';
import { defaultRequesterTimings, type RequesterTimings } from './core/requester-words.ts';
import { createDiscovery } from './discovery.ts';
import { createExecutions } from './executions.ts';
import { createMessenger } from './messenger.ts';
import type { DeviceSnapshot, TaskEngine, TaskIdentity, TrustVerdict } from './port.ts';
import { createRequests } from './requests.ts';
import { createRetrieval } from './retrieval.ts';
import { type FileGuard, serveFile } from './transfer.ts';
import { createTaskWorker } from './worker.ts';

export interface EngineTimings {
  readonly requester: RequesterTimings;
  readonly executor: ExecutorTimings;
  readonly queryTimeoutMs: number;
  readonly queryGraceMs: number;
  /** A transfer without a byte for so long has failed. */
  readonly idleMs: number;
}

export const defaultEngineTimings: EngineTimings = {
  requester: defaultRequesterTimings,
  executor: defaultExecutorTimings,
  queryTimeoutMs: 1000,
  queryGraceMs: 150,
  idleMs: 8000,
};

export interface TaskEngineOptions {
  readonly mesh: Mesh;
  readonly library: ServiceLibrary;
  readonly judge: SchemaJudge;
  /** Undefined: this device requests only. */
  readonly sandbox: Sandbox | undefined;
  readonly device: () => DeviceSnapshot;
  readonly trust: (author: string) => TrustVerdict;
  /** Somebody watches this phone: `ask` is not `refuse`. Default false. */
  readonly attended?: boolean;
  readonly identity: TaskIdentity;
  /** Ours alone; made when missing. */
  readonly spoolDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Tasks at a time; default 2. */
  readonly maxTasks?: number;
  /** Tasks that may wait for their turn; default 8. */
  readonly maxWaiting?: number;
  /** Default `last-resort`: the requester runs its own task when no other device offers. */
  readonly selfPolicy?: 'last-resort' | 'compete';
  readonly timings?: Partial<EngineTimings>;
}

const RECEIPT_BYTES = 2048;
const MAX_RECEIPTS = 1000;
const MAX_ENDED_TASKS = 200;
const MAX_REMEMBERED = 5000;
const MAX_PER_REQUESTER = 1000;
const MAX_SERVED_STREAMS = 16;

const parseHeader = parserOf(StreamHeader, 'header of a stream');
const parseReceipt = parserOf(Receipt, 'receipt');

export async function createTaskEngine(options: TaskEngineOptions): Promise<TaskEngine> {
  const { mesh, library, judge, clock, random, logger, identity } = options;
  const timings: EngineTimings = { ...defaultEngineTimings, ...options.timings };
  const scope = new Scope('task-engine');
  const folderOf = async (name: string, fresh: boolean): Promise<string> => {
    const folder = join(options.spoolDir, name);
    if (fresh) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  const bundles = await folderOf('bundles', true);
  const executionsFolder = await folderOf('executions', true);
  const requestsFolder = await folderOf('requests', true);
  const receiptsFolder = await folderOf('receipts', false);
  const receipts = await loadReceipts(receiptsFolder, logger);

  let saving: Promise<void> = Promise.resolve();
  const onReceipt = (receipt: Receipt): void => {
    const name = `${receipt.body.taskId}-${receipt.body.resultSha256.slice(0, 16)}`;
    if (receipts.has(name)) return;
    receipts.set(name, receipt);
    saving = saving
      .then(() => saveReceipt(receiptsFolder, name, receipt))
      .then(() => dropOldReceipts(receiptsFolder, receipts))
      .catch((error: unknown) => logger.error('a receipt was not stored', { ...toErrorShape(error) }));
  };

  const messenger = createMessenger(mesh, logger);
  scope.add(() => messenger.close());
  const discovery = createDiscovery({
    messenger,
    library,
    clock,
    random,
    logger,
    signal: scope.signal,
    queryTimeoutMs: timings.queryTimeoutMs,
    queryGraceMs: timings.queryGraceMs,
  });
  const retrieval = createRetrieval({
    mesh,
    library,
    discovery,
    folder: bundles,
    clock,
    random,
    logger,
    signal: scope.signal,
    idleMs: timings.idleMs,
  });
  const ownFiles: FileGuard = (peer, header) => {
    if (header.kind === 'task_inputs') return requests.fileFor(peer, header);
    if (header.kind === 'task_outputs') return executions.fileFor(peer, header);
    const entry = library.get(header.manifestSha256);
    if (!entry) return undefined;
    const { packedBytes: bytes, packageSha256: sha256 } = entry;
    return { path: library.packageFile(header.manifestSha256), bytes, sha256 };
  };
  const { sandbox, device } = options;
  const { idleMs } = timings;
  const worker = createTaskWorker({
    mesh,
    library,
    sandbox,
    retrieval,
    judge,
    device,
    identity,
    ownFiles,
    clock,
    idleMs,
  });
  const executions = createExecutions({
    messenger,
    library,
    sandbox,
    worker,
    device,
    trust: options.trust,
    attended: options.attended ?? false,
    identity,
    maxTasks: options.maxTasks ?? 2,
    maxWaiting: options.maxWaiting ?? 8,
    maxRemembered: MAX_REMEMBERED,
    maxPerRequester: MAX_PER_REQUESTER,
    timings: timings.executor,
    folder: executionsFolder,
    clock,
    logger,
    onReceipt,
  });
  const requests = createRequests({
    mesh,
    messenger,
    discovery,
    library,
    judge,
    identity,
    folder: requestsFolder,
    clock,
    random,
    logger,
    timings: timings.requester,
    selfPolicy: options.selfPolicy ?? 'last-resort',
    maxKept: MAX_ENDED_TASKS,
    idleMs,
    ownFiles,
    onReceipt,
  });
  scope.add(() => saving);
  scope.add(() => executions.close());
  scope.add(() => requests.close());
  scope.add(
    messenger.onMail((mail) => {
      discovery.onMail(mail);
      requests.onMail(mail);
      executions.onMail(mail);
    }),
  );
  scope.add(mesh.onStream(streamServer(ownFiles, logger)));
  scope.add(
    mesh.onTopology(
      departures(mesh, (nodeId) => {
        discovery.onGone(nodeId);
        requests.onGone(nodeId);
      }),
    ),
  );

  return {
    submit(submit) {
      if (scope.closed) return Promise.reject(new AbhayaError('closed', 'the task engine is closed'));
      return requests.submit(submit);
    },
    cancel: (taskId, reason) => requests.cancel(taskId, reason),
    get: (taskId) => requests.view(taskId),
    list: () => requests.list(),
    onChange: (listener) => requests.changes.on(listener),
    result: (taskId) => requests.result(taskId),
    receipts: () => [...receipts.values()],
    executing: () => executions.running(),
    close: () => scope.close(),
  };
}

/** Answers streams of the task life; others are left to other rooms. */
function streamServer(guard: FileGuard, logger: Logger): (stream: MeshStream) => void {
  let served = 0;
  return (stream) => {
    let header: StreamHeader;
    try {
      header = parseHeader(stream.header);
    } catch (error) {
      if (!isTaskHeader(stream.header)) return;
      logger.warn('a stream with a malformed header was refused', {
        from: stream.peer,
        error: String(error),
      });
      stream.reset('malformed header');
      return;
    }
    if (served >= MAX_SERVED_STREAMS) return stream.reset('busy');
    served += 1;
    void serveFile(stream, header, guard(stream.peer, header)).finally(() => {
      served -= 1;
    });
  };
}

const isTaskHeader = (header: unknown): boolean =>
  typeof header === 'object' &&
  header !== null &&
  'kind' in header &&
  typeof header.kind === 'string' &&
  ['task_inputs', 'task_outputs', 'retrieve_service'].includes(header.kind);

/** Calls back for every node that was reachable and no longer is. */
function departures(mesh: Mesh, gone: (nodeId: string) => void): (topology: Topology) => void {
  const reachable = ({ nodes, self }: Topology) =>
    new Set(nodes.filter((n) => n.nodeId === self || n.nextHop !== undefined).map(({ nodeId }) => nodeId));
  let before = reachable(mesh.topology());
  return (topology) => {
    const after = reachable(topology);
    const left = [...before].filter((nodeId) => !after.has(nodeId));
    before = after;
    for (const nodeId of left) gone(nodeId);
  };
}

async function loadReceipts(folder: string, logger: Logger): Promise<Map<string, Receipt>> {
  const receipts = new Map<string, Receipt>();
  for (const file of (await readdir(folder)).sort()) {
    if (!file.endsWith('.cbor')) {
      await rm(join(folder, file), { force: true });
      continue;
    }
    try {
      const bytes = Uint8Array.from(await readFile(join(folder, file)));
      receipts.set(file.slice(0, -5), parseReceipt(decodeCbor(bytes, RECEIPT_BYTES)));
    } catch (error) {
      logger.warn('a damaged receipt is left out', { file, error: String(error) });
    }
  }
  return receipts;
}

async function saveReceipt(folder: string, name: string, receipt: Receipt): Promise<void> {
  const aside = join(folder, `${name}.part`);
  const handle = await open(aside, 'w', 0o600);
  try {
    await handle.writeFile(encodeCbor(receipt));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, join(folder, `${name}.cbor`));
}

async function dropOldReceipts(folder: string, receipts: Map<string, Receipt>): Promise<void> {
  for (const name of receipts.keys()) {
    if (receipts.size <= MAX_RECEIPTS) return;
    receipts.delete(name);
    await rm(join(folder, `${name}.cbor`), { force: true });
  }
}
