// The whole chain: client, Kotlin supervisor, C launcher, a real service.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { poll, silentLogger } from '#base';
import type { Sandbox, SandboxProgress } from './port.ts';
import { buildC, supervisorCommand, testLimits, Workspace } from './sandbox-tester.ts';
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

async function start(limits: Partial<typeof testLimits> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    command: supervisorCommand(),
    launcherPath,
    limits: { ...testLimits, ...limits },
    logger: silentLogger,
  });
  open.push(sandbox);
  return sandbox;
}

/** Processes whose parent is this one, by the name of their program. */
function children(of: number, name: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, comm = '', parent = ''] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? [];
        return comm === name && Number(parent) === of;
      } catch {
        return false;
      }
    });
}

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
    timeoutMs: 5000,
    what: `end of ${pid}`,
  });

test('wordcount counts in the sandbox', async () => {
  const sandbox = await start();
  expect(sandbox.capabilities.runtimes).toEqual(['native']);
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
