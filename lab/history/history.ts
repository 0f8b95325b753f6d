// The history as the lab host has it: records go into a bounded buffer and from there to the thread in batches; nothing
// that the disk does is waited for. Owns the thread.

import { AbhayaError, type Clock, type Logger, sleep, toErrorShape, withTimeout } from '#base';
import type {
  HistoryExportWhat,
  HistoryMeasurements,
  HistoryRun,
  HistoryService,
  HistoryStatus,
  HistoryTaskDetail,
  HistoryTaskPage,
  KeptSandboxRun,
  Measurement,
  SandboxAttackRun,
  SandboxAttackSummary,
  SandboxRunView,
} from '#schemas';
import {
  type Batch,
  type BufferLimits,
  type EventRecord,
  type LinkSample,
  planBuckets,
  type TaskRecord,
  type TaskSample,
  WriteBuffer,
} from './core/index.ts';
import type { AnswerOf, AskOf, CallName } from './history-calls.ts';
import type { ExportRow, TaskFilter } from './queries.ts';
import { DEFAULT_MAX_BYTES, defaultRetention, type Retention } from './retention.ts';
import { type HistoryThread, startHistoryThread } from './thread-client.ts';

export interface HistoryReader {
  status(): Promise<HistoryStatus>;
  runs(): Promise<HistoryRun[]>;
  tasks(filter: TaskFilter): Promise<HistoryTaskPage>;
  /** Throws `not-found`. */
  task(taskId: string): Promise<HistoryTaskDetail>;
  services(): Promise<HistoryService[]>;
  /** Throws `input.invalid` for a time that ends before it begins, and for too many buckets. */
  measurements(asked: {
    serial?: string;
    from?: number;
    to?: number;
    step?: number;
  }): Promise<HistoryMeasurements>;
  /** Oldest first, page by page; rows that are written meanwhile may be in it. */
  rows(what: HistoryExportWhat): AsyncGenerator<ExportRow[]>;
  /** Measurements of the sandbox: written at once, as there are few. */
  readonly sandbox: {
    save(kept: KeptSandboxRun): Promise<void>;
    list(): Promise<SandboxRunView[]>;
    get(runId: string): Promise<KeptSandboxRun | undefined>;
    /** Whether it was there. */
    remove(runId: string): Promise<boolean>;
  };
  /** Attacks on sandboxes, likewise. */
  readonly attacks: {
    save(run: SandboxAttackRun): Promise<void>;
    list(): Promise<SandboxAttackSummary[]>;
    get(runId: string): Promise<SandboxAttackRun | undefined>;
    remove(runId: string): Promise<boolean>;
  };
  /** Forgets everything before now. */
  clear(): Promise<void>;
}

/** Taking a record never blocks and never fails. */
export interface HistoryRecorder {
  task(record: TaskRecord): void;
  event(record: EventRecord): void;
  phone(sample: Measurement): void;
  link(sample: LinkSample): void;
  taskSample(sample: TaskSample): void;
}

export interface History extends HistoryReader {
  readonly record: HistoryRecorder;
  /** Writes what waits, as far as the disk lets it within a few seconds. */
  close(): Promise<void>;
}

export interface HistoryOptions {
  readonly file: string;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention?: Retention;
  readonly maxBytes?: number;
  readonly buffer?: BufferLimits;
  /** Another program for the thread, for tests. */
  readonly thread?: URL;
}

