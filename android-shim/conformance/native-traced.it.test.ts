// Kernels whose filters can't notify (before 5.5): calls are seen by ptrace instead. The same attacks, the same promises.

import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poll } from '#base';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import {
  buildC,
  jvmFolder,
  nodejsFolder,
  pythonFolder,
  Workspace,
} from '../../device-agent/sandbox/sandbox-tester.ts';
import { nativeAttacks } from '../../lab/sandbox-lab/attacks/native.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { testAttacks } from './attack-tests.ts';

const MIB = 1024 * 1024;
let launcher: LauncherTester;
let launcherPath = '';
let folder = '';
let workspace: Workspace;
let descriptors = 0;

beforeAll(async () => {
  launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  folder = await buildC('android-shim/conformance');
  workspace = await Workspace.open();
  launcher = new LauncherTester(launcherPath, ['--listener', 'trace']);
  expect(await launcher.hello).toMatchObject({ available: true, message: '' });
  descriptors = launcher.descriptors();
});
afterAll(async () => {
  expect(launcher.children()).toEqual([]);
  expect(launcher.descriptors()).toBe(descriptors);
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

const attempt = (name: string, limits: Partial<SandboxJob> = {}) =>
  workspace.job(join(folder, 'attempts'), name, limits);

const onlyChild = (of: LauncherTester) =>
  poll(() => of.children()[0], { everyMs: 5, timeoutMs: 30_000, what: 'the service' });

const gone = (pid: number) =>
  poll(() => (existsSync(`/proc/${pid}`) ? undefined : true), {
    everyMs: 10,
    timeoutMs: 30_000,
    what: `end of ${pid}`,
  });

testAttacks(nativeAttacks, 60, () => ({}), { listener: 'trace' });

test('how calls are seen is told', async () => {
  const own = new LauncherTester(launcherPath);
  expect((await own.hello).layers).toContain('seccomp-notify');
  expect(await own.close()).toBe(0);
  const { layers } = await launcher.hello;
  expect(layers).toContain('seccomp-trace');
  expect(layers).not.toContain('seccomp-notify');
  expect((await launcher.run(await attempt('success'))).layers).toEqual(layers);
});

test('a service is traced by the launcher, and has its two descriptors', async () => {
  const { number, report } = launcher.start(await attempt('spin-for-ever'));
  const service = await onlyChild(launcher);
  const running = () =>
    readdirSync(`/proc/${service}/fd`).join() === '0,1'
      ? readFile(`/proc/${service}/status`, 'utf8')
      : undefined;
  const status = await poll(running, { everyMs: 5, timeoutMs: 30_000, what: 'its program' });
  expect(status).toMatch(new RegExp(`^TracerPid:\\s${launcher.pid}$`, 'm'));
  expect(status).toMatch(/^Seccomp:\s2$/m);
  expect(status).toMatch(/^CapEff:\s0+$/m);
  launcher.cancel(number);
  expect(await report).toMatchObject({ reason: 'cancelled' });
});

test('an ordinary program does not notice, and what was answered is counted', async () => {
  const job = await workspace.job(join(folder, 'ordinary'), 'pear\napple\nquince\nfig\n');
  const report = await launcher.run(job);
  expect(report).toMatchObject({ reason: 'completed', exitCode: 0, bytesIn: 22, errnoHits: { mremap: 1 } });
  expect((await readFile(job.outputPath)).toString()).toBe('apple\nfig\npear\nquince\n4 2.000\n');
  // Measured at its end: it is too short for the monitor.
  expect(report.peakMemoryBytes).toBeGreaterThan(0);
});

test('memory and output stop at their limits', async () => {
  const report = await launcher.run(await attempt('memory-bomb', { memoryBytes: 16 * MIB }));
  expect(report.reason).toBe('out-of-memory');
  expect(report.peakMemoryBytes).toBeLessThan(40 * MIB);
  const flood = await launcher.run(await attempt('output-flood', { maxOutputBytes: 100_001 }));
  expect(flood).toMatchObject({ reason: 'output-limit', bytesOut: 100_001 });
});

test('a process that is stopped and goes on does not escape its tracer', async () => {
  const { number, report } = launcher.start(await attempt('spin-for-ever'));
  const service = await onlyChild(launcher);
  const state = (wanted: RegExp) =>
    poll(async () => wanted.test(await readFile(`/proc/${service}/stat`, 'utf8')) || undefined, {
      ...{ everyMs: 5, timeoutMs: 30_000, what: `a state like ${wanted}` },
    });
  process.kill(service, 'SIGSTOP');
  await state(/\) [Tt] /);
  process.kill(service, 'SIGCONT');
  await state(/\) R /);
  launcher.cancel(number);
  expect(await report).toMatchObject({ reason: 'cancelled' });
});

test('many at once, of all ends', { timeout: 120_000 }, async () => {
  const mix = ['success', 'exit-code', 'open-file', 'null-pointer', 'fork', 'abort', 'output-flood'];
  const ends = [
    'completed',
    'failed',
    'syscall-denied',
    'crashed',
    'syscall-denied',
    'crashed',
    'output-limit',
  ];
  for (let round = 0; round < 30; round++) {
    const jobs = await Promise.all(mix.map((name) => attempt(name, { maxOutputBytes: 1000 })));
    const reports = await Promise.all(jobs.map((job) => launcher.run(job)));
    expect(reports.map(({ reason }) => reason)).toEqual(ends);
  }
  expect(launcher.descriptors()).toBe(descriptors);
});

