// Native programs: every attempt of attempts.c, then limits, what is no service, and that nothing outlives the launcher.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poll } from '#base';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { nativeAttacks } from '../../lab/sandbox-lab/attacks/native.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { testAttacks } from './attack-tests.ts';

let launcher: LauncherTester;
let launcherPath = '';
let folder = '';
let workspace: Workspace;

beforeAll(async () => {
  launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  folder = await buildC('android-shim/conformance');
  workspace = await Workspace.open();
  launcher = new LauncherTester(launcherPath);
  expect(await launcher.hello).toMatchObject({ protocol: 4, available: true, message: '' });
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

const attempt = (name: string, limits: Partial<SandboxJob> = {}) =>
  workspace.job(join(folder, 'attempts'), name, limits);

const gone = (pid: number) =>
  poll(() => (existsSync(`/proc/${pid}`) ? undefined : true), {
    everyMs: 10,
    timeoutMs: 30_000,
    what: `end of ${pid}`,
  });

/** The service that runs now: the launcher's only child. */
const onlyChild = (of: LauncherTester) =>
  poll(() => of.children()[0], { everyMs: 5, timeoutMs: 30_000, what: 'the service' });

testAttacks(nativeAttacks, 60, () => ({}));
testAttacks(nativeAttacks, 60, () => ({}), { warm: true });

describe('limits', () => {
  test('memory is capped, and the report says how far it went', async () => {
    const report = await launcher.run(await attempt('memory-bomb', { memoryBytes: 16 * 1024 * 1024 }));
    expect(report.reason).toBe('out-of-memory');
    expect(report.peakMemoryBytes).toBeGreaterThan(8 * 1024 * 1024);
    expect(report.peakMemoryBytes).toBeLessThan(40 * 1024 * 1024);
  });

  test('output stops exactly at its limit', async () => {
    const job = await attempt('output-flood', { maxOutputBytes: 100_001 });
    expect(await launcher.run(job)).toMatchObject({ reason: 'output-limit', bytesOut: 100_001 });
    expect((await readFile(job.outputPath)).length).toBe(100_001);
  });

  test('output of exactly the limit is fine', async () => {
    const job = await attempt('success', { maxOutputBytes: 3 });
    expect(await launcher.run(job)).toMatchObject({ reason: 'completed', bytesOut: 3 });
    expect(await launcher.run(await attempt('success', { maxOutputBytes: 2 }))).toMatchObject({
      reason: 'output-limit',
      bytesOut: 2,
    });
  });

  test('a long run tells of its progress, and can be cancelled', async () => {
    launcher.progress.length = 0;
    const { number, report } = launcher.start(await attempt('spin-for-ever'));
    await poll(() => launcher.progress[1], { everyMs: 10, timeoutMs: 30_000, what: 'progress' });
    launcher.cancel(number);
    launcher.cancel(number); // twice is harmless
    expect(await report).toMatchObject({ reason: 'cancelled' });
    expect(launcher.progress[1]?.cpuMs).toBeGreaterThan(0);
    launcher.cancel(number); // and after its end
  });
});

describe('what is no service', () => {
  const refused = async (job: SandboxJob, message: RegExp) => {
    const report = await launcher.run(job);
    expect(report).toMatchObject({ reason: 'sandbox-error', layers: [], wallMs: 0 });
    expect(report.message).toMatch(message);
  };

  test('a dynamic program', async () =>
    refused(await workspace.job(join(folder, 'dynamic'), ''), /not static/));
  test('a script', async () =>
    refused(await workspace.job(join(folder, '../../attempts.c'), ''), /not an ELF/));
  test('a folder', async () => refused(await workspace.job(folder, ''), /not a regular file/));
  test('nothing', async () => refused(await workspace.job('/none', ''), /program: No such file/));
  test('an input that is a device', async () =>
    refused({ ...(await attempt('success')), inputPath: '/dev/zero' }, /input file: not a regular/));
  test('an output that is there already', async () => {
    const job = await attempt('success');
    await refused({ ...job, outputPath: job.inputPath }, /output file: File exists/);
    expect((await readFile(job.inputPath)).toString()).toBe('success');
  });
  // It is made with the first byte, so that nobody waits for it.
  test('an output whose folder is not there', async () => {
    const report = await launcher.run({ ...(await attempt('success')), outputPath: '/none/output' });
    expect(report).toMatchObject({
      reason: 'sandbox-error',
      message: expect.stringMatching(/output file: No such/),
    });
  });
});

describe('nothing outlives the launcher', () => {
  test('kill -9', async () => {
    const own = new LauncherTester(launcherPath);
    await own.hello;
    own.start(await attempt('spin-for-ever'));
    const service = await onlyChild(own);
    own.kill();
    expect(await own.exited).toBe('SIGKILL');
    await gone(service);
  });

  test('the supervisor closes the control pipe', async () => {
    const own = new LauncherTester(launcherPath);
    await own.hello;
    own.start(await attempt('spin-for-ever'));
    const service = await onlyChild(own);
    expect(await own.close()).toBe(0);
    await gone(service);
  });

  test.each([
    ['no frame', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an empty frame', Buffer.from([0, 0, 0, 0])],
    ['an unknown frame', Buffer.from([0, 0, 0, 1, 0x77])],
    ['a short START', Buffer.from([0, 0, 0, 3, 1, 0, 0])],
    ['a long CANCEL', Buffer.from([0, 0, 0, 6, 2, 0, 0, 0, 1, 9])],
  ])('malformed control bytes end everything: %s', async (_what, bytes) => {
    const own = new LauncherTester(launcherPath);
    await own.hello;
    own.start(await attempt('spin-for-ever'));
    const service = await onlyChild(own);
    own.sendRaw(bytes);
    expect(await own.exited).toBe(2);
    await gone(service);
  });
});

test('an ordinary program with stdio and a heap does not notice', async () => {
  const job = await workspace.job(join(folder, 'ordinary'), 'pear\napple\nquince\nfig\n');
  const report = await launcher.run(job);
  expect(report).toMatchObject({ reason: 'completed', exitCode: 0 });
  expect((await readFile(job.outputPath)).toString()).toBe('apple\nfig\npear\nquince\n4 2.000\n');
  expect(report.errnoHits).toMatchObject({ mremap: 1 });
});

test('it holds inside the namespaces of a virtual phone, without root there', async () => {
  const own = ['-U', '-m', '-p', '-f', '--map-user=2000', '--map-group=2000', '--mount-proc'];
  const phone = new LauncherTester('unshare', [...own, launcherPath]);
  expect(await phone.hello).toMatchObject({ available: true, message: '' });
  expect(await phone.run(await attempt('success'))).toMatchObject({ reason: 'completed' });
  expect(await phone.run(await attempt('open-file'))).toMatchObject({
    reason: 'syscall-denied',
    syscall: 'openat',
  });
  expect(await phone.run(await attempt('memory-bomb'))).toMatchObject({ reason: 'out-of-memory' });
  expect(await phone.close()).toBe(0);
});

test('a thousand mixed runs leave no process and no descriptor', { timeout: 120_000 }, async () => {
  const mix = [
    'success',
    'exit-code',
    'open-file',
    'null-pointer',
    'fork',
    'abort',
    'output-flood',
    'environment',
  ];
  const before = launcher.descriptors();
  for (let round = 0; round < 125; round++) {
    const jobs = await Promise.all(mix.map((name) => attempt(name, { maxOutputBytes: 1000 })));
    const reports = await Promise.all(jobs.map((job) => launcher.run(job)));
    expect(reports.map((report) => report.reason)).toEqual([
      'completed',
      'failed',
      'syscall-denied',
      'crashed',
      'syscall-denied',
      'crashed',
      'output-limit',
      'failed',
    ]);
  }
  expect(launcher.descriptors()).toBe(before);
  expect(launcher.children()).toEqual([]);
});
