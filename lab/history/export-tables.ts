// What an export holds: one statement for a page of rows, and the columns of its CSV.

import type { HistoryExportWhat } from '#schemas';

export interface ExportTable {
  /** Takes the id before the page and the number of rows. */
  readonly sql: string;
  readonly columns: readonly string[];
  /** Rows at a time: task views may be long. */
  readonly pageRows: number;
}

const simple = (table: string, columns: readonly string[], pageRows = 1_000): ExportTable => ({
  sql: `SELECT id, ${columns.join(', ')} FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`,
  columns,
  pageRows,
});

export const TASK_LIST_COLUMNS = [
  ...['runId', 'taskId', 'packageId', 'version', 'author', 'state', 'requester', 'device', 'deviceNode'],
  ...['attempts', 'hops', 'startedAt', 'durationMs', 'wallMs', 'cpuMs', 'peakMemoryBytes', 'bytesIn'],
  ...['bytesOut', 'problemCode', 'problemMessage'],
] as const;

const tasks = simple('tasks', TASK_LIST_COLUMNS, 100);

export const exportTables: Readonly<Record<HistoryExportWhat, ExportTable>> = {
  // `view` goes into JSON only.
  tasks: { ...tasks, sql: tasks.sql.replace(' FROM', ', view FROM') },
  measurements: simple('measurements', [
    ...['atMs', 'serial', 'batteryPercent', 'charging', 'thermal', 'celsius', 'cpuLoad'],
    ...['availableMemoryBytes', 'memoryBytes'],
  ]),
  events: simple('events', ['atMs', 'runId', 'kind', 'subject', 'state', 'detail']),
  links: simple('links', ['atMs', 'linkId', 'a', 'b', 'bytesAtoB', 'bytesBtoA']),
  'task-samples': simple('taskSamples', [
    ...['atMs', 'taskId', 'cpuMs', 'memoryBytes', 'bytesIn', 'bytesOut'],
  ]),
};
