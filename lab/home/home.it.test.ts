import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureToken, type Home, homeOf, lockHome, readRunningHost, writeHostFile } from './home.ts';
import { processStartTime } from './process-identity.ts';

let home: Home;
beforeEach(async () => {
  home = homeOf({}, await mkdtemp(path.join(tmpdir(), 'abhaya home ')));
});
afterEach(() => rm(home.dir, { recursive: true, force: true }));

describe('a home folder', () => {
  test('follows ABHAYA_HOME, and the option before it', () => {
    expect(homeOf({ ABHAYA_HOME: '/x' }).dir).toBe('/x');
    expect(homeOf({ ABHAYA_HOME: '/x' }, '/y').dir).toBe('/y');
    expect(homeOf({}).dir).toMatch(/abhaya-lab$/);
  });

  test('keeps one token that only its owner can read', async () => {
    const tokens = await Promise.all([ensureToken(home), ensureToken(home)]);
    expect(await ensureToken(home)).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(tokens).size).toBe(1);
    expect((await stat(home.tokenFile)).mode & 0o777).toBe(0o600);
  });

  test('has one lab host: of many that start at once, one gets it', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => lockHome(home)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(lockHome(home)).rejects.toMatchObject({
      code: 'host.already-running',
      details: { pid: process.pid },
    });
  });

  test('goes to the next one when its owner was killed, even if the pid lives again', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const startTime = await processStartTime(child.pid ?? 0);
    await writeFile(home.lockFile, `${child.pid} ${startTime}`);
    await expect(lockHome(home)).rejects.toMatchObject({ code: 'host.already-running' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await (await lockHome(home)).release();
    await writeFile(home.lockFile, `${process.pid} 1`);
    const lock = await lockHome(home);
    expect(await readFile(home.lockFile, 'utf8')).toContain(String(process.pid));
    await lock.release();
  });

  test('tells of a running host only while it runs, and refuses a damaged file', async () => {
    expect(await readRunningHost(home)).toBeUndefined();
    await ensureToken(home);
    const host = { pid: process.pid, startedAt: 1, apiUrl: 'http://127.0.0.1:1', adbPort: 5, version: '0' };
    await writeHostFile(home, host);
    expect((await readRunningHost(home))?.host).toEqual(host);
    await writeHostFile(home, { ...host, pid: 2 ** 22 - 1 });
    expect(await readRunningHost(home)).toBeUndefined();
    await writeFile(home.hostFile, '{"pid":"x"}');
    await expect(readRunningHost(home)).rejects.toMatchObject({ code: 'host.unreachable' });
  });
});