const GATHER_MS = 250;
const FIRST_BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 30_000;
const REOPEN_MS = 1_000;
const READ_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Returns at once; the file is opened beside. What goes wrong with it is said in `status`, the log and by every read. */
export function openHistory(options: HistoryOptions): History {
  const { clock, logger, file } = options;
  const buffer = new WriteBuffer(options.buffer);
  const closing = new AbortController();
  const storeOptions = {
    file,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    retention: options.retention ?? defaultRetention,
    run: { startedAt: clock.now(), version: options.version },
  };
  let opening: Promise<HistoryThread> | undefined;
  let problem: HistoryStatus['problem'];
  let movedAside: string | undefined;
  let failedWrites = 0;
  let wake: () => void = () => undefined;

  /** The thread with the file open; a new one after the last has died. */
  function connected(): Promise<HistoryThread> {
    opening ??= open();
    return opening;
  }

  async function open(): Promise<HistoryThread> {
    const thread = startHistoryThread({
      onMovedAside(aside) {
        movedAside = aside;
        logger.warn('the history was damaged: it was put aside and a new one begun', { file, aside });
      },
      ...(options.thread ? { file: options.thread } : {}),
    });
    try {
      await thread.call('open', storeOptions);
      void thread.exited.then(() => {
        opening = undefined;
      });
      return thread;
    } catch (error) {
      thread.kill();
      // Not again for every read: what stands in the way will stand there a little longer.
      setTimeout(() => {
        opening = undefined;
      }, REOPEN_MS).unref();
      throw error;
    }
  }

  async function read<C extends CallName>(call: C, ask: AskOf<C>): Promise<AnswerOf<C>> {
    if (closing.signal.aborted) throw new AbhayaError('closed', 'the history is closed');
    const answer = connected().then((thread) => thread.call(call, ask));
    return withTimeout(answer, READ_TIMEOUT_MS, 'reading the history');
  }

  async function keepWriting(): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (!closing.signal.aborted) {
      if (buffer.size === 0) await untilWoken();
      if (!buffer.crowded) await sleep(GATHER_MS, { signal: closing.signal }).catch(() => undefined);
      const batch = buffer.take();
      if (!batch) continue;
      if (await wrote(batch)) {
        backOffMs = FIRST_BACK_OFF_MS;
        continue;
      }
      await sleep(backOffMs, { signal: closing.signal }).catch(() => undefined);
      backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
  }

  async function wrote(batch: Batch): Promise<boolean> {
    try {
      const thread = await connected();
      await thread.call('write', { batch, nowMs: clock.now() });
      if (problem) logger.info('the history is written again', { dropped: buffer.dropped });
      problem = undefined;
      return true;
    } catch (error) {
      failedWrites += 1;
      const { code, message } = toErrorShape(error);
      if (problem?.message !== message) logger.warn('the history can’t be written', { code, message });
      problem = { code: code === 'bug' ? 'history.unavailable' : code, message };
      // A batch that is refused for what is in it, which is a bug, would be refused for ever.
      if (error instanceof AbhayaError) buffer.giveBack(batch);
      else buffer.drop(batch);
      return false;
    }
  }

  async function untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      wake = resolve;
      closing.signal.addEventListener('abort', () => resolve(), { once: true });
      if (buffer.size > 0 || closing.signal.aborted) resolve();
    });
  }

  const record =
    <T>(put: (value: T) => void) =>
    (value: T): void => {
      if (closing.signal.aborted) return;
      put(value);
      wake();
    };

  const writing = keepWriting();
  connected().catch((error: unknown) => {
    const { code, message } = toErrorShape(error);
    problem ??= { code, message };
    logger.warn('the history can’t be opened', { code, message });
  });

  return {
    record: {
      task: record((it: TaskRecord) => buffer.task(it)),
      event: record((it: EventRecord) => buffer.event(it)),
      phone: record((it: Measurement) => buffer.phone(it)),
      link: record((it: LinkSample) => buffer.link(it)),
      taskSample: record((it: TaskSample) => buffer.taskSample(it)),
    },
    async status() {
      const counted = await read('countRows', {}).catch((error: unknown) => {
        problem ??= { code: toErrorShape(error).code, message: toErrorShape(error).message };
        return undefined;
      });
      const none = { runs: 0, tasks: 0, events: 0, measurements: 0, links: 0, taskSamples: 0 };
      return {
        file,
        bytes: counted?.bytes ?? 0,
        rows: counted?.rows ?? none,
        dropped: buffer.dropped,
        failedWrites,
        ...(problem ? { problem } : {}),
        ...(movedAside ? { movedAside } : {}),
      };
    },
    runs: () => read('runs', {}),
    tasks: (filter) => read('taskPage', filter),
    task: (taskId) => read('taskDetail', { taskId }),
    services: () => read('services', {}),
    measurements: async ({ serial, ...asked }) =>
      read('measurements', { plan: planBuckets(asked, clock.now()), serial }),
    async *rows(what) {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const page: AnswerOf<'exportPage'> = await read('exportPage', { what, after });
        if (page.rows.length > 0) yield page.rows;
        after = page.after;
      }
    },
    sandbox: {
      save: (kept) => read('saveSandboxRun', kept),
      list: () => read('sandboxRuns', {}),
      get: (runId) => read('sandboxRun', { runId }),
      remove: (runId) => read('removeSandboxRun', { runId }),
    },
    attacks: {
      save: (run) => read('saveSandboxAttack', run),
      list: () => read('sandboxAttacks', {}),
      get: (runId) => read('sandboxAttack', { runId }),
      remove: (runId) => read('removeSandboxAttack', { runId }),
    },
    async clear() {
      buffer.clear();
      await read('clear', {});
    },
    async close() {
      closing.abort();
      const end = async () => {
        await writing;
        const thread = await opening?.catch(() => undefined);
        if (!thread?.alive) return;
        for (let batch = buffer.take(); batch; batch = buffer.take()) {
          await thread.call('write', { batch, nowMs: clock.now() });
        }
        await thread.call('close', { nowMs: clock.now(), dropped: buffer.dropped });
        await thread.exited;
      };
      const last = opening;
      await withTimeout(end(), CLOSE_TIMEOUT_MS, 'closing the history').catch((error: unknown) => {
        logger.warn('the history was not closed in order', { error, left: buffer.size });
        void last?.then(
          (it) => it.kill(),
          () => undefined,
        );
      });
    },
  };
}
