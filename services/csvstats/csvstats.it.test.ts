// org.abhaya.csvstats in the sandbox, beside figures that are reckoned here.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildC, pythonFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

const program = join(import.meta.dirname, 'src/main.py');
let workspace: Workspace;
let launcher: LauncherTester;

beforeAll(async () => {
  workspace = await Workspace.open();
  const folder = await buildC('android-shim/launcher');
  launcher = new LauncherTester(join(folder, 'abhaya-launcher'), ['--runtime', `python=${pythonFolder()}`]);
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'python'] });
});
afterAll(async () => {
  await launcher.close();
  await workspace.close();
});

async function run(table: string | Uint8Array) {
  const job = await workspace.job(program, table, { runtime: 'python', wallMs: 60_000, cpuMs: 60_000 });
  const report = await launcher.run(job);
  const text = report.reason === 'completed' ? (await workspace.output(job)).toString('utf8') : '{}';
  return { report, result: JSON.parse(text) };
}

test('numbers, dates, texts and empty values', async () => {
  const { report, result } = await run(
    'id,height,born,city\n1,1.5,1990-01-31,Pune\n2,,2001-12-01,"Ulm, Donau"\n3,2,,Pune\n',
  );
  expect(report).toMatchObject({ reason: 'completed' });
  expect(result).toMatchObject({ rows: 3, delimiter: ',', encoding: 'utf-8' });
  const [id, height, born, city] = result.columns;
  expect(id).toMatchObject({
    kind: 'number',
    numbers: { minimum: 1, maximum: 3, mean: 2, median: 2, deviation: 1 },
  });
  expect(height).toMatchObject({ kind: 'number', values: 2, empty: 1, numbers: { mean: 1.75 } });
  expect(born).toMatchObject({ kind: 'date', dates: { first: '1990-01-31', last: '2001-12-01' } });
  expect(city).toMatchObject({
    kind: 'text',
    different: 2,
    longestText: 10,
    common: [
      { value: 'Pune', count: 2 },
      { value: 'Ulm, Donau', count: 1 },
    ],
  });
});

describe('ways to write a table', () => {
  test.each([
    ['a decimal comma', 'a;b\n1,5;x\n2,5;y\n', ';', 'utf-8', 2],
    ['tabs, and Windows line ends', 'a\tb\r\n1\tx\r\n2\ty\r\n', '\t', 'utf-8', 1.5],
    ['bars', 'a|b\n1|x, y\n2|z\n', '|', 'utf-8', 1.5],
    ['a byte order mark', '\ufeffa,b\n1,x\n', ',', 'utf-8', 1],
    ['one column', 'a\n1\n2\n', ',', 'utf-8', 1.5],
    ['no line end at the end', 'a,b\n7,x', ',', 'utf-8', 7],
  ])('%s', async (_name, table, delimiter, encoding, mean) => {
    const { result } = await run(table);
    expect(result).toMatchObject({ delimiter, encoding });
    expect(result.columns[0]).toMatchObject({ name: 'a', kind: 'number', numbers: { mean } });
  });

  test('Windows-1252', async () => {
    const { result } = await run(Buffer.from('stra\xdfe,n\nM\xfcnchen,1\n', 'latin1'));
    expect(result).toMatchObject({ encoding: 'cp1252' });
    expect(result.columns[0]).toMatchObject({ name: 'straße', common: [{ value: 'München', count: 1 }] });
  });

  test('rows that are too short or too long', async () => {
    expect((await run('a,b\n1\n1,2,3\n1,2\n')).result).toMatchObject({ rows: 3, rowsOfAnotherLength: 2 });
  });
});

test('what is none fails with its own words', async () => {
  expect((await run('')).report).toMatchObject({ reason: 'failed', message: 'the table is empty' });
  expect((await run(`a\n"${'x'.repeat(2_000_000)}"\n`)).report).toMatchObject({
    reason: 'failed',
    message: expect.stringMatching(/this is no table: field larger/),
  });
});

test('a large table in 64 MB: figures as they are reckoned here', async () => {
  const rows = 100_000;
  const number = (row: number) => ((row * 7_919) % 100_003) / 8;
  let table = 'row,value,name\n';
  for (let row = 0; row < rows; row++) table += `${row},${number(row)},name ${row % 1_500}\n`;
  const { report, result } = await run(table);
  expect(report).toMatchObject({ reason: 'completed', bytesIn: table.length });
  const all = Array.from({ length: rows }, (_, row) => number(row)).sort((a, b) => a - b);
  const mean = all.reduce((sum, value) => sum + value, 0) / rows;
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [row, value, name] = result.columns;
  expect(row.numbers).toMatchObject({ minimum: 0, maximum: rows - 1, mean: (rows - 1) / 2 });
  expect(value.numbers.mean).toBeCloseTo(mean, 6);
  expect(value.numbers.deviation).toBeCloseTo(Math.sqrt(squares / (rows - 1)), 6);
  expect(value.numbers.median).toBeCloseTo(((all[rows / 2 - 1] ?? 0) + (all[rows / 2] ?? 0)) / 2, 9);
  expect(name).toMatchObject({ differentMoreThan: 1_000, kind: 'text' });
});
