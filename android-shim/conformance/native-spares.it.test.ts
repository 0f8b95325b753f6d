// Native processes that wait for their program: locked before it is there, one program each, nothing of the launcher's.

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC } from '../../device-agent/sandbox/sandbox-tester.ts';
import { launcherBench } from './launcher-bench.ts';

const MIB = 1024 * 1024;
const bench = launcherBench();
let folder = '';

beforeAll(async () => {
  folder = await buildC('android-shim/conformance');
});

const attempt = (name: string, limits: Partial<SandboxJob> = {}) =>
  bench.workspace.job(join(folder, 'attempts'), name, limits);

async function waiting(memoryBytes = 64 * MIB) {
  const spare = bench.launcher.warm(memoryBytes, 'native');
  await spare.ready;
  const pid = bench.launcher.children().at(-1) ?? -1;
  return { ...spare, pid };
}

test('it takes one program, under the layers of a cold start', async () => {
  const cold = await bench.launcher.run(await attempt('success'));
  const spare = await waiting();
  const job = await bench.workspace.job(join(folder, 'ordinary'), 'pear\napple\nquince\nfig\n');
  const report = await bench.launcher.start(job, spare.number).report;
  expect(report).toMatchObject({ reason: 'completed', exitCode: 0, layers: cold.layers, bytesIn: 22 });
  expect((await readFile(job.outputPath)).toString()).toBe('apple\nfig\npear\nquince\n4 2.000\n');
  expect(bench.launcher.children()).toEqual([]);
  // The next finds it gone, and starts cold.
  const next = bench.launcher.start(await attempt('success'), spare.number);
  expect(await next.report).toMatchObject({ reason: 'completed' });
});

// Position independent; and aligned as only the kernel's own exec loads it: that one starts cold, and the process has ended.
test.each([
  ['ordinary-anywhere', 'taken'],
  ['ordinary-coarse', 'cancelled'],
])('other layouts: %s', async (program, fate) => {
  const spare = await waiting();
  const job = await bench.workspace.job(join(folder, program), 'fig\napple\n');
  expect(await bench.launcher.start(job, spare.number).report).toMatchObject({
    reason: 'completed',
    exitCode: 0,
  });
  expect((await readFile(job.outputPath)).toString()).toMatch(/^apple\nfig\n/);
  if (fate === 'cancelled')
    expect(await spare.report).toMatchObject({
      reason: 'cancelled',
      message: expect.stringContaining('kernel'),
    });
});

test('while it waits it is locked, and holds its own pipes only', async () => {
  const spare = await waiting();
  const status = await readFile(`/proc/${spare.pid}/status`, 'utf8');
  expect(status).toMatch(/^Seccomp:\s2$/m);
  expect(status).toMatch(/^NoNewPrivs:\s1$/m);
  expect(status).toMatch(/^CapEff:\s0+$/m);
  expect(readdirSync(`/proc/${spare.pid}/fd`)).toEqual(['0', '1']);
  bench.launcher.cancel(spare.number);
  expect(await spare.report).toMatchObject({ reason: 'cancelled', layers: [] });
});

test.each([
  ['open-file', { reason: 'syscall-denied', syscall: 'openat' }],
  ['memory-bomb', { reason: 'out-of-memory' }],
  ['exit-code', { reason: 'failed', exitCode: 7 }],
  ['null-pointer', { reason: 'crashed', signal: 'SIGSEGV' }],
  ['spin', { reason: 'cpu-timeout' }],
])('limits are those of its job: %s', async (name, expected) => {
  const spare = await waiting();
  const job = await attempt(name, name === 'spin' ? { cpuMs: 50 } : {});
  expect(await bench.launcher.start(job, spare.number).report).toMatchObject(expected);
});

test.each([
  ['dynamic', /not static/],
  ['../../attempts.c', /not an ELF/],
  ['none', /program: No such file/],
])('what is no program uses it up: %s', async (name, message) => {
  const spare = await waiting();
  const report = await bench.launcher.start(await bench.workspace.job(join(folder, name), ''), spare.number)
    .report;
  expect(report).toMatchObject({ reason: 'sandbox-error', layers: [], wallMs: 0 });
  expect(report.message).toMatch(message);
});

test('a signal that interrupts its waiting does it no harm', async () => {
  const spare = await waiting();
  for (const signal of ['SIGSTOP', 'SIGCONT', 'SIGSTOP', 'SIGCONT'] as const) process.kill(spare.pid, signal);
  const report = await bench.launcher.start(await attempt('success'), spare.number).report;
  expect([report.reason, report.message]).toEqual(['completed', undefined]);
});

// While it takes its program, the launcher does nothing else: a stopped one would keep everybody waiting.
test('one that somebody stops is told to go on', async () => {
  const spare = await waiting();
  process.kill(spare.pid, 'SIGSTOP');
  const { report } = bench.launcher.start(await attempt('success'), spare.number);
  const other = bench.launcher.run(await attempt('success'));
  expect(await other).toMatchObject({ reason: 'completed' });
  expect(await report).toMatchObject({ reason: 'completed', exitCode: 0 });
});

test('one that was killed is reported; its service starts cold', async () => {
  const spare = await waiting();
  process.kill(spare.pid, 'SIGKILL');
  const { report } = bench.launcher.start(await attempt('success'), spare.number);
  expect([(await report).reason, (await report).message]).toEqual(['completed', undefined]);
  expect(await spare.report).toMatchObject({ reason: 'sandbox-error' });
});

test('one of another size is left alone; its service starts cold', async () => {
  const spare = await waiting(32 * MIB);
  expect(await bench.launcher.start(await attempt('success'), spare.number).report).toMatchObject({
    reason: 'completed',
  });
  expect(bench.launcher.children()).toEqual([spare.pid]);
  bench.launcher.cancel(spare.number);
  expect(await spare.report).toMatchObject({ reason: 'cancelled' });
});

test('one that is not yet there when its service comes is not missed', async () => {
  const spare = bench.launcher.warm(64 * MIB, 'native');
  const { report } = bench.launcher.start(await attempt('success'), spare.number);
  expect([(await report).reason, (await report).message]).toEqual(['completed', undefined]);
  const cancelled = bench.launcher.warm(64 * MIB, 'native');
  bench.launcher.cancel(cancelled.number);
  expect(await cancelled.report).toMatchObject({ reason: 'cancelled' });
});

test('it is started although services come without a pause', async () => {
  let going = true;
  const busy = (async () => {
    while (going) await bench.launcher.run(await attempt('success'));
  })();
  const spare = await waiting();
  going = false;
  await busy;
  const pid = await poll(() => bench.launcher.children()[0], {
    everyMs: 5,
    timeoutMs: 30_000,
    what: 'the spare',
  });
  expect(pid).toBeGreaterThan(0);
  bench.launcher.cancel(spare.number);
  expect(await spare.report).toMatchObject({ reason: 'cancelled' });
});
