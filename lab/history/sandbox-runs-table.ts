// Measurements of the sandbox in history.db: few, large, written one at a time.

import type { KeptSandboxRun, SandboxRunView } from '#schemas';
import type { Db } from './database.ts';

/** docs/HISTORY.md says the same. */
const MAX_ROWS = 300;

export function saveSandboxRun(db: Db, { run, places }: KeptSandboxRun): void {
  db.prepare(
    `INSERT INTO sandboxRuns (atMs, sandboxRun, view, places) VALUES (?, ?, ?, ?)
     ON CONFLICT (sandboxRun) DO UPDATE SET view = excluded.view, places = excluded.places`,
  ).run([run.startedAt, run.runId, JSON.stringify(run), JSON.stringify(places)]);
  db.exec(`DELETE FROM sandboxRuns WHERE id <= (SELECT max(id) FROM sandboxRuns) - ${MAX_ROWS}`);
}

/** The latest first. */
export function sandboxRuns(db: Db): SandboxRunView[] {
  const rows = db.prepare('SELECT view FROM sandboxRuns ORDER BY id DESC').all([]) as { view: string }[];
  return rows.map(({ view }) => JSON.parse(view) as SandboxRunView);
}

export function sandboxRun(db: Db, runId: string): KeptSandboxRun | undefined {
  const [row] = db.prepare('SELECT view, places FROM sandboxRuns WHERE sandboxRun = ?').all([runId]) as {
    view: string;
    places: string;
  }[];
  return row && { run: JSON.parse(row.view), places: JSON.parse(row.places) };
}

/** Whether it was there. */
export function removeSandboxRun(db: Db, runId: string): boolean {
  return db.prepare('DELETE FROM sandboxRuns WHERE sandboxRun = ?').run([runId]).changes > 0;
}
