// JavaScript through the whole chain: client, supervisor with its pool, launcher, Node.js.

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '#base';
import type { SandboxPlaces } from '#schemas';
import type { Sandbox, SandboxJob } from './port.ts';
import { buildC, nodejsFolder, supervisorCommand, testLimits, Workspace } from './sandbox-tester.ts';
import { startSandbox } from './start-sandbox.ts';

const MIB = 1024 * 1024;
let launcherPath = '';
let workspace: Workspace;
let script = '';
const open: Sandbox[] = [];

beforeAll(async () => {
  launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  workspace = await Workspace.open();
  script = join(workspace.folder, 'double.js');
  await writeFile(script, 'module.exports = (input) => new TextDecoder().decode(input).repeat(2);');
});
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});
afterAll(() => workspace.close());

async function start(nodejs?: SandboxPlaces['nodejs']): Promise<Sandbox> {
  const limits = { ...testLimits, maxMemoryBytes: 128 * MIB };
  const command = await supervisorCommand();
  const sandbox = await startSandbox({
    command,
    launcherPath,
    runtimes: nodejs ? { nodejs } : {},
    limits,
    logger: silentLogger,
  });
  open.push(sandbox);
  return sandbox;
}

const job = (input: string, limits: Partial<SandboxJob> = {}) =>
  workspace.job(script, input, { runtime: 'nodejs', ...limits });

test.each([0, 1, 4])(
  'services run with %i processes ready, of any size, one after the other and at once',
  async (spares) => {
    const sandbox = await start({ folder: nodejsFolder(), spares });
    expect(sandbox.capabilities).toMatchObject({ runtimes: ['native', 'go', 'nodejs'] });
    for (const [input, memoryBytes] of [
      ['a', 64],
      ['b', 96],
      ['c', 96],
      ['d', 64],
    ] as const) {
      const one = await job(input, { memoryBytes: memoryBytes * MIB });
      expect(await sandbox.run(one)).toMatchObject({ reason: 'completed', bytesIn: 1, bytesOut: 2 });
      expect((await workspace.output(one)).toString()).toBe(input.repeat(2));
    }
    const many = await Promise.all(['e', 'f', 'g', 'h', 'i'].map((input) => job(input)));
    const reports = await Promise.all(many.map((one) => sandbox.run(one)));
    expect(reports.map(({ reason }) => reason)).toEqual(Array(5).fill('completed'));
  },
);

test('a native service runs beside', async () => {
  const sandbox = await start({ folder: nodejsFolder(), spares: 1 });
  const program = join(await buildC('services/wordcount'), 'wordcount');
  expect(await sandbox.run(await workspace.job(program, 'one two'))).toMatchObject({ reason: 'completed' });
});

test('a device without Node.js says why, and refuses', async () => {
  const sandbox = await start({ folder: '/nowhere', spares: 1 });
  expect(sandbox.capabilities).toMatchObject({
    runtimes: ['native', 'go'],
    lacks: { nodejs: expect.stringMatching(/folder/) },
  });
  expect(await sandbox.run(await job('x'))).toMatchObject({
    reason: 'sandbox-error',
    message: expect.stringMatching(/does not offer nodejs/),
  });
});

test('a word that the canaries have passed is an offer, no more: what can not be locked does not run', async () => {
  const broken = join(workspace.folder, 'broken');
  await cp(join(nodejsFolder(), 'lib'), join(broken, 'lib'), { recursive: true });
  const tried = await start({ folder: broken, spares: 0 });
  expect(tried.capabilities).toMatchObject({
    runtimes: ['native', 'go'],
    lacks: { nodejs: expect.any(String) },
  });
  const believed = await start({ folder: broken, spares: 1, proven: true, onDemand: true });
  expect(believed.capabilities.runtimes).toEqual(['native', 'go', 'nodejs']);
  for (let n = 0; n < 3; n++)
    expect(await believed.run(await job('x'))).toMatchObject({ reason: 'sandbox-error', bytesOut: 0 });
});

test('a device that was not asked to offers native services only', async () => {
  const { capabilities } = await start();
  expect(capabilities.runtimes).toEqual(['native', 'go']);
});

test('cancelled while it starts, while it runs', async () => {
  const sandbox = await start({ folder: nodejsFolder(), spares: 0 });
  const endless = join(workspace.folder, 'endless.js');
  await writeFile(endless, 'module.exports = () => { for (;;); };');
  for (const afterMs of [1, 300]) {
    const controller = new AbortController();
    const running = sandbox.run({ ...(await job('x')), program: endless }, { signal: controller.signal });
    setTimeout(() => controller.abort(), afterMs);
    expect((await running.catch((error: { code: string }) => ({ reason: error.code }))).reason).toBe(
      'cancelled',
    );
  }
});
