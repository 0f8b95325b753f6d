// org.abhaya.csvjson in the sandbox, with the memory that its manifest declares.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPackage } from '#agent/services';
import { buildC, nodejsFolder, projectRoot, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

const MIB = 1024 * 1024;
let folder = '';
let module = '';
let memoryBytes = 0;
let workspace: Workspace;
let launcher: LauncherTester;

async function build(out: string): Promise<Buffer> {
  const program = ['--disable-warning=ExperimentalWarning', 'services/build.ts'];
  await promisify(execFile)(process.execPath, [...program, '--only', 'csvjson', '--out', out], {
    cwd: projectRoot,
  });
  return readFile(join(out, 'org.abhaya.csvjson-1.0.0.meshsvc'));
}

async function run(table: string | Uint8Array) {
  const job = await workspace.job(module, table, {
    runtime: 'wasm',
    memoryBytes,
    maxOutputBytes: 64 * MIB,
  });
  return { report: await launcher.run(job), job };
}

async function lines(table: string | Uint8Array): Promise<string[]> {
  const { report, job } = await run(table);
  expect(report).toMatchObject({ reason: 'completed', errnoHits: {} });
  const text = (await workspace.output(job)).toString();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-csvjson-'));
  const packed = await build(join(folder, 'first'));
  // The same sources make the same bytes.
  expect((await build(join(folder, 'second'))).equals(packed)).toBe(true);
  await mkdir(join(folder, 'unpacked'));
  const file = join(folder, 'first', 'org.abhaya.csvjson-1.0.0.meshsvc');
  const { manifest } = await readPackage(file, { stagingDir: join(folder, 'unpacked') });
  module = join(folder, 'unpacked', manifest.entryPoint);
  memoryBytes = (manifest.resourceRequirements.maxMemoryMB ?? 64) * MIB;
  const path = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(path, ['--runtime', `wasm=${nodejsFolder()}`]);
  workspace = await Workspace.open();
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'wasm'], lacks: {} });
});
afterAll(async () => {
  await launcher?.close();
  await workspace?.close();
  await rm(folder, { recursive: true, force: true });
});

test('quotes, separators, line ends, names', async () => {
  const table =
    '\ufeffname;"an ""age""";note\r\n"Ö; k\r\nl";31; x \r\n\r\nbo;;""\nx;1\n"";"7";"😀\\\t\u0001"';
  expect(await lines(table)).toEqual([
    '{"name":"Ö; k\\u000d\\u000al","an \\"age\\"":31,"note":" x "}',
    '{"name":"bo","an \\"age\\"":null,"note":""}',
    '{"name":"x","an \\"age\\"":1}',
    '{"name":"","an \\"age\\"":"7","note":"😀\\\\\\u0009\\u0001"}',
  ]);
});

test.each([
  ['a\tb,c\td\n1\t2\t3', ['{"a":1,"b,c":2,"d":3}']],
  ['"a,b,c";d\n1;2', ['{"a,b,c":1,"d":2}']],
  ['only\n1\n2\n', ['{"only":1}', '{"only":2}']],
  ['only', []],
])('the separator of %j', async (table, expected) => {
  expect(await lines(table)).toEqual(expected);
});

test('numbers are those of JSON that every reader keeps', async () => {
  const numbers = ['0', '-1.50', '2e9', '1E-5', '123456789012345', '0.1'];
  const texts = ['+1', '01', '1.', '.5', '1e', '-', '1 ', '0x10', 'NaN', '1e999', '1234567890123456'];
  const rows = await lines(`n\n${[...numbers, ...texts].join('\n')}\n`);
  expect(rows).toEqual([...numbers.map((n) => `{"n":${n}}`), ...texts.map((t) => `{"n":"${t}"}`)]);
});

test('many megabytes, with memory that stays', async () => {
  const cells = (i: number) => [`row ${i}`, `"${'x'.repeat(i % 300)}"`, String((i * 7919) % 1000), ''];
  const table = Array.from({ length: 60_000 }, (_, i) => cells(i).join(',')).join('\n');
  const { report, job } = await run(`a,b,c,d\n${table}`);
  expect(report).toMatchObject({ reason: 'completed' });
  expect(report.peakMemoryBytes).toBeLessThan(32 * MIB);
  const rows = (await workspace.output(job)).toString().trimEnd().split('\n');
  expect(rows).toHaveLength(60_000);
  const wanted = { a: 'row 59999', b: 'x'.repeat(299), c: (59_999 * 7919) % 1000, d: null };
  expect(JSON.parse(rows.at(-1) ?? '')).toEqual(wanted);
});

test('bytes that are no UTF-8 are shown as such', async () => {
  const table = Buffer.from('n\na\xffb\n\xc3\xa4\n\xed\xa0\x80\n\xc0\xaf\n\xe2\x82\n', 'latin1');
  const bad = '\ufffd';
  expect(await lines(table)).toEqual(
    [`a${bad}b`, 'ä', bad.repeat(3), bad.repeat(2), bad.repeat(2)].map((text) => `{"n":"${text}"}`),
  );
});

test.each([
  ['nothing', '', 'the table is empty'],
  ['a row that is too long', 'a,b\n1,2\n1,2,3\n', 'row 3 has more fields than the first one has names'],
  ['a quote without end', 'a\n"1\n2\n', 'row 2: a quote is never closed'],
  ['a name twice', 'a,b,a\n', 'the name a stands there twice'],
  [
    'too many columns',
    `${Array.from({ length: 1001 }, (_, i) => `c${i}`).join()}\n`,
    'more than 1000 columns',
  ],
  ['a field that is too long', `a\n${'x'.repeat(65_537)}\n`, 'a field has more than 65536 bytes'],
])('%s fails with a sentence', async (_what, table, sentence) => {
  const { report } = await run(table);
  expect(report).toMatchObject({
    reason: 'failed',
    exitCode: 1,
    message: expect.stringContaining(sentence),
  });
});
