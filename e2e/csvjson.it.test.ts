// The sample in WebAssembly as users run it: on the phones that offer the runtime, refused with the reason by others.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { runService } from './run-service.tester.ts';

describe('a flagship and a budget phone', () => {
  let lab: LabTester;
  let flagship: PhoneView | undefined;
  let budget: PhoneView | undefined;
  beforeAll(async () => {
    lab = await createLabTester();
    await lab.cli('up', '--phones', '1', '--profile', 'budget', '--detach');
    const client = await lab.client();
    const [added] = await client.addPhones({ count: 1, profile: 'flagship' });
    await lab.phoneWhen(added?.serial ?? '', ({ state }) => state === 'running');
    [budget, flagship] = await client.phones();
  });
  afterAll(() => lab.close());

  const run = (file: string, on: string | undefined) =>
    runService(lab, { service: 'org.abhaya.csvjson', input: `table=${file}`, from: budget?.serial, on });

  test('only the flagship offers WebAssembly by itself', () => {
    expect(flagship?.sandbox?.runtimes).toContain('wasm');
    expect(budget?.sandbox?.runtimes).not.toContain('wasm');
  });

  test('a table becomes lines of JSON', async () => {
    const file = await lab.file('people.csv', 'name;age\n"Ö; 1";31\nBo;\n');
    const done = await run(file, flagship?.serial);
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ state: 'acknowledged', device: flagship?.serial });
    expect(done.report).toMatchObject({
      reason: 'completed',
      layers: expect.arrayContaining(['seccomp']),
    });
    expect(done.outputs[0]?.path).toMatch(/\/people-\d{4}-\d\d-\d\d-\d{6}\.jsonl$/);
    const text = (await readFile(done.outputs[0]?.path ?? '')).toString();
    expect(text).toBe('{"name":"Ö; 1","age":31}\n{"name":"Bo","age":null}\n');
  });

  test('a table that is none fails with the service’s own words', async () => {
    const failed = await run(await lab.file('no.csv', 'a\n"1\n'), flagship?.serial);
    expect(failed.error?.message).toMatch(/row 2: a quote is never closed/);
  });

  test('the budget phone says why it can not', async () => {
    const refused = await run(await lab.file('small.csv', 'a\n1\n'), budget?.serial);
    expect(refused.error?.message).toMatch(/wasm/);
  });
});
