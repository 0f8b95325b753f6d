// Jobs whose program and input come as pieces, and whose output goes so: the real launcher, spoken with directly.

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { poll } from '#base';
import { buildC, nodejsFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { encodePiece } from '../../lab/sandbox-lab/launcher/launcher-frames.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

const WINDOW = 64 * 1024;
let program = '';
let attempts = '';
let wordcount = '';
let workspace: Workspace;
let launcher: LauncherTester;

beforeAll(async () => {
  program = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  attempts = join(await buildC('android-shim/conformance'), 'attempts');
  wordcount = join(await buildC('services/wordcount'), 'wordcount');
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());
beforeEach(async () => {
  launcher = new LauncherTester(program, ['--bytes']);
  await launcher.hello;
});
afterEach(async () => {
  expect(launcher.children()).toEqual([]);
  expect(await launcher.close()).toBe(0);
});

const attempt = (name: string, limits = {}) => workspace.job(attempts, name, limits);
const memoryFiles = (): number =>
  readdirSync(`/proc/${launcher.pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${launcher.pid}/fd/${fd}`).startsWith('/memfd:');
    } catch {
      return false;
    }
  }).length;

test('a service runs as it does by paths, and no file is made', async () => {
  const hello = await launcher.hello;
  expect(hello).toMatchObject({ available: true, lacks: {} });
  expect(hello.runtimes).toEqual(['native', 'go']);
  const text = 'one two two\nthree three three\n'.repeat(3000);
  const job = await workspace.job(wordcount, text);
  const carried = launcher.carry(job);
  const report = await carried.report;
  const byPath = await workspace.job(wordcount, text);
  const other = await launcher.run(byPath);
  for (const field of ['reason', 'exitCode', 'bytesIn', 'bytesOut', 'layers', 'errnoHits'] as const)
    expect([field, report[field]]).toEqual([field, other[field]]);
  expect(carried.output()).toEqual(await workspace.output(byPath));
  expect(existsSync(job.outputPath)).toBe(false);
  expect(memoryFiles()).toBe(0);
});

test.each([
  ['open-file', { reason: 'syscall-denied', syscall: 'openat' }],
  ['socket-inet', { reason: 'syscall-denied', syscall: 'socket' }],
  ['memory-bomb', { reason: 'out-of-memory' }],
  ['exit-code', { reason: 'failed', exitCode: 7 }],
  ['null-pointer', { reason: 'crashed', signal: 'SIGSEGV' }],
  ['output-flood', { reason: 'output-limit', bytesOut: 1000 }],
])('a hostile one is stopped and named: %s', async (name, report) => {
  const carried = launcher.carry(await attempt(name, { maxOutputBytes: 1000 }));
  expect(await carried.report).toMatchObject(report);
  expect(carried.output().length).toBe((await carried.report).bytesOut);
});

test.each([
  ['by the tracer', ['--listener', 'trace', '--bytes'], ['native']],
  ['with a runtime that starts before its code', ['--bytes', '--runtime'], ['native', 'go', 'nodejs']],
])('%s, too', async (_what, args, runtimes) => {
  const all = args.includes('--runtime') ? [...args, `nodejs=${nodejsFolder()}`] : args;
  const other = new LauncherTester(program, all);
  try {
    expect((await other.hello).runtimes).toEqual(runtimes);
    const carried = other.carry(await workspace.job(wordcount, 'a b'));
    expect(await carried.report).toMatchObject({ reason: 'completed', bytesIn: 3 });
    if (!runtimes.includes('nodejs')) return;
    const script = await workspace.file(
      'carried.js',
      'module.exports = (input) => new TextDecoder().decode(input)',
    );
    const twice = other.carry(await workspace.job(script, 'said', { runtime: 'nodejs' }));
    expect(await twice.report).toMatchObject({ reason: 'completed', bytesIn: 4, bytesOut: 4 });
    expect(twice.output().toString()).toBe('said');
  } finally {
    expect(await other.close()).toBe(0);
  }
});

test('a process that waits takes the program', async () => {
  const job = await workspace.job(wordcount, 'a b');
  const spare = launcher.warm(job.memoryBytes, 'native');
  await spare.ready;
  const [pid] = launcher.children();
  const { number, report } = launcher.announce(job, sizes(job), spare.number);
  expect(launcher.children()).toEqual([pid]);
  sendFiles(number, job);
  expect(await report).toMatchObject({ reason: 'completed' });
});

const sizes = (job: { program: string; inputPath: string }) => ({
  programBytes: readFileSync(job.program).length,
  inputBytes: readFileSync(job.inputPath).length,
});
function sendFiles(number: number, job: { program: string; inputPath: string }): void {
  for (const [file, path] of [
    [1, job.program],
    [2, job.inputPath],
  ] as const) {
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += 16_000)
      launcher.send(encodePiece(number, file, at, bytes.subarray(at, at + 16_000)));
  }
}

