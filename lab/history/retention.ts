// Keeps history.db bounded: by age, by rows, and by its size. A little at a time, after each write.

import { type Db, pragmaNumber } from './database.ts';

export interface TableLimit {
  readonly maxRows: number;
  readonly maxAgeMs: number;
}

export type PrunedTable = 'tasks' | 'events' | 'measurements' | 'links' | 'taskSamples';
export type Retention = Readonly<Record<PrunedTable, TableLimit>>;

const DAY_MS = 86_400_000;
/** docs/HISTORY.md says the same. */
export const defaultRetention: Retention = {
  tasks: { maxRows: 20_000, maxAgeMs: 180 * DAY_MS },
  events: { maxRows: 100_000, maxAgeMs: 30 * DAY_MS },
  measurements: { maxRows: 1_000_000, maxAgeMs: 30 * DAY_MS },
  links: { maxRows: 500_000, maxAgeMs: 30 * DAY_MS },
  taskSamples: { maxRows: 500_000, maxAgeMs: 30 * DAY_MS },
};
export const DEFAULT_MAX_BYTES = 1024 ** 3;

/** Rows of a table that one call deletes at most: writers and readers wait for it. */
const CHUNK = 5_000;
const FULL_ENOUGH = 0.9;

/** Deletes what is too old or too much, the oldest first. Ids only grow, so that they count rows. */
export function prune(db: Db, retention: Retention, nowMs: number): void {
  const used = pragmaNumber(db, 'page_count') - pragmaNumber(db, 'freelist_count');
  const crowded = used > FULL_ENOUGH * pragmaNumber(db, 'max_page_count');
  for (const [table, { maxRows, maxAgeMs }] of Object.entries(retention)) {
    const [edge] = db
      .prepare(
        `SELECT (SELECT min(id) FROM ${table}) AS first, (SELECT max(id) FROM ${table}) AS last,
         (SELECT id FROM ${table} WHERE atMs >= CAST(? AS INTEGER) ORDER BY id LIMIT 1) AS young`,
      )
      .all([nowMs - maxAgeMs]) as { first: number | null; last: number | null; young: number | null }[];
    if (!edge || edge.first === null || edge.last === null) continue;
    const keptFrom = Math.max(
      edge.last - maxRows + 1,
      edge.young ?? edge.last + 1,
      // Before the file is full, the oldest tenth of everything goes.
      crowded ? edge.first + Math.ceil((edge.last - edge.first + 1) / 10) : 0,
    );
    if (keptFrom > edge.first)
      db.prepare(`DELETE FROM ${table} WHERE id < ?`).run([Math.min(keptFrom, edge.first + CHUNK)]);
  }
}
