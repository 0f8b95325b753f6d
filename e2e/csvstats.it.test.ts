// The Python sample as users run it: on a phone that offers the runtime, which came to it like the agent.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { runService } from './run-service.tester.ts';

let lab: LabTester;
beforeAll(async () => {
  lab = await createLabTester();
  await lab.cli('up', '--phones', '2', '--profile', 'flagship', '--detach');
});
afterAll(() => lab.close());

const run = async (table: string) => {
  const [from, on] = await (await lab.client()).phones();
  const input = `table=${await lab.file('heights.csv', table)}`;
  return runService(lab, { service: 'org.abhaya.csvstats', input, from: from?.serial, on: on?.serial });
};

test('a flagship offers Python by itself', async () => {
  for (const { sandbox } of await (await lab.client()).phones())
    expect(sandbox?.runtimes).toContain('python');
});

test('a table that one phone has becomes statistics on another', async () => {
  const done = await run('name,height\nAsha,1.5\nBela,1.75\nChen,2\n');
  expect(done.error).toBeUndefined();
  expect(done).toMatchObject({ state: 'acknowledged', report: { reason: 'completed' } });
  const [output] = done.outputs;
  expect(output?.path).toMatch(/\/heights\.statistics-\d{4}-\d\d-\d\d-\d{6}\.json$/);
  const { columns } = JSON.parse(await readFile(output?.path ?? '', 'utf8'));
  expect(columns[1]).toMatchObject({ name: 'height', numbers: { mean: 1.75, median: 1.75 } });
});

test('what is no table fails with the service’s own words', async () => {
  const failed = await run('\n \n');
  expect(failed.error?.message).toMatch(/the table is empty/);
});
