// The Kotlin sample as users run it: on phones of any profile, as the JVM is for all of them.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { runService } from './run-service.tester.ts';

let lab: LabTester;
beforeAll(async () => {
  lab = await createLabTester();
  await lab.cli('up', '--phones', '2', '--profile', 'budget', '--detach');
});
afterAll(() => lab.close());

const run = async (log: string) => {
  const [from, on] = await (await lab.client()).phones();
  const input = `log=${await lab.file('access.log', log)}`;
  return runService(lab, { service: 'org.abhaya.logreport', input, from: from?.serial, on: on?.serial });
};

test('a budget phone offers the JVM', async () => {
  for (const { sandbox } of await (await lab.client()).phones())
    expect(sandbox?.runtimes).toEqual(['native', 'go', 'jvm']);
});

test('a log that one phone has becomes a report on another', async () => {
  const line = '10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET /index.html HTTP/1.1" 200 512';
  const done = await run(`${line}\n${line}\n`);
  expect(done.error).toBeUndefined();
  expect(done).toMatchObject({ state: 'acknowledged', report: { reason: 'completed' } });
  const [output] = done.outputs;
  expect(output?.path).toMatch(/\/access\.report-\d{4}-\d\d-\d\d-\d{6}\.json$/);
  expect(JSON.parse(await readFile(output?.path ?? '', 'utf8'))).toMatchObject({
    requests: 2,
    bytes: 1024,
    paths: [['/index.html', 2]],
  });
});

test('what is no log fails with the service’s own words', async () => {
  const failed = await run('nothing of the kind\n');
  expect(failed.error?.message).toMatch(/common or the combined log format/);
});
