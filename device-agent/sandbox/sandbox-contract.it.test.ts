// The whole chain: client, Kotlin supervisor, C launcher, a real service; with files by path, and with files as pieces.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { poll, silentLogger } from '#base';
import type { Sandbox, SandboxJob, SandboxProgress } from './port.ts';
import { buildC, children, supervisorCommand, testLimits, Workspace } from './sandbox-tester.ts';
import { startSandbox } from './start-sandbox.ts';

let launcherPath = '';
let wordcount = '';
let programs = '';
let workspace: Workspace;
const open: Sandbox[] = [];

beforeAll(async () => {
  launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  wordcount = join(await buildC('services/wordcount'), 'wordcount');
  programs = await buildC('android-shim/conformance');
  workspace = await Workspace.open();
});
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});
afterAll(() => workspace.close());

async function partsOf(): Promise<{ supervisor: number; launcher: number }> {
  const [supervisor = 0] = children(process.pid, 'java');
  const [launcher = 0] = children(supervisor, 'abhaya-launcher');
  expect(supervisor).toBeGreaterThan(0);
  expect(launcher).toBeGreaterThan(0);
  return { supervisor, launcher };
}

const gone = (pid: number) =>
  poll(() => (existsSync(`/proc/${pid}`) ? undefined : true), {
    everyMs: 10,
    timeoutMs: 30_000,
    what: `end of ${pid}`,
  });

