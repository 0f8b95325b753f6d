// Sandboxes measured by the lab host: this machine and a phone, kept over its end, compared, exported, cancelled.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import type { SandboxComparison, SandboxResult, SandboxRunView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';

type Measured = SandboxResult & { runId: string };
let lab: LabTester;
beforeAll(async () => {
  lab = await createLabTester();
  const up = await lab.json('up', '--phones', '1', '--profile', 'flagship', '--detach');
  expect(up).toMatchObject({ exitCode: 0 });
});
afterAll(() => lab.close());

const bench = (...args: string[]) => lab.json<Measured>('bench', 'sandbox', '--rounds', '1', ...args);
const startsAt = ({ rows }: SandboxResult, place: string) =>
  rows.filter((row) => row.place === place && !row.peer).map(({ runtime, phase }) => `${runtime} ${phase}`);

test('phone and machine measure themselves in one run, which is kept, compared and exported', async () => {
  const csv = path.join(lab.home, 'bench.csv');
  const both = await bench('--part', 'start', '--phone', 'VP0001', '--phone', 'local', '--csv', csv);
  expect(both).toMatchObject({ exitCode: 0, rounds: 1, places: [{ place: 'VP0001' }, { place: 'local' }] });
  for (const place of ['VP0001', 'local'])
    expect(startsAt(both, place)).toEqual(
      expect.arrayContaining(['native cold', 'nodejs cold', 'nodejs warm']),
    );
  expect(await readFile(csv, 'utf8')).toContain('VP0001,native,start,cold');

  const again = await bench('--part', 'start', '--runtime', 'native');
  expect(again).toMatchObject({ exitCode: 0, places: [{ place: 'local' }] });
  expect(startsAt(again, 'local')).toContain('native cold');
  const compared = await lab.json<SandboxComparison>('sandbox', 'compare', both.runId, again.runId);
  expect(compared.differences.map(({ place, what, runtime }) => [place, what, runtime])).toContainEqual([
    ...['local', 'start', 'native'],
  ]);
  const out = path.join(lab.home, 'run.json');
  const exported = await lab.json('sandbox', 'export', both.runId, '--format', 'json', '--out', out);
  expect(exported).toMatchObject({ exitCode: 0, path: out });
  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ run: { runId: both.runId } });
  expect(await lab.json('sandbox', 'export', both.runId, '--format', 'csv', '--out', out)).toMatchObject({
    exitCode: 4,
    error: { code: 'conflict' },
  });

  expect((await lab.cli('down')).exitCode).toBe(0);
  expect((await lab.json('up', '--phones', '1', '--detach')).exitCode).toBe(0);
  expect((await lab.cli('sandbox', 'history')).stdout).toContain(both.runId);
});

test('a measurement of a phone ends when it is cancelled, and the phone takes the next one', async () => {
  const { sandbox } = await lab.client();
  const { runId } = await sandbox.start({ places: ['VP0001'], rounds: 500 });
  const view = async (): Promise<SandboxRunView> => (await sandbox.run(runId)).run;
  await poll(async () => (await view()).progress, { everyMs: 50, timeoutMs: 60_000, what: 'progress' });
  expect(await sandbox.cancel(runId)).toMatchObject({ state: 'cancelled' });
  expect(await bench('--part', 'denial', '--phone', 'VP0001')).toMatchObject({
    exitCode: 0,
    figures: expect.arrayContaining([expect.objectContaining({ what: 'denial', runtime: 'native' })]),
  });
});

test('a phone that is not there is said, by name', async () => {
  const gone = await lab.json<{ error: { code: string } }>('bench', 'sandbox', '--phone', 'NOBODY');
  expect(gone.exitCode).not.toBe(0);
  expect(gone.error.code).toBe('not-found');
});
