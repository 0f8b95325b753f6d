// Real jobs in Java and Kotlin pass in the sandbox, unchanged, twenty times of twenty, without a refused call.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildC, jvmFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { jvmPrograms } from './jvm.ts';

const RUNS = 20;
const AT_ONCE = 2;
let build = '';
let workspace: Workspace;
let launcher: LauncherTester;

beforeAll(async () => {
  build = await mkdtemp(join(tmpdir(), 'abhaya-programs-'));
  workspace = await Workspace.open();
  const program = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(program, ['--runtime', `jvm=${jvmFolder()}`]);
  expect((await launcher.hello).lacks).toEqual({});
}, 300_000);
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
  await rm(build, { recursive: true, force: true });
});

test.each(jvmPrograms().map((row) => [row.name, row] as const))(
  '%s',
  async (_name, { file, input, expected, memoryBytes }) => {
    const program = await file(build);
    const limits = { runtime: 'jvm', wallMs: 30_000, ...(memoryBytes ? { memoryBytes } : {}) } as const;
    const once = async () => {
      const job = await workspace.job(program, input, limits);
      expect(await launcher.run(job)).toMatchObject({ reason: 'completed', errnoHits: {} });
      expect((await workspace.output(job)).equals(expected)).toBe(true);
    };
    const line = async () => {
      for (let run = 0; run < RUNS / AT_ONCE; run++) await once();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
  },
  300_000,
);
