// One set-up at a time. The lock file holds pid and process start time, so a lock whose owner died, or whose
// pid now belongs to another program, is taken over; a live one is waited for, not for ever.

import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asideOf } from './atomic.mjs';
import { SetupError } from './errors.mjs';

/** Start time of a process in units of its system, '' when unknown, undefined when there is no such process. */
export function startTimeOf(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return undefined;
  }
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function readOwner(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const owner = JSON.parse(text);
    return Number.isInteger(owner?.pid) && typeof owner.startTime === 'string'
      ? { ...owner, text }
      : { text };
  } catch (error) {
    return error.code === 'ENOENT' ? undefined : { text: '' };
  }
}

const isStale = (owner) => owner.pid === undefined || startTimeOf(owner.pid) !== owner.startTime;

/** The file appears with its content or not at all: written aside, then linked. */
function tryCreate(path) {
  const aside = asideOf(path);
  writeFileSync(
    aside,
    JSON.stringify({
      pid: process.pid,
      startTime: startTimeOf(process.pid) ?? '',
      since: new Date().toISOString(),
    }),
  );
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(aside);
  }
}

/** Removes a stale lock. Two waiters must not remove each other's fresh one: judged again inside a tiny mutex. */
function removeStale(path) {
  const mutex = `${path}.takeover`;
  try {
    mkdirSync(mutex);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    try {
      if (Date.now() - statSync(mutex).mtimeMs > 10_000) rmdirSync(mutex);
    } catch {
      // Somebody else was quicker.
    }
    return;
  }
  try {
    const owner = readOwner(path);
    if (owner && isStale(owner)) unlinkSync(path);
  } finally {
    rmdirSync(mutex);
  }
}

/**
 * Runs `work` while holding the lock at `path`.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {{timeoutMs?: number, pollMs?: number, signal?: AbortSignal, onWait?: (owner: {pid?: number, since?: string}) => void}} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, options = {}) {
  const { timeoutMs = 20 * 60_000, pollMs = 200, signal, onWait } = options;
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + timeoutMs;
  let told = false;
  while (!tryCreate(path)) {
    signal?.throwIfAborted();
    const owner = readOwner(path);
    if (owner === undefined) continue;
    if (isStale(owner)) {
      removeStale(path);
      await sleep(20, undefined, { signal });
      continue;
    }
    if (Date.now() >= deadline) {
      throw new SetupError(
        `Another set-up (process ${owner.pid}, since ${owner.since}) still holds ${path}.`,
        {
          hint: `Wait for it, or end it with: kill ${owner.pid}`,
        },
      );
    }
    if (!told) onWait?.(owner);
    told = true;
    await sleep(pollMs, undefined, { signal });
  }
  const mine = readOwner(path)?.text;
  const release = () => {
    try {
      if (readOwner(path)?.text === mine) unlinkSync(path);
    } catch {
      // Gone already.
    }
  };
  try {
    return await work();
  } finally {
    release();
  }
}