test('who does not take output slows the service, and gets all of it in the end', async () => {
  launcher.takes = false;
  const lines = `${'x'.repeat(3999)}\n`.repeat(100);
  const { number, report, output } = launcher.carry(await workspace.job(ordinary(), lines));
  await poll(() => (output().length === WINDOW ? true : undefined), {
    everyMs: 5,
    timeoutMs: 20_000,
    what: 'a full window',
  });
  // The service has more to say, and waits: its CPU clock stands still, and nothing more comes.
  const [service = 0] = launcher.children();
  const state = () => / ([SR]) /.exec(readFileSync(`/proc/${service}/stat`, 'utf8'))?.[1];
  await poll(() => (state() === 'S' ? true : undefined), { everyMs: 5, timeoutMs: 20_000, what: 'its wait' });
  expect(output().length).toBe(WINDOW);
  launcher.takes = true;
  launcher.take(number, WINDOW);
  expect(await report).toMatchObject({ reason: 'completed', bytesOut: lines.length + 11 });
  expect(output().toString()).toBe(`${lines}100 10.000\n`);
});

/** Says its input again, sorted, and something about it. */
const ordinary = (layout = '') => attempts.replace(/attempts$/, `ordinary${layout}`);

test.each(['', '-anywhere', '-coarse'])('however it lies in memory: ordinary%s', async (layout) => {
  const carried = launcher.carry(await workspace.job(ordinary(layout), 'b\na\n'));
  expect(await carried.report).toMatchObject({ reason: 'completed' });
  expect(carried.output().toString()).toBe('a\nb\n2 1.414\n');
});

test('hostile transfers end their job, say why, and leave nothing', async () => {
  const job = await attempt('success');
  const piece = (number: number, file: number, at: number, length = 10) =>
    launcher.send(encodePiece(number, file, at, new Uint8Array(length)));
  const tries: [what: RegExp, send: (number: number) => void][] = [
    [/more of its files/, (it) => piece(it, 1, 0, 101)],
    [/more of its files/, (it) => piece(it, 2, 0, 5)],
    [/missing, or came twice/, (it) => piece(it, 1, 0) ?? piece(it, 1, 0)],
    [/missing, or came twice/, (it) => piece(it, 1, 90)],
    // Whole, but no program.
    [/program/, (it) => piece(it, 2, 0, 4) ?? piece(it, 1, 0, 100)],
  ];
  for (const [what, send] of tries) {
    const { number, report } = launcher.announce(job, { programBytes: 100, inputBytes: 4 });
    send(number);
    expect(await report).toMatchObject({ reason: 'sandbox-error', message: expect.stringMatching(what) });
    piece(number, 1, 10); // what was under way
  }
  const half = launcher.announce(job, { programBytes: 100, inputBytes: 4 });
  piece(half.number, 1, 0);
  launcher.cancel(half.number);
  expect(await half.report).toMatchObject({ reason: 'cancelled', wallMs: 0, layers: [] });
  piece(half.number, 1, 10);
  piece(987_654, 1, 0); // of nobody
  launcher.take(987_654, 1);
  for (const programBytes of [(64 << 20) + 1, 2 ** 39])
    expect(await launcher.announce(job, { programBytes, inputBytes: 0 }).report).toMatchObject({
      reason: 'sandbox-error',
      message: expect.stringContaining('memory'),
    });
  const late = launcher.carry(await attempt('spin-for-ever'));
  piece(late.number, 2, sizes(job).inputBytes);
  expect(await late.report).toMatchObject({
    reason: 'sandbox-error',
    message: expect.stringContaining('after the last'),
  });
  expect(memoryFiles()).toBe(0);
});

test('so many at once, and no more', async () => {
  const job = await attempt('success');
  const begun = Array.from({ length: 30 }, () =>
    launcher.announce(job, { programBytes: 1000, inputBytes: 1 }),
  );
  for (const refused of begun.slice(28))
    expect(await refused.report).toMatchObject({ reason: 'sandbox-error', message: /too many/ });
  for (const { number } of begun.slice(0, 28)) launcher.cancel(number);
  for (const { report } of begun.slice(0, 28)) expect(await report).toMatchObject({ reason: 'cancelled' });
  expect(memoryFiles()).toBe(0);
});

test('a launcher that was not told to keep files refuses them', async () => {
  const other = new LauncherTester(program);
  await other.hello;
  const carried = other.carry(await attempt('success'));
  expect(await carried.report).toMatchObject({
    reason: 'sandbox-error',
    message: 'this launcher was not told to keep files in memory',
  });
  expect(await other.close()).toBe(0);
});

test('its owner’s end in the middle of a transfer is the end', async () => {
  const other = new LauncherTester(program, ['--bytes']);
  await other.hello;
  other.announce(await attempt('success'), { programBytes: 1000, inputBytes: 0 });
  expect(await other.close()).toBe(0);
});

test('more output taken than was sent is no supervisor of ours', async () => {
  const other = new LauncherTester(program, ['--bytes']);
  await other.hello;
  const { number } = other.carry(await attempt('spin-for-ever'));
  await poll(() => other.children()[0], { everyMs: 2, timeoutMs: 10_000, what: 'the service' });
  other.take(number, 1);
  expect(await other.exited).toBe(2);
});
