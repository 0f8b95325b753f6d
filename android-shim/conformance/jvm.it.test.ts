// Java behind the lock: every attempt of jvm/Attempts.java, and what ordinary programs do (jvm/Ordinary.java).

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC, jvmFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { jvmAttacks } from '../../lab/sandbox-lab/attacks/jvm.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { testAttacks } from './attack-tests.ts';

const MIB = 1024 * 1024;
let workspace: Workspace;
let program: string;
let ordinary: string;
let launcher: LauncherTester;

beforeAll(async () => {
  workspace = await Workspace.open();
  ordinary = join(await buildC('android-shim/conformance'), 'jvm', 'ordinary.jar');
  program = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(program, ['--runtime', `jvm=${jvmFolder()}`]);
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'jvm'], lacks: {} });
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

const job = (jar: string, input: string, limits: Partial<SandboxJob> = {}) =>
  workspace.job(jar, input, { runtime: 'jvm', ...limits });

async function run(name: string, limits: Partial<SandboxJob> = {}) {
  const made = await job(ordinary, name, limits);
  const report = await launcher.run(made);
  return { report, output: (await readFile(made.outputPath)).toString() };
}

testAttacks(jvmAttacks, 60, () => ({ runtimes: { jvm: jvmFolder() } }));

describe('the two phases', () => {
  test('a process that was started ahead takes one service, and ends with it', async () => {
    const spare = launcher.warm(64 * MIB, 'jvm');
    await spare.ready;
    expect(launcher.children()).toHaveLength(1);
    const made = await job(ordinary, 'echo\nwarm');
    const { report } = launcher.start(made, spare.number);
    expect(await report).toMatchObject({ reason: 'completed', bytesIn: 9, bytesOut: 6 });
    expect(launcher.children()).toEqual([]);
  });

  test('at the lock there are two pipes, and no more', async () => {
    const spare = launcher.warm(64 * MIB, 'jvm');
    await spare.ready;
    const [pid] = launcher.children();
    const { stdout } = await promisify(execFile)('sh', ['-c', `cd /proc/${pid}/fd && readlink *`]);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^pipe:/),
      expect.stringMatching(/^pipe:/),
    ]);
    launcher.cancel(spare.number);
    expect(await spare.report).toMatchObject({ reason: 'cancelled' });
  });

  test('the published table has twelve calls at most, and says what its start may do', async () => {
    const { stdout } = await promisify(execFile)(program, ['--policy', 'jvm']);
    const policy = JSON.parse(stdout);
    expect(policy.allowed.length).toBeLessThanOrEqual(12);
    const start = new Map<string, string>(
      policy.start.map((call: { name: string; errno: string }) => [call.name, call.errno]),
    );
    expect([start.get('io_uring_setup'), start.get('socket')]).toEqual(['ENOSYS', 'EAFNOSUPPORT']);
  });

  test('a folder without a JVM is not offered, with the reason', async () => {
    const other = new LauncherTester(program, ['--runtime', `jvm=${workspace.folder}`]);
    expect(await other.hello).toMatchObject({
      runtimes: expect.not.arrayContaining(['jvm']),
      lacks: { jvm: expect.stringMatching(/ld-linux/) },
    });
    expect(await other.close()).toBe(0);
  });
});

describe('services', () => {
  test('a program of most of the JDK passes in 64 MB, and asks for nothing else', async () => {
    const { report, output } = await run('everything');
    expect(output).not.toContain('not ');
    expect(output.split(' ').length).toBeGreaterThan(50);
    expect(report).toMatchObject({ reason: 'completed', exitCode: 0, errnoHits: {} });
  });

  test.each([
    ['the whole input, and no arguments', 'echo\nä b', 'ä b 0'],
    ['shutdown hooks', 'hooks', 'main, hook'],
    ['an exit of its own', 'exit', 'before'],
    ['a wait without a call', 'spin-on-yield', 'yielded'],
  ])('%s', async (_name, input, output) => {
    expect(await run(input)).toMatchObject({ report: { reason: 'completed', exitCode: 0 }, output });
  });

  test.each([
    ['what it throws', 'throw', 1, 'IllegalStateException: no such colour'],
    ['its exit code and last words', 'words', 3, 'last words'],
    ['words that came one by one', 'many-words', 4, '0123456789'.repeat(9)],
  ])('fails with %s', async (_name, input, exitCode, sentence) => {
    const { report } = await run(input);
    expect(report).toMatchObject({ reason: 'failed', exitCode, message: expect.stringContaining(sentence) });
  });

  test.each([
    ['no jar', 'just words', /not a jar/],
    ['half a jar', 'PK\x05\x06 but no more', /not a jar|cut short/],
  ])('fails with %s', async (_name, code, sentence) => {
    const made = await job('', '');
    const { inputPath: jar } = await job('', code);
    const report = await launcher.run({ ...made, program: jar });
    expect(report).toMatchObject({ reason: 'failed', message: expect.stringMatching(sentence) });
  });
});
