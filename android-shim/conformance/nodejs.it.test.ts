// JavaScript behind the lock: every attempt of nodejs/attempts.js, with Node's own require at hand, so that the wall is
// tested and not the realm. Then the realm, which hides Node, by itself.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC, nodejsFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { nodejsAttacks } from '../../lab/sandbox-lab/attacks/nodejs.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { freshAttackFiles, testAttacks } from './attack-tests.ts';
import { realmAttempts } from './nodejs-realm.ts';

const script = join(import.meta.dirname, 'nodejs/attempts.js');
const MIB = 1024 * 1024;
let workspace: Workspace;
let launcher: LauncherTester;
/** Its bootstrap hides nothing. */
let open: LauncherTester;

beforeAll(async () => {
  workspace = await Workspace.open();
  const start = (path: string) => new LauncherTester(path, ['--runtime', `nodejs=${nodejsFolder()}`]);
  launcher = start(join(await buildC('android-shim/launcher'), 'abhaya-launcher'));
  const { programs } = await freshAttackFiles();
  open = start(join(programs, 'open', 'abhaya-launcher'));
  for (const one of [launcher, open])
    expect(await one.hello).toMatchObject({ runtimes: ['native', 'go', 'nodejs'], lacks: {} });
});
afterAll(async () => {
  expect(await Promise.all([launcher.close(), open.close()])).toEqual([0, 0]);
  await workspace.close();
});

const job = (program: string, input: string, limits: Partial<SandboxJob> = {}) =>
  workspace.job(program, input, { runtime: 'nodejs', ...limits });

async function service(code: string, limits: Partial<SandboxJob> = {}): Promise<SandboxJob> {
  const made = await job('', 'input', limits);
  const program = `${made.inputPath}.js`;
  await writeFile(program, code);
  return { ...made, program };
}

testAttacks(nodejsAttacks, 50, () => ({ runtimes: { nodejs: nodejsFolder() } }));

describe('the realm', () => {
  test.each(realmAttempts)('hides Node from %s', async (_name, code) => {
    const made = await service(code);
    expect(await launcher.run(made)).toMatchObject({ reason: 'completed' });
    expect((await readFile(made.outputPath)).toString()).toMatch(/^undefined(,undefined)*$/);
  });

  test('Node is there where the bootstrap hides nothing', async () => {
    const made = await service('module.exports = () => typeof process;');
    expect(await open.run(made)).toMatchObject({ reason: 'completed' });
    expect((await readFile(made.outputPath)).toString()).toBe('object');
  });
});

describe('the two phases', () => {
  test('a process that was started ahead takes one service, and ends with it', async () => {
    const spare = launcher.warm(64 * MIB);
    await spare.ready;
    const [waiting] = launcher.children();
    const made = await service('module.exports = (input) => input;');
    const { report } = launcher.start(made, spare.number);
    expect(await report).toMatchObject({ reason: 'completed', bytesIn: 5, bytesOut: 5 });
    expect(waiting).toBeDefined();
    expect(launcher.children()).toEqual([]);
    // The next one finds it gone, and starts cold.
    const next = launcher.start(await service('module.exports = () => "cold";'), spare.number);
    expect(await next.report).toMatchObject({ reason: 'completed' });
  });

  test('a spare that is killed is reported, one that is not wanted can be cancelled', async () => {
    const killed = launcher.warm(64 * MIB);
    await killed.ready;
    process.kill(launcher.children()[0] ?? -1, 'SIGKILL');
    expect(await killed.report).toMatchObject({ reason: 'sandbox-error' });
    const unwanted = launcher.warm(64 * MIB);
    launcher.cancel(unwanted.number);
    expect(await unwanted.report).toMatchObject({ reason: 'cancelled' });
  });

  test('a service that can not be had uses its spare up', async () => {
    const spare = launcher.warm(64 * MIB);
    await spare.ready;
    const { report } = launcher.start(await job('/nowhere.js', ''), spare.number);
    expect(await report).toMatchObject({ reason: 'sandbox-error', message: /program/ });
    expect(launcher.children()).toEqual([]);
  });

  test('at the lock there are two pipes and event loops, and no more', async () => {
    const spare = launcher.warm(64 * MIB);
    await spare.ready;
    const [pid] = launcher.children();
    const { stdout } = await promisify(execFile)('sh', ['-c', `readlink /proc/${pid}/fd/*`]);
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((kind) => !/^(pipe:|anon_inode:\[event)/.test(kind)),
    ).toEqual([]);
    launcher.cancel(spare.number);
    await spare.report;
  });

  test('the published table has twelve calls at most, and says what its start may do', async () => {
    const path = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
    const { stdout } = await promisify(execFile)(path, ['--policy', 'nodejs']);
    const policy = JSON.parse(stdout);
    expect(policy.allowed.length).toBeLessThanOrEqual(12);
    expect(policy.start.find((call: { name: string }) => call.name === 'io_uring_setup').errno).toBe(
      'ENOSYS',
    );
  });
});

