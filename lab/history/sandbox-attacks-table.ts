// Attacks on sandboxes in history.db: few, large, written one at a time. Lists don't read their rows.

import { attackSummary, type SandboxAttackRun, type SandboxAttackSummary } from '#schemas';
import type { Db } from './database.ts';

/** docs/HISTORY.md says the same. */
const MAX_ROWS = 300;

export function saveSandboxAttack(db: Db, run: SandboxAttackRun): void {
  db.prepare(
    `INSERT INTO sandboxAttacks (atMs, attackRun, summary, run) VALUES (?, ?, ?, ?)
     ON CONFLICT (attackRun) DO UPDATE SET summary = excluded.summary, run = excluded.run`,
  ).run([run.startedAt, run.runId, JSON.stringify(attackSummary(run)), JSON.stringify(run)]);
  db.exec(`DELETE FROM sandboxAttacks WHERE id <= (SELECT max(id) FROM sandboxAttacks) - ${MAX_ROWS}`);
}

/** The latest first. */
export function sandboxAttacks(db: Db): SandboxAttackSummary[] {
  const rows = db.prepare('SELECT summary FROM sandboxAttacks ORDER BY id DESC').all([]) as {
    summary: string;
  }[];
  return rows.map(({ summary }) => JSON.parse(summary) as SandboxAttackSummary);
}

export function sandboxAttack(db: Db, runId: string): SandboxAttackRun | undefined {
  const [row] = db.prepare('SELECT run FROM sandboxAttacks WHERE attackRun = ?').all([runId]) as {
    run: string;
  }[];
  return row && (JSON.parse(row.run) as SandboxAttackRun);
}

/** Whether it was there. */
export function removeSandboxAttack(db: Db, runId: string): boolean {
  return db.prepare('DELETE FROM sandboxAttacks WHERE attackRun = ?').run([runId]).changes > 0;
}
