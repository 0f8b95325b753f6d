// The set-up lock: whose it is, when it is stale, how long it is waited for.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTimeOf, withLock } from './lock.mjs';

let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya lock '));
  path = join(folder, 'setup.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const held = (owner) => writeFileSync(path, JSON.stringify(owner));
const quick = { pollMs: 5, timeoutMs: 200 };

describe('the lock', () => {
  it('is free again after work, and after work that failed', async () => {
    expect(await withLock(path, async () => existsSync(path), quick)).toBe(true);
    await expect(withLock(path, () => Promise.reject(new Error('work failed')), quick)).rejects.toThrow(
      'work failed',
    );
    expect(existsSync(path)).toBe(false);
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, () => withLock(path, work, { pollMs: 2 })));
    expect(most).toBe(1);
  });

  it('of a process that died is taken over', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    const pid = gone.pid;
    await new Promise((resolve) => gone.once('exit', resolve));
    held({ pid, startTime: '1', since: '' });
    expect(await withLock(path, async () => 'in', quick)).toBe('in');
  });

  it('of a process whose number now belongs to another is taken over', async () => {
    held({ pid: process.pid, startTime: `${startTimeOf(process.pid)}0`, since: '' });
    expect(await withLock(path, async () => 'in', quick)).toBe('in');
  });

  it.each(['', '{', '{"pid":"x"}', 'null'])('that is damaged (%j) is taken over', async (text) => {
    writeFileSync(path, text);
    expect(await withLock(path, async () => 'in', quick)).toBe('in');
  });

  it('of a living process is waited for, and not for ever', async () => {
    held({ pid: process.pid, startTime: startTimeOf(process.pid), since: 'noon' });
    const told = [];
    await expect(
      withLock(path, async () => 'in', { ...quick, onWait: (owner) => told.push(owner.since) }),
    ).rejects.toThrow(/since noon\) still holds/);
    expect(told).toEqual(['noon']);
    expect(existsSync(path)).toBe(true);
  });

  it('can be waited for no longer by who gives up', async () => {
    held({ pid: process.pid, startTime: startTimeOf(process.pid), since: '' });
    const abort = new AbortController();
    const waiting = withLock(path, async () => 'in', { pollMs: 5, signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toThrow();
  });
});
