// Nothing of set-up is ever half there: files and folders are made aside and renamed in.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const mark = '.aside-';

/** A name next to `path`, on the same disk, that sweepAside recognises. */
export const asideOf = (path) =>
  join(dirname(path), `${mark}${basename(path)}-${process.pid}-${randomBytes(4).toString('hex')}`);

export function writeFileAtomic(path, data, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = asideOf(path);
  try {
    writeFileSync(aside, data, { mode });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Renames the finished folder `aside` to `path`; what was at `path` goes away only after that. */
export function replaceFolder(aside, path) {
  const old = `${asideOf(path)}-old`;
  const had = existsSync(path);
  if (had) renameSync(path, old);
  try {
    renameSync(aside, path);
  } catch (error) {
    if (had) renameSync(old, path);
    throw error;
  }
  removeQuietly(old);
}

export function removeQuietly(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A left-over is ugly, not wrong; the next sweep takes it.
  }
}

/** Removes what a killed set-up left in `folder`. If it died between two renames, the old folder comes back. */
export function sweepAside(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(mark)) continue;
    const [, target] = /^\.aside-(.+)-\d+-[0-9a-f]{8}-old$/.exec(name) ?? [];
    if (target && !existsSync(join(folder, target))) renameSync(join(folder, name), join(folder, target));
    else removeQuietly(join(folder, name));
  }
}
