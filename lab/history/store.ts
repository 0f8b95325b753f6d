// The database as the thread keeps it: opened, written, asked, cleared; put aside when it turns out to be damaged.

import type {
  HistoryTaskDetail,
  KeptSandboxRun,
  SandboxAttackRun,
  SandboxAttackSummary,
  SandboxRunView,
} from '#schemas';
import type { Batch, BucketPlan, Dropped } from './core/index.ts';
import { type Db, isDamage, moveAside, openDatabase, transaction } from './database.ts';
import * as queries from './queries.ts';
import type { Retention } from './retention.ts';
import * as attacks from './sandbox-attacks-table.ts';
import { removeSandboxRun, sandboxRun, sandboxRuns, saveSandboxRun } from './sandbox-runs-table.ts';
import { createWriter, type Writer } from './writes.ts';

export interface StoreOptions {
  readonly file: string;
  readonly maxBytes: number;
  readonly retention: Retention;
  /** The run that is now: known by its begin, so that a thread that starts again goes on with it. */
  readonly run: { readonly startedAt: number; readonly version: string };
}

export interface Store {
  write(batch: Batch, nowMs: number): void;
  taskPage(filter: queries.TaskFilter): ReturnType<typeof queries.taskPage>;
  taskDetail(taskId: string): HistoryTaskDetail;
  services(): ReturnType<typeof queries.services>;
  runs(): ReturnType<typeof queries.runs>;
  measurements(plan: BucketPlan, serial: string | undefined): ReturnType<typeof queries.measurements>;
  exportPage(
    ...asked: Parameters<typeof queries.exportPage> extends [Db, ...infer R] ? R : never
  ): ReturnType<typeof queries.exportPage>;
  countRows(): ReturnType<typeof queries.countRows>;
  saveSandboxRun(kept: KeptSandboxRun): void;
  sandboxRuns(): SandboxRunView[];
  sandboxRun(runId: string): KeptSandboxRun | undefined;
  /** Whether it was there. */
  removeSandboxRun(runId: string): boolean;
  saveSandboxAttack(run: SandboxAttackRun): void;
  sandboxAttacks(): SandboxAttackSummary[];
  sandboxAttack(runId: string): SandboxAttackRun | undefined;
  removeSandboxAttack(runId: string): boolean;
  /** Forgets everything but the run that is now, and gives the room back to the disk. */
  clear(): void;
  close(end: { nowMs: number; dropped: Dropped }): void;
}

interface Open {
  readonly db: Db;
  readonly writer: Writer;
  readonly runId: number;
}

const MAX_RUNS = 2_000;
const cleared = [
  ...['tasks', 'events', 'measurements', 'links', 'taskSamples', 'sandboxRuns', 'sandboxAttacks'],
] as const;

/** `onMovedAside` hears where a damaged file went. Throws `history.unavailable`. */
export function openStore(options: StoreOptions, onMovedAside: (file: string) => void): Store {
  let current = open();

  function open(): Open {
    const { db, movedAside } = openDatabase({ ...options, nowMs: Date.now() });
    if (movedAside) onMovedAside(movedAside);
    try {
      const runId = beginRun(db, options.run);
      return { db, runId, writer: createWriter(db, { runId, retention: options.retention }) };
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Damage that shows only in use is treated as damage at the start: aside, and the work is done on a new file. */
  function guarded<T>(work: (now: Open) => T): T {
    try {
      return work(current);
    } catch (error) {
      if (!isDamage(error)) throw error;
      current.db.close();
      onMovedAside(moveAside({ file: options.file, nowMs: Date.now() }));
      current = open();
      return work(current);
    }
  }

  return {
    write: (batch, nowMs) => guarded(({ writer }) => writer.write(batch, nowMs)),
    taskPage: (filter) => guarded(({ db, runId }) => queries.taskPage(db, filter, runId)),
    taskDetail: (taskId) => guarded(({ db, runId }) => queries.taskDetail(db, taskId, runId)),
    services: () => guarded(({ db }) => queries.services(db)),
    runs: () => guarded(({ db, runId }) => queries.runs(db, runId)),
    measurements: (plan, serial) => guarded(({ db }) => queries.measurements(db, plan, serial)),
    exportPage: (what, after) => guarded(({ db }) => queries.exportPage(db, what, after)),
    countRows: () => guarded(({ db }) => queries.countRows(db)),
    saveSandboxRun: (kept) => guarded(({ db }) => transaction(db, () => saveSandboxRun(db, kept))),
    sandboxRuns: () => guarded(({ db }) => sandboxRuns(db)),
    sandboxRun: (runId) => guarded(({ db }) => sandboxRun(db, runId)),
    removeSandboxRun: (runId) => guarded(({ db }) => removeSandboxRun(db, runId)),
    saveSandboxAttack: (run) =>
      guarded(({ db }) => transaction(db, () => attacks.saveSandboxAttack(db, run))),
    sandboxAttacks: () => guarded(({ db }) => attacks.sandboxAttacks(db)),
    sandboxAttack: (runId) => guarded(({ db }) => attacks.sandboxAttack(db, runId)),
    removeSandboxAttack: (runId) => guarded(({ db }) => attacks.removeSandboxAttack(db, runId)),
    clear: () =>
      guarded(({ db, runId }) => {
        transaction(db, () => {
          for (const table of cleared) db.exec(`DELETE FROM ${table}`);
          db.prepare('DELETE FROM runs WHERE runId <> ?').run([runId]);
        });
        db.exec('VACUUM');
        db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
      }),
    close({ nowMs, dropped }) {
      const { db, runId } = current;
      try {
        db.prepare(
          'UPDATE runs SET endedAt = ?, droppedTasks = ?, droppedEvents = ?, droppedSamples = ? WHERE runId = ?',
        ).run([nowMs, dropped.tasks, dropped.events, dropped.samples, runId]);
        // Statements that were not collected yet keep the library from doing this as it closes.
        db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
      } finally {
        db.close();
      }
    },
  };
}

function beginRun(db: Db, { startedAt, version }: StoreOptions['run']): number {
  return transaction(db, () => {
    const find = db.prepare('SELECT runId FROM runs WHERE startedAt = ? AND endedAt IS NULL');
    const [there] = find.all([startedAt]) as { runId: number }[];
    if (there) return there.runId;
    db.prepare('INSERT INTO runs (startedAt, version) VALUES (?, ?)').run([startedAt, version]);
    const [made] = find.all([startedAt]) as [{ runId: number }];
    db.prepare('DELETE FROM runs WHERE runId <= ?').run([made.runId - MAX_RUNS]);
    return made.runId;
  });
}
