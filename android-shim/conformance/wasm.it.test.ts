// WebAssembly behind the lock: every attempt, with imports that do what they say, so that the wall is tested and not what
// stands in front of it. Then the imports of the real bootstrap: the same modules are answered, and go on.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC, nodejsFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { wasmAttacks } from '../../lab/sandbox-lab/attacks/wasm.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { freshAttackFiles, testAttacks } from './attack-tests.ts';

const MIB = 1024 * 1024;
let workspace: Workspace;
let launcher: LauncherTester;
let modules: string;

testAttacks(wasmAttacks, 60, () => ({ runtimes: { wasm: nodejsFolder() } }));

beforeAll(async () => {
  workspace = await Workspace.open();
  modules = join((await freshAttackFiles()).programs, 'wasm');
  const path = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(path, ['--runtime', `wasm=${nodejsFolder()}`]);
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'wasm'], lacks: {} });
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

const job = (attempt: string, limits: Partial<SandboxJob> = {}) =>
  workspace.job(join(modules, `${attempt}.wasm`), 'input', { runtime: 'wasm', ...limits });

describe('what a module finds', () => {
  test.each([
    ...[
      'open-path',
      'make-folder',
      'remove-folder',
      'unlink-file',
      'read-link',
      'stat-path',
      'set-path-times',
    ],
    ...['rename-file', 'link-file', 'symlink-file', 'list-folder', 'set-input-times'],
  ])('no path, for %s', async (attempt) => {
    // 3 is how these modules say that they were told no.
    expect(await launcher.run(await job(attempt))).toMatchObject({
      reason: 'failed',
      exitCode: 3,
      errnoHits: {},
    });
  });

  test('no JavaScript', async () => {
    expect(await launcher.run(await job('spawn'))).toMatchObject({
      reason: 'failed',
      message: expect.stringMatching(/"run": function import requires a callable/),
    });
  });

  test('descriptors that are closed for it alone', async () => {
    const made = await job('close-input');
    expect(await launcher.run(made)).toMatchObject({ reason: 'completed', bytesOut: 3 });
  });
});

describe('the two phases', () => {
  test('a process that was started ahead takes one module, and ends with it', async () => {
    const spare = launcher.warm(64 * MIB, 'wasm');
    await spare.ready;
    const { report } = launcher.start(await job('ask-during-start'), spare.number);
    expect(await report).toMatchObject({
      reason: 'completed',
      bytesOut: 3,
      firstByteMs: expect.any(Number),
      errnoHits: {},
    });
    expect(launcher.children()).toEqual([]);
  });

  test('28 MB are enough', async () => {
    const report = await launcher.run(await job('ask-during-start', { memoryBytes: 28 * MIB }));
    expect(report).toMatchObject({ reason: 'completed' });
  });

  test('the published table has twelve calls at most', async () => {
    const path = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
    const { stdout } = await promisify(execFile)(path, ['--policy', 'wasm']);
    const policy = JSON.parse(stdout);
    expect(policy.runtime).toBe('wasm');
    expect(policy.allowed.length).toBeLessThanOrEqual(12);
    expect(policy.allowed).not.toContain('rt_sigreturn');
  });
});
