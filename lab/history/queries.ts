// Questions to history.db. Bounded answers: pages of tasks, buckets of measurements, pages of an export.

import { AbhayaError } from '#base';
import {
  finalTaskStates,
  type HistoryBucket,
  type HistoryExportWhat,
  type HistoryMeasurements,
  type HistoryRun,
  type HistoryService,
  type HistoryStatus,
  type HistoryTaskDetail,
  type HistoryTaskPage,
  type TaskState,
  type TaskView,
} from '#schemas';
import { type BucketPlan, type EndedTask, historyTask, serviceStats, type TaskRow } from './core/index.ts';
import { type Db, pragmaNumber } from './database.ts';
import { exportTables, TASK_LIST_COLUMNS } from './export-tables.ts';

export interface TaskFilter {
  readonly limit: number;
  readonly before?: number;
  readonly packageId?: string;
  readonly state?: TaskState;
}

export type ExportRow = Readonly<Record<string, string | number | null>>;

const MAX_ANSWER_BUCKETS = 20_000;
const MAX_TASK_SAMPLES = 10_000;
const MAX_RUNS = 500;

export function taskPage(db: Db, filter: TaskFilter, currentRun: number): HistoryTaskPage {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('id < ?', filter.before);
  where('packageId = ?', filter.packageId);
  where('state = ?', filter.state);
  const rows = db
    .prepare(
      `SELECT id, ${TASK_LIST_COLUMNS.join(', ')} FROM tasks
       ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''} ORDER BY id DESC LIMIT ?`,
    )
    .all([...values, filter.limit + 1]) as (TaskRow & { id: number; runId: number })[];
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    tasks: page.map((row) => historyTask(row, currentRun)),
    ...(rows.length > page.length && last ? { next: String(last.id) } : {}),
  };
}

/** Throws `not-found`. */
export function taskDetail(db: Db, taskId: string, currentRun: number): HistoryTaskDetail {
  const [row] = db.prepare('SELECT runId, state, view FROM tasks WHERE taskId = ?').all([taskId]) as {
    runId: number;
    state: TaskState;
    view: string;
  }[];
  if (!row) throw new AbhayaError('not-found', `the history has no task ${taskId}`);
  const samples = db
    .prepare(
      'SELECT atMs, cpuMs, memoryBytes, bytesIn, bytesOut FROM taskSamples WHERE taskId = ? ORDER BY id LIMIT ?',
    )
    .all([taskId, MAX_TASK_SAMPLES]) as HistoryTaskDetail['samples'];
  return {
    runId: row.runId,
    interrupted: row.runId !== currentRun && !finalTaskStates.includes(row.state),
    task: JSON.parse(row.view) as TaskView,
    samples,
  };
}

export function services(db: Db): HistoryService[] {
  const final = finalTaskStates.map((state) => `'${state}'`).join(', ');
  const rows = db.prepare(
    `SELECT packageId, version, state, durationMs, peakMemoryBytes, startedAt FROM tasks WHERE state IN (${final})`,
  );
  return serviceStats(rows.all([]) as EndedTask[]);
}

export function runs(db: Db, currentRun: number): HistoryRun[] {
  const rows = db
    .prepare(
      `SELECT runs.runId, runs.startedAt, endedAt, runs.version, count(tasks.id) AS tasks FROM runs
       LEFT JOIN tasks ON tasks.runId = runs.runId
       GROUP BY runs.runId ORDER BY runs.runId DESC LIMIT ${MAX_RUNS}`,
    )
    .all([]) as {
    runId: number;
    startedAt: number;
    endedAt: number | null;
    version: string;
    tasks: number;
  }[];
  return rows.map(({ endedAt, ...run }) => ({
    ...run,
    current: run.runId === currentRun,
    ...(endedAt === null ? {} : { endedAt }),
  }));
}

/** Throws `input.invalid` when the answer would be too long. */
export function measurements(db: Db, plan: BucketPlan, serial: string | undefined): HistoryMeasurements {
  const { from, to, stepMs } = plan;
  const ask = db.prepare(
    `SELECT (atMs - CAST(?1 AS INTEGER)) / CAST(?3 AS INTEGER) AS bucket, count(*) AS samples, avg(charging) AS charging,
       ${['batteryPercent', 'thermal', 'celsius', 'cpuLoad', 'availableMemoryBytes'].map(rangeOf).join(', ')},
       max(memoryBytes) AS memoryBytes
     FROM measurements WHERE serial = ?4 AND atMs >= CAST(?1 AS INTEGER) AND atMs < CAST(?2 AS INTEGER)
     GROUP BY bucket ORDER BY bucket`,
  );
  const buckets: HistoryBucket[] = [];
  for (const one of serial === undefined ? serials(db) : [serial]) {
    const rows = ask.all([from, to, stepMs, one]) as Record<string, number | null>[];
    for (const row of rows) buckets.push(bucketOf(one, from + (row.bucket ?? 0) * stepMs, row));
    if (buckets.length > MAX_ANSWER_BUCKETS) {
      throw new AbhayaError('input.invalid', 'the answer would be too long: name a phone, or a longer step');
    }
  }
  return { from, to, stepMs, buckets };
}

const rangeOf = (column: string): string =>
  `min(${column}) AS ${column}Min, avg(${column}) AS ${column}Avg, max(${column}) AS ${column}Max`;

function bucketOf(serial: string, atMs: number, row: Record<string, number | null>): HistoryBucket {
  const range = (column: string) => ({
    min: row[`${column}Min`] ?? 0,
    avg: row[`${column}Avg`] ?? 0,
    max: row[`${column}Max`] ?? 0,
  });
  return {
    serial,
    atMs,
    samples: row.samples ?? 0,
    batteryPercent: range('batteryPercent'),
    charging: row.charging ?? 0,
    thermal: range('thermal'),
    ...(row.celsiusMin === null ? {} : { celsius: range('celsius') }),
    cpuLoad: range('cpuLoad'),
    availableMemoryBytes: range('availableMemoryBytes'),
    memoryBytes: row.memoryBytes ?? 0,
  };
}

/** Every phone that was ever measured, by jumping from one to the next in the index. */
function serials(db: Db): string[] {
  const next = db.prepare('SELECT min(serial) AS serial FROM measurements WHERE serial > ?');
  const found: string[] = [];
  for (let last = ''; found.length < MAX_ANSWER_BUCKETS; ) {
    const [row] = next.all([last]) as { serial: string | null }[];
    if (!row || row.serial === null) break;
    last = row.serial;
    found.push(last);
  }
  return found;
}

export function exportPage(
  db: Db,
  what: HistoryExportWhat,
  after: number,
): { rows: ExportRow[]; after: number | undefined } {
  const { sql, pageRows } = exportTables[what];
  const found = db.prepare(sql).all([after, pageRows]) as (ExportRow & { id: number })[];
  return {
    rows: found.map(({ id: _id, ...row }) => row),
    after: found.length === pageRows ? found.at(-1)?.id : undefined,
  };
}

export function countRows(db: Db): { rows: HistoryStatus['rows']; bytes: number } {
  const count = (table: string): number =>
    (db.prepare(`SELECT count(*) AS n FROM ${table}`).all([]) as { n: number }[])[0]?.n ?? 0;
  return {
    rows: {
      runs: count('runs'),
      tasks: count('tasks'),
      events: count('events'),
      measurements: count('measurements'),
      links: count('links'),
      taskSamples: count('taskSamples'),
    },
    bytes: pragmaNumber(db, 'page_count') * pragmaNumber(db, 'page_size'),
  };
}
