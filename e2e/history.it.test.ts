// What a user still has after the lab host was killed and started again.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { waitForExit } from '#lab/home';
import type { HistoryStatus, HistoryTaskPage, LabEvent } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';

let lab: LabTester;
beforeAll(async () => {
  lab = await createLabTester();
});
afterAll(() => lab.close());

test('past runs, their measurements and exports are there after the lab host was killed', async () => {
  expect((await lab.json('up', '--phones', '2', '--detach')).exitCode).toBe(0);
  const events: LabEvent[] = [];
  const stream = await (await lab.client()).events((event) => events.push(event));
  const input = await lab.file('text.txt', 'one two two\n');
  const run = await lab.json<{ taskId: string }>('run', 'org.abhaya.wordcount', '--input', `text=${input}`);
  expect(run.exitCode).toBe(0);
  await poll(
    async () => ((await rows(lab)).measurements >= 2 && (await rows(lab)).tasks === 1) || undefined,
    {
      ...{ everyMs: 200, timeoutMs: 60_000, what: 'keeping the task and measurements of both phones' },
    },
  );
  // A battery that is set is measured, told and kept.
  await (await lab.client()).command('VP0001', { action: 'set-battery', percent: 42 });
  await poll(
    () =>
      events.some((it) => it.event === 'measurement' && it.serial === 'VP0001' && it.batteryPercent === 42) ||
      undefined,
    { everyMs: 100, timeoutMs: 60_000, what: 'the measurement event' },
  );
  stream.close();

  const pid = await lab.hostPid();
  process.kill(pid, 'SIGKILL');
  await waitForExit(pid, 30_000);
  expect((await lab.json('up', '--phones', '0', '--detach')).exitCode).toBe(0);
  expect(await (await lab.client()).tasks()).toEqual([]);
  const past = await lab.json<HistoryTaskPage>('history', 'tasks');
  expect(past.tasks).toMatchObject([{ taskId: run.taskId, state: 'acknowledged', interrupted: false }]);
  const out = path.join(lab.home, 'tasks.csv');
  expect(
    (await lab.cli('history', 'export', '--what', 'tasks', '--format', 'csv', '--out', out)).exitCode,
  ).toBe(0);
  expect(await readFile(out, 'utf8')).toContain(run.taskId);
  expect((await lab.cli('history', 'clear')).exitCode).toBe(2); // no terminal to ask on
  expect((await lab.cli('history', 'clear', '--yes')).exitCode).toBe(0);
  expect((await rows(lab)).tasks).toBe(0);
  expect((await lab.cli('down')).exitCode).toBe(0);
});

const rows = async (tester: LabTester): Promise<HistoryStatus['rows']> =>
  (await (await tester.client()).history()).rows;
