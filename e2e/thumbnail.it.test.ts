// The JavaScript sample as users run it: on the phones that offer the runtime, refused with the reason by others.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { corners, jpegOf, look, nameOf, withOrientation } from '../services/thumbnail/pictures.tester.ts';
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

  const run = (file: string, on: string) =>
    runService(lab, { service: 'org.abhaya.thumbnail', input: `image=${file}`, from: budget?.serial, on });

  test('only the flagship offers Node.js by itself', () => {
    expect(flagship?.sandbox?.runtimes).toEqual(expect.arrayContaining(['native', 'nodejs']));
    expect(budget?.sandbox?.runtimes).toEqual(['native', 'go', 'jvm']);
  });

  test('a photograph taken upside down becomes a thumbnail that is not', async () => {
    const photograph = withOrientation(jpegOf(1600, 1200, corners(1600, 1200)), 3, 'MM');
    const done = await run(await lab.file('photo.jpg', photograph), flagship?.serial ?? '');
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ state: 'acknowledged', device: flagship?.serial });
    // By the manifest's pattern: {input}.thumbnail.png.
    expect(done.outputs[0]?.path).toMatch(/\/photo\.thumbnail-\d{4}-\d\d-\d\d-\d{6}\.png$/);
    const seen = look(await readFile(done.outputs[0]?.path ?? ''));
    expect(seen).toMatchObject({ width: 256, height: 192 });
    expect(seen.quarters.map(nameOf)).toEqual(['white', 'blue', 'green', 'red']);
  });

  test('what is no image fails with the service’s own words', async () => {
    const failed = await run(await lab.file('no.jpg', 'not an image'), flagship?.serial ?? '');
    expect(failed.error?.message).toMatch(/neither a JPEG nor a PNG/);
  });

  test('the budget phone says why it can not', async () => {
    const file = await lab.file('small.jpg', jpegOf(64, 64, corners(64, 64)));
    const refused = await run(file, budget?.serial ?? '');
    expect(refused.error?.message).toMatch(/nodejs/);
  });
});
