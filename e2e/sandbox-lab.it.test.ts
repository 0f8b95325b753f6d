// Sandboxes measured by the lab host: this machine and a phone, kept over its end, compared, exported, cancelled.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import type {
  SandboxAttackComparison,
  SandboxAttackReport,
  SandboxComparison,
  SandboxResult,
  SandboxRunView,
} from '#schemas';
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

test('a phone and this machine are attacked; both are kept, compared, exported and forgotten', async () => {
  const attack = (...args: string[]) =>
    lab.json<SandboxAttackReport & { runId: string }>(
      ...['sandbox', 'attack', '--runtime', 'native', '--attack', 'open-file', ...args],
    );
  const held = { exitCode: 0, runtime: 'native', escapes: 0, unreported: 0, failedControls: 0 };
  const onPhone = await attack('--phone', 'VP0001');
  const here = await attack();
  expect([onPhone, here]).toMatchObject([held, held]);
  // Hostile programs are not left on the phone.
  const phone = path.join(lab.home, 'run/phones/VP0001/data/local/tmp/abhaya');
  expect([existsSync(phone), existsSync(path.join(phone, 'attacks'))]).toEqual([true, false]);
  expect(onPhone.attacks).toMatchObject([{ name: 'open-file', outcome: 'denied', syscall: 'openat' }]);

  const history = await lab.cli('sandbox', 'history');
  expect(history.stdout).toMatch(new RegExp(`${onPhone.runId} +attack +VP0001 .*all held`));
  expect(history.stdout).toMatch(new RegExp(`${here.runId} +attack +this machine .*all held`));
  const compared = await lab.json<SandboxAttackComparison>('sandbox', 'compare', onPhone.runId, here.runId);
  expect(compared).toMatchObject({ a: { place: 'VP0001' }, changes: [], same: 1 });
  const out = path.join(lab.home, 'attack.xml');
  expect(await lab.json('sandbox', 'export', onPhone.runId, '--format', 'junit', '--out', out)).toMatchObject(
    { exitCode: 0 },
  );
  expect(await readFile(out, 'utf8')).toContain('name="open-file"');
  expect((await lab.cli('sandbox', 'forget', here.runId)).exitCode).toBe(0);
  expect((await lab.cli('sandbox', 'show', here.runId)).stderr).toContain(
    'neither a measurement nor an attack',
  );
  expect(await lab.json('sandbox', 'show', onPhone.runId)).toMatchObject({
    exitCode: 0,
    place: 'VP0001',
    state: 'done',
  });
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
