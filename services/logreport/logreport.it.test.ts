// org.abhaya.logreport, as the build packed it, in the sandbox with the memory that its manifest declares.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPackage } from '#agent/services';
import { androidTool } from '../../android-shim/android-tools.ts';
import { parseDexdump } from '../../android-shim/supervisor/dexdump.ts';
import { buildC, jvmFolder, projectRoot, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

let folder = '';
let jar = '';
let memoryBytes = 0;
let workspace: Workspace;
let launcher: LauncherTester;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-logreport-'));
  const file = join(projectRoot, 'dist/services/org.abhaya.logreport-1.0.0.meshsvc');
  const { manifest } = await readPackage(file, { stagingDir: folder });
  jar = join(folder, manifest.entryPoint);
  memoryBytes = (manifest.resourceRequirements.maxMemoryMB ?? 0) * 1024 * 1024;
  workspace = await Workspace.open();
  const program = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(program, ['--runtime', `jvm=${jvmFolder()}`]);
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'jvm'], lacks: {} });
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(log: string) {
  const job = await workspace.job(jar, log, { runtime: 'jvm', memoryBytes });
  const report = await launcher.run(job);
  return { report, output: async () => JSON.parse((await workspace.output(job)).toString()) };
}

test('phones with ART find it as dex, of the same classes', async () => {
  const dex = parseDexdump(await androidTool('dexdump', ['-d', jar]));
  expect(dex.version).toBe('037');
  expect(dex.methods.get('Lorg/abhaya/logreport/MainKt;.main:([Ljava/lang/String;)V')).toMatch(
    /^PUBLIC STATIC/,
  );
  const known = (type: string) => dex.classes.has(type) || type.startsWith('Ljava/');
  expect([...dex.types].filter((type) => !known(type))).toEqual([]);
  expect([...dex.instructions].filter((name) => /^invoke-(custom|polymorphic)/.test(name))).toEqual([]);
});

test('common and combined lines, and what is neither', async () => {
  const { report, output } = await run(
    [
      '10.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache.gif HTTP/1.0" 200 2326',
      '10.0.0.1 - - [10/Oct/2000:23:00:00 +0200] "GET /a?q=secret HTTP/1.1" 404 - "http://x/" "Agent \\"1\\""',
      '::1 - J. Doe [11/Oct/2000:00:00:00 +0000] "POST /a HTTP/1.1" 201 10 "-" "-"',
      '10.0.0.2 - - [11/Oct/2000:00:00:01 +0000] "\\x16\\x03" 400 0',
      'a line of something else',
      '10.0.0.3 - - [31/Feb/2000:25:00:00 +0000] "GET / HTTP/1.0" 200 1',
      '',
    ].join('\n'),
  );
  expect(report).toMatchObject({ reason: 'completed', errnoHits: {} });
  const hours = Array.from({ length: 24 }, (_, hour) =>
    hour === 0 ? 2 : hour === 20 || hour === 21 ? 1 : 0,
  );
  expect(await output()).toEqual({
    requests: 4,
    unreadLines: 2,
    bytes: 2336,
    from: '2000-10-10T20:55:36Z',
    to: '2000-10-11T00:00:01Z',
    visitors: 3,
    visitorsIsLeast: false,
    statuses: { 200: 1, 201: 1, 400: 1, 404: 1 },
    methods: { GET: 2, POST: 1, other: 1 },
    paths: [
      ['/a', 2],
      ['/apache.gif', 1],
      ['\\x16\\x03', 1],
    ],
    errors: [
      ['400 \\x16\\x03', 1],
      ['404 /a', 1],
    ],
    hours,
  });
});

test('a hundred thousand requests fit into the smallest memory', async () => {
  const count = 100_000;
  const at = (i: number) =>
    `${String(Math.floor(i / 3600) % 24).padStart(2, '0')}:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`;
  const lines = Array.from(
    { length: count },
    (_, i) =>
      `10.${i % 7}.${i % 11}.${i % 13} - - [01/Jan/2026:${at(i)} +0000] "GET /page/${i % 100}?id=${i} HTTP/2.0" ${i % 50 === 0 ? 500 : 200} ${i % 1000}`,
  );
  const { report, output } = await run(lines.join('\n'));
  expect(report).toMatchObject({ reason: 'completed' });
  const { requests, visitors, bytes, statuses, paths, hours } = await output();
  expect({ requests, visitors, statuses }).toEqual({
    requests: count,
    visitors: 7 * 11 * 13,
    statuses: { 200: 98_000, 500: 2_000 },
  });
  expect(bytes).toBe((count / 1000) * ((999 * 1000) / 2));
  expect(paths[0]).toEqual(['/page/0', 1000]);
  expect(hours.reduce((sum: number, one: number) => sum + one, 0)).toBe(count);
});

test.each([['', 'a,b\n1,2\n']].flat())('%j is no log', async (text) => {
  const { report } = await run(text);
  expect(report).toMatchObject({
    reason: 'failed',
    exitCode: 1,
    message: expect.stringContaining('no line is of the common or the combined log format'),
  });
});