test('none can wait for its program, and a service that names one starts cold', async () => {
  const spare = launcher.warm(64 * MIB, 'native');
  expect(await spare.report).toMatchObject({
    reason: 'sandbox-error',
    message: expect.stringMatching(/can't wait/),
  });
  const { report } = launcher.start(await attempt('success'), spare.number);
  expect(await report).toMatchObject({ reason: 'completed' });
});

describe('nothing outlives the launcher', () => {
  test.each(['kill -9', 'end of the control pipe'])('%s', async (how) => {
    const own = new LauncherTester(launcherPath, ['--listener', 'trace']);
    await own.hello;
    own.start(await attempt('spin-for-ever'));
    const service = await onlyChild(own);
    if (how === 'kill -9') own.kill();
    expect(await (how === 'kill -9' ? own.exited : own.close())).toBe(how === 'kill -9' ? 'SIGKILL' : 0);
    await gone(service);
  });
});

test('without namespaces, as on most phones', async () => {
  const without =
    'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all "$@"';
  const command = ['-U', '--map-root-user', 'sh', '-c', without, 'sh', launcherPath, '--listener', 'trace'];
  const phone = new LauncherTester('unshare', command);
  const { available, message, layers } = await phone.hello;
  expect({ available, message }).toEqual({ available: true, message: '' });
  expect(layers).not.toContain('pid-namespace');
  const run = async (name: string) => phone.run(await attempt(name));
  expect(await run('success')).toMatchObject({ reason: 'completed' });
  expect(await run('open-file')).toMatchObject({ reason: 'syscall-denied', syscall: 'openat' });
  expect(await run('null-pointer')).toMatchObject({ reason: 'crashed', signal: 'SIGSEGV' });
  expect(await run('memory-bomb')).toMatchObject({ reason: 'out-of-memory' });
  expect(await phone.close()).toBe(0);
});

test('two-phase runtimes, thread by thread', { timeout: 60_000 }, async () => {
  const places = { nodejs: nodejsFolder(), wasm: nodejsFolder(), jvm: jvmFolder(), python: pythonFolder() };
  const named = Object.entries(places).flatMap(([name, path]) => ['--runtime', `${name}=${path}`]);
  const own = new LauncherTester(launcherPath, ['--listener', 'trace', ...named]);
  // Offered is what answered, and was stopped by name when it opened a file.
  const { runtimes, lacks } = await own.hello;
  expect(runtimes).toEqual(['native', ...Object.keys(places)]);
  expect(lacks).toEqual({ go: expect.stringMatching(/traced/) });
  const script = join(workspace.folder, 'words.js');
  await writeFile(script, "module.exports = () => { throw new Error('said at the end'); };\n");
  const report = await own.run(await workspace.job(script, '', { runtime: 'nodejs' }));
  expect(report).toMatchObject({ reason: 'failed', message: expect.stringContaining('said at the end') });
  const spare = own.warm(64 * MIB, 'jvm');
  await spare.ready;
  own.cancel(spare.number);
  expect(await spare.report).toMatchObject({ reason: 'cancelled' });
  expect(own.children()).toEqual([]);
  expect(await own.close()).toBe(0);
});

describe('an older kernel', () => {
  const on = (...words: string[]) => new LauncherTester(join(folder, 'old-kernel'), [...words, launcherPath]);

  test('is found out, and services are traced', async () => {
    const old = on();
    const hello = await old.hello;
    expect(hello).toMatchObject({ available: true, message: '' });
    expect(hello.layers).toContain('seccomp-trace');
    expect(await old.run(await attempt('success'))).toMatchObject({ reason: 'completed' });
    const denied = await old.run(await attempt('open-file'));
    expect(denied).toMatchObject({ reason: 'syscall-denied', syscall: 'openat' });
    expect(await old.run(await attempt('memory-bomb'))).toMatchObject({ reason: 'out-of-memory' });
    expect(await old.run(await attempt('null-pointer'))).toMatchObject({ signal: 'SIGSEGV' });
    old.start(await attempt('spin-for-ever'));
    const service = await onlyChild(old);
    old.kill();
    await gone(service);
  });

  test.each([
    ['no-ptrace', /the kernel has no pidfd; by ptrace: .*ptrace: Operation not permitted/],
    ['no-seccomp', /the kernel has no pidfd; by ptrace: .*seccomp: Function not implemented/],
  ])('one that can do neither runs nothing: %s', async (lack, why) => {
    const old = on(lack);
    const hello = await old.hello;
    expect(hello).toMatchObject({ available: false, layers: [], runtimes: [] });
    expect(hello.message).toMatch(why);
    const report = await old.run(await attempt('success'));
    expect(report).toMatchObject({ reason: 'sandbox-error', message: hello.message, layers: [] });
    expect(await old.close()).toBe(0);
  });

  test('what was asked for is not replaced by something else', async () => {
    const old = new LauncherTester(join(folder, 'old-kernel'), [launcherPath, '--listener', 'notify']);
    expect(await old.hello).toMatchObject({ available: false, message: 'the kernel has no pidfd' });
    expect(await old.close()).toBe(0);
    const wrong = new LauncherTester(launcherPath, ['--listener', 'none']);
    expect(await wrong.exited).toBe(64);
  });
});
