// Opens history.db: private to its owner, write-ahead, migrated. What is damaged is put aside, never deleted. Used by the
// history's thread only: every call blocks.

import { chmodSync, closeSync, existsSync, openSync, renameSync } from 'node:fs';
import Database from 'libsql';
import { AbhayaError } from '#base';
import { migrations, tableNames } from './migrations.ts';

export type Db = Database.Database;

export interface OpenedDatabase {
  readonly db: Db;
  /** Where the damaged file is that stood in the way. */
  readonly movedAside?: string;
}

const PAGE_BYTES = 4_096;
/** Without a limit a write-ahead log keeps the size of the largest transaction for ever. */
const LOG_BYTES = 16 * 1024 * 1024;

/** Throws `history.unavailable` for a file that can't be opened, or that a newer release wrote. */
export function openDatabase(options: { file: string; maxBytes: number; nowMs: number }): OpenedDatabase {
  try {
    return { db: openSound(options) };
  } catch (error) {
    if (!isDamage(error)) throw asUnavailable(error, options.file);
  }
  const movedAside = moveAside(options);
  try {
    return { db: openSound(options), movedAside };
  } catch (error) {
    throw asUnavailable(error, options.file);
  }
}

/** Renames the database and what belongs to it; returns its new name. */
export function moveAside({ file, nowMs }: { file: string; nowMs: number }): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  let aside = `${file}.damaged-${stamp}`;
  for (let counter = 1; existsSync(aside); counter += 1) aside = `${file}.damaged-${stamp}-${counter}`;
  for (const ending of ['', '-wal', '-shm']) {
    if (existsSync(file + ending)) renameSync(file + ending, aside + ending);
  }
  return aside;
}

/** The file's content can't be a database of ours; trying again would not help. */
export const isDamage = (error: unknown): boolean =>
  /^SQLITE_(?:CORRUPT|NOTADB)/.test((error as { code?: string } | undefined)?.code ?? '');

/** Trouble of the disk: what could not be written now may be written later. */
export const isDiskTrouble = (error: unknown): boolean =>
  /^SQLITE_(?:FULL|IOERR|CANTOPEN|READONLY|BUSY|LOCKED|NOMEM)/.test(
    (error as { code?: string } | undefined)?.code ?? '',
  );

class Damage extends Error {
  readonly code = 'SQLITE_CORRUPT';
}

function openSound({ file, maxBytes }: { file: string; maxBytes: number }): Db {
  closeSync(openSync(file, 'a', 0o600)); // its log and index take over the mode
  chmodSync(file, 0o600);
  const db = new Database(file);
  try {
    db.pragma('busy_timeout = 5000');
    const version = pragmaNumber(db, 'user_version');
    if (version > migrations.length) {
      throw new AbhayaError(
        'history.unavailable',
        `${file} was written by a newer release (${version}); it is left as it is`,
      );
    }
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    db.pragma(`journal_size_limit = ${LOG_BYTES}`);
    db.pragma(`max_page_count = ${Math.max(64, Math.floor(maxBytes / PAGE_BYTES))}`);
    const [check] = db.prepare('PRAGMA quick_check(1)').all([]) as { quick_check: string }[];
    if (check?.quick_check !== 'ok') throw new Damage(check?.quick_check);
    for (const [at, migration] of migrations.entries()) {
      if (at < version) continue;
      transaction(db, () => {
        db.exec(migration);
        db.pragma(`user_version = ${at + 1}`);
      });
    }
    const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all([]) as {
      name: string;
    }[];
    const missing = tableNames.filter((table) => !names.some(({ name }) => name === table));
    if (missing.length > 0) throw new Damage(`without ${missing.join(', ')}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export const pragmaNumber = (db: Db, name: string): number => {
  const [row] = db.prepare(`PRAGMA ${name}`).all([]) as Record<string, number>[];
  return Number(Object.values(row ?? {})[0] ?? 0);
};

/** All or nothing. The library's own would hide the reason when SQLite has rolled back by itself. */
export function transaction<T>(db: Db, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    try {
      db.exec('ROLLBACK');
    } catch {
      // SQLite has done it already
    }
    throw error;
  }
}

function asUnavailable(error: unknown, file: string): AbhayaError {
  if (error instanceof AbhayaError) return error;
  return new AbhayaError('history.unavailable', `can't open ${file}: ${(error as Error).message}`, {
    cause: error,
  });
}
