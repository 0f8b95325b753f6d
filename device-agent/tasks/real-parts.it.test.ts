// The task life on real parts: mesh nodes over TLS on loopback, the Kotlin supervisor, the C launcher and wordcount.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createVerifier } from '#agent/identity';
import type { Sandbox } from '#agent/sandbox';
import { startSandbox } from '#agent/sandbox';
import { createSchemaJudge, openServiceLibrary, type SchemaJudge, writePackage } from '#agent/services';
import { poll, Scope, seededRandom, silentLogger, systemClock, systemRandom } from '#base';
import { identityOf, MeshNet } from '../mesh/mesh-net.tester.ts';
import type { MeshNode } from '../mesh/node-port.ts';
import { buildC, projectRoot, supervisorCommand, testLimits } from '../sandbox/sandbox-tester.ts';
import { testSigner } from '../services/craft-zip.tester.ts';
import { createTaskEngine } from './engine.ts';
import type { DeviceSnapshot } from './port.ts';
import { taskThat } from './testing/lab-tester.ts';

const abi = process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64';
const shared = new Scope('shared');
let judge: SchemaJudge;
let launcherPath: string;
let packageFile: string;

beforeAll(async () => {
  judge = shared.own(createSchemaJudge(), (it) => it.close());
  const folder = shared.own(await mkdtemp(join(tmpdir(), 'abhaya-real-')), (it) =>
    rm(it, { recursive: true }),
  );
  launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  const program = await readFile(join(await buildC('services/wordcount'), 'wordcount'));
  const template = join(projectRoot, 'services/wordcount/manifest.template.json');
  const manifest = JSON.parse(await readFile(template, 'utf8'));
  const files = new Map([[`service/${abi}/wordcount`, Uint8Array.from(program)]]);
  packageFile = join(folder, 'wordcount.meshsvc');
  await writeFile(packageFile, (await writePackage({ manifest, files }, testSigner())).bytes);
});
afterAll(() => shared.close());

let scope: Scope;
let net: MeshNet;
beforeEach(() => {
  scope = new Scope('test');
});
afterEach(() => scope.close());

async function device(node: MeshNode, seed: number, root: string, sandbox?: Sandbox) {
  const identity = identityOf(seed);
  const facts: DeviceSnapshot = {
    ...{ profile: 'budget', abi, platforms: ['android', 'linux'], runtimes: sandbox ? ['native'] : [] },
    ...{ memoryMB: 2048, freeStorageMB: 2048, hasGpu: false, specialHardware: [], freeMemoryMB: 1024 },
    ...{ cpuLoad: 0.1, battery: 1, charging: true, thermal: 'cool', participation: { accepts: true } },
  };
  const folder = join(root, `${seed}`);
  const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const library = await openServiceLibrary({
    ...ports,
    judge,
    folder: join(folder, 'library'),
    deviceFacts: () => facts,
  });
  const engine = scope.own(
    await createTaskEngine({
      ...ports,
      mesh: node,
      library,
      judge,
      sandbox,
      device: () => facts,
      trust: () => 'install',
      identity: { sign: (message) => identity.sign(message), verify: createVerifier() },
      spoolDir: join(folder, 'spool'),
    }),
    (it) => it.close(),
  );
  return { engine, library, nodeId: node.nodeId };
}

const openSandbox = async () =>
  scope.own(
    await startSandbox({
      command: await supervisorCommand(),
      launcherPath,
      limits: testLimits,
      logger: silentLogger,
    }),
    (it) => it.close(),
  );

async function chain(count: number, capable: readonly number[]) {
  const root = scope.own(await mkdtemp(join(tmpdir(), 'abhaya-real-')), (it) => rm(it, { recursive: true }));
  net = scope.own(await MeshNet.chain(count, 100), (it) => it.close());
  await net.ready();
  const devices = [];
  for (const [i, { node }] of net.nodes.entries())
    devices.push(await device(node, 100 + i, root, capable.includes(i) ? await openSandbox() : undefined));
  return { root, devices };
}

async function wc(path: string) {
  const { stdout } = await promisify(execFile)('wc', ['-lwc', path], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [lines, words, bytes] = stdout.trim().split(/\s+/).map(Number);
  return { lines, words, bytes };
}

it('wordcount runs four hops away, fetched from the requester, as wc counts', async () => {
  const { root, devices } = await chain(5, [4]);
  const [asker, , , , worker] = devices;
  if (!asker || !worker) throw new Error('no devices');
  await asker.library.add(packageFile);
  const files: [string, Uint8Array][] = [
    ['empty', new Uint8Array()],
    ['text', Buffer.from('the quick brown fox\njumps over the lazy dog\n')],
    ['binary', seededRandom(5).bytes(300_000)],
    ['large', Buffer.alloc(20_000_000, 'lorem ipsum dolor sit amet\n')],
  ];
  for (const [name, content] of files) {
    const path = join(root, name);
    await writeFile(path, content);
    const taskId = await asker.engine.submit({
      packageId: 'org.abhaya.wordcount',
      inputs: { text: { path } },
    });
    const view = await taskThat(asker.engine, taskId, undefined, 60_000);
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId, hops: 4, attempts: 1 });
    expect(view.outputs[0]?.value).toMatchObject(await wc(path));
    expect(view.report?.layers).toContain('seccomp');
    expect(asker.engine.receipts().at(-1)?.body.executor).toBe(worker.nodeId);
  }
}, 120_000);

it('a device that leaves in the middle is replaced', async () => {
  const { root, devices } = await chain(3, [1, 2]);
  const [asker] = devices;
  if (!asker) throw new Error('no device');
  for (const { library } of devices) await library.add(packageFile);
  const path = join(root, 'large');
  await writeFile(path, Buffer.alloc(60_000_000, 'some words to be counted in a file that takes a while\n'));
  // A triangle: whichever leaves, there is a way to the other.
  net.link(0, 2);
  const near = () =>
    net
      .at(0)
      .node.topology()
      .nodes.every(({ hops }) => hops <= 1) || undefined;
  await poll(near, { everyMs: 10, timeoutMs: 30_000, what: 'the short way' });
  const taskId = await asker.engine.submit({ packageId: 'org.abhaya.wordcount', inputs: { text: { path } } });
  const running = await taskThat(asker.engine, taskId, ({ device }) => device !== undefined, 20_000);
  const chosen = net.nodes.findIndex(({ id }) => id === running.device);
  expect(asker.engine.get(taskId).state).not.toBe('acknowledged');
  await net.at(chosen).node.close();
  const view = await taskThat(asker.engine, taskId, undefined, 60_000);
  expect(view).toMatchObject({ state: 'acknowledged', attempts: 2 });
  expect(view.device).not.toBe(running.device);
  expect(view.outputs[0]?.value).toMatchObject(await wc(path));
}, 120_000);