describe('services', () => {
  test('an ordinary program of many libraries passes, and asks for nothing else', async () => {
    const program = join(workspace.folder, 'ordinary.js');
    const entryPoints = [join(import.meta.dirname, 'nodejs-ordinary.ts')];
    await esbuild({ entryPoints, bundle: true, format: 'cjs', platform: 'browser', outfile: program });
    const made = await workspace.job(program, await readFile(script), {
      runtime: 'nodejs',
      memoryBytes: 128 * MIB,
    });
    expect(await launcher.run(made)).toMatchObject({ reason: 'completed', errnoHits: {} });
    expect((await readFile(made.outputPath)).toString()).toBe(
      'input ajv cborg fflate hashes re2js semver collector bigint intl patterns sort atomics eval dates',
    );
  });

  test.each([
    ['a function', 'module.exports = (input) => input.length + "";', '5'],
    ['a promise', 'module.exports = async () => { await null; return new Uint8Array([111, 107]); };', 'ok'],
    [
      'a stream',
      'module.exports.stream = ({ read, write }) => { let n = 0; while (read(2)) n++; write(n + " parts"); };',
      '3 parts',
    ],
    ['a default export', 'exports.default = () => "default";', 'default'],
    [
      'text in UTF-8',
      'module.exports = (i) => new TextDecoder().decode(new TextEncoder().encode("ä€📱"));',
      'ä€📱',
    ],
    [
      'words of many languages',
      'module.exports = () => new Intl.DateTimeFormat("de", { dateStyle: "long" }).format(0);',
      '1. Januar 1970',
    ],
    [
      'WebAssembly',
      'module.exports = async () => (await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))) && "wasm";',
      'wasm',
    ],
  ])('%s', async (_name, code, output) => {
    const made = await service(code);
    expect(await launcher.run(made)).toMatchObject({ reason: 'completed', exitCode: 0 });
    expect((await readFile(made.outputPath)).toString()).toBe(output);
  });

  test.each([
    [
      'what it throws',
      'module.exports = () => { throw new Error("no such colour"); };',
      'Error: no such colour',
    ],
    [
      'what nobody can read',
      'module.exports = () => { throw { toString() { throw 1; } }; };',
      'it threw something',
    ],
    ['code that is none', 'module exports', 'SyntaxError'],
    ['no function', 'module.exports = 1;', 'no module.exports function'],
    ['a promise without an end', 'module.exports = () => new Promise(() => {});', 'never settled'],
  ])('fails with %s', async (_name, code, sentence) => {
    const report = await launcher.run(await service(code));
    expect(report).toMatchObject({
      reason: 'failed',
      exitCode: 1,
      message: expect.stringContaining(sentence),
    });
  });

  test('a large block that is refused is out of memory', async () => {
    const report = await launcher.run(await service('module.exports = () => new Uint8Array(2e8);'));
    expect(report).toMatchObject({ reason: 'out-of-memory' });
  });
});