describe.each([
  ['by path', {}],
  ['as pieces', { maxCarriedBytes: 64 * 1024 * 1024 }],
])('files %s', (_form, form) => {
  async function start(limits: Partial<typeof testLimits> = {}): Promise<Sandbox> {
    const sandbox = await startSandbox({
      command: await supervisorCommand(),
      launcherPath,
      limits: { ...testLimits, ...form, ...limits },
      logger: silentLogger,
    });
    open.push(sandbox);
    return sandbox;
  }

  test('wordcount counts in the sandbox', async () => {
    const sandbox = await start();
    expect(sandbox.capabilities.runtimes).toEqual(['native', 'go']);
    expect(sandbox.capabilities.layers).toContain('seccomp');
    const job = await workspace.job(wordcount, 'one two two\nthree three three\n');
    const report = await sandbox.run(job);
    expect(report).toMatchObject({ reason: 'completed', exitCode: 0, bytesIn: 30 });
    expect(JSON.parse((await workspace.output(job)).toString())).toEqual({
      lines: 2,
      words: 6,
      bytes: 30,
      top: [
        { word: 'three', count: 3 },
        { word: 'two', count: 2 },
        { word: 'one', count: 1 },
      ],
    });
  });

  const attempt = (name: string, limits: Partial<SandboxJob> = {}) =>
    workspace.job(join(programs, 'attempts'), name, limits);

  /** Starts a job that never ends by itself, and waits until it runs. */
  async function spinning(sandbox: Sandbox, signal?: AbortSignal) {
    let running = (_: SandboxProgress): void => {};
    const seen = new Promise<SandboxProgress>((resolve) => {
      running = resolve;
    });
    const job = await attempt('spin-for-ever');
    const report = sandbox.run(job, { onProgress: running, ...(signal ? { signal } : {}) });
    await seen;
    return { report };
  }

  test.each([
    ['open-file', { reason: 'syscall-denied', syscall: 'openat' }],
    ['socket-inet', { reason: 'syscall-denied', syscall: 'socket' }],
    ['fork', { reason: 'syscall-denied', syscall: 'clone' }],
    ['memory-bomb', { reason: 'out-of-memory' }],
    ['spin', { reason: 'cpu-timeout' }],
    ['exit-code', { reason: 'failed', exitCode: 7 }],
    ['null-pointer', { reason: 'crashed', signal: 'SIGSEGV' }],
    ['output-flood', { reason: 'output-limit', bytesOut: 1000 }],
  ])('a hostile service is stopped and named: %s', async (name, report) => {
    const sandbox = await start();
    const limits = { maxOutputBytes: 1000, ...(name === 'spin' ? { cpuMs: 50 } : {}) };
    expect(await sandbox.run(await attempt(name, limits))).toMatchObject(report);
  });

  test('ceilings of the device hold', async () => {
    const sandbox = await start();
    const report = await sandbox.run(await attempt('success', { memoryBytes: 65 * 1024 * 1024 }));
    expect(report).toMatchObject({ reason: 'sandbox-error', wallMs: 0, layers: [] });
    expect(report.message).toBe(
      'the job asks for 68157440 bytes of memory, this device gives 67108864 at most',
    );
  });

  test('a malformed job is the caller’s mistake and harms no other', async () => {
    const sandbox = await start();
    const relative = await attempt('success', { program: 'relative' });
    await expect(sandbox.run(relative)).rejects.toMatchObject({ code: 'input.invalid' });
    expect(await sandbox.run(await attempt('success'))).toMatchObject({ reason: 'completed' });
  });

  test('no more children than the budget: the rest waits its turn', async () => {
    const sandbox = await start({ maxChildren: 2 });
    const { launcher } = await partsOf();
    const hold = new AbortController();
    const held = [await spinning(sandbox, hold.signal), await spinning(sandbox, hold.signal)];
    const waiting = [sandbox.run(await attempt('success')), sandbox.run(await attempt('success'))];
    const impatient = new AbortController();
    const cancelled = sandbox.run(await attempt('success'), { signal: impatient.signal });
    impatient.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(
      readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').trim().split(' '),
    ).toHaveLength(2);
    hold.abort();
    expect((await Promise.all(held.map(({ report }) => report))).map(({ reason }) => reason)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect((await Promise.all(waiting)).map(({ reason }) => reason)).toEqual(['completed', 'completed']);
  });

  test('kill -9 of the launcher: every run is accounted for, nothing runs on', async () => {
    const sandbox = await start();
    const { supervisor, launcher } = await partsOf();
    const { report } = await spinning(sandbox);
    const [service = 0] = children(launcher, 'service');
    process.kill(launcher, 'SIGKILL');
    expect(await report).toMatchObject({ reason: 'sandbox-error', message: 'the launcher died: signal 9' });
    expect(await sandbox.died).toBe('the launcher died: signal 9');
    for (const pid of [service, launcher, supervisor]) await gone(pid);
    await expect(sandbox.run(await attempt('success'))).rejects.toMatchObject({
      code: 'sandbox.supervisor-died',
    });
  });

  test('kill -9 of the supervisor: the launcher and its services end with it', async () => {
    const sandbox = await start();
    const { supervisor, launcher } = await partsOf();
    const { report } = await spinning(sandbox);
    const [service = 0] = children(launcher, 'service');
    process.kill(supervisor, 'SIGKILL');
    expect(await report).toMatchObject({
      reason: 'sandbox-error',
      message: 'the supervisor ended (SIGKILL)',
    });
    expect(await sandbox.died).toBe('the supervisor ended (SIGKILL)');
    for (const pid of [service, launcher]) await gone(pid);
  });

  test('closing ends what runs, and closing twice is harmless', async () => {
    const sandbox = await start();
    const { supervisor, launcher } = await partsOf();
    const { report } = await spinning(sandbox);
    await Promise.all([sandbox.close(), sandbox.close()]);
    expect(await report).toMatchObject({ reason: 'sandbox-error' });
    for (const pid of [launcher, supervisor]) await gone(pid);
  });

  test.each([
    ['a program that is not there', { program: '/none/program' }, /^program: /],
    ['an input that is not there', { inputPath: '/none/input' }, /^input file: /],
    ['a program that is a folder', { program: '/usr' }, /^program: not a regular file$/],
  ])('%s is the job\u2019s problem', async (_what, change, message) => {
    const sandbox = await start();
    const report = await sandbox.run(await attempt('success', change));
    expect(report).toMatchObject({ reason: 'sandbox-error', layers: [], wallMs: 0 });
    expect(report.message).toMatch(message);
    expect(await sandbox.run(await attempt('success'))).toMatchObject({ reason: 'completed' });
  });

  test('output is a file of the asker alone, even an empty one, and never one that was there', async () => {
    const sandbox = await start();
    const silent = await attempt('exit-code');
    expect(await sandbox.run(silent)).toMatchObject({ reason: 'failed', bytesOut: 0 });
    expect((await workspace.output(silent)).length).toBe(0);
    expect(statSync(silent.outputPath).mode & 0o777).toBe(0o600);
    const taken = await attempt('success');
    await writeFile(taken.outputPath, 'mine');
    expect(await sandbox.run(taken)).toMatchObject({ reason: 'sandbox-error' });
    expect((await workspace.output(taken)).toString()).toBe('mine');
  });

  test('much goes in and comes out, of several at once', async () => {
    const sandbox = await start();
    const text = `${'x'.repeat(39_999)}\n`.repeat(100);
    const jobs = await Promise.all(
      [1, 2, 3].map(() =>
        workspace.job(join(programs, 'ordinary'), text, { maxOutputBytes: 2 * text.length }),
      ),
    );
    for (const report of await Promise.all(jobs.map((job) => sandbox.run(job))))
      expect(report).toMatchObject({ reason: 'completed', bytesIn: text.length, bytesOut: text.length + 11 });
    for (const job of jobs)
      expect((await workspace.output(job)).equals(Buffer.from(`${text}100 10.000\n`))).toBe(true);
  });
});
