// From an empty window to an acknowledged thumbnail of a real photograph, by drag and drop; then what a person sees
// when phones fail: a killed agent in mid-run, a pulled cable.

import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSlowPackage } from '../slow-service.tester.ts';
import { openWindow, type WindowTester } from './window.tester.ts';

/** Taken by a phone: 2448 × 2448 pixels, turned by EXIF. A development package carries it. */
const photograph = path.join(
  path.dirname(createRequire(import.meta.url).resolve('jpeg-exif/package.json')),
  'test',
  'IMG_0001.JPG',
);

describe('a person with five phones', () => {
  let tester: WindowTester;

  beforeAll(async () => {
    tester = await openWindow();
    await tester.meshReady(5);
  });
  afterAll(() => tester?.close());

  test('drops a photograph on a service and gets its thumbnail, saved', async () => {
    const { page } = tester;
    await tester.goTo('services');
    await page.getByRole('heading', { name: 'Thumbnail' }).waitFor();
    await tester.drop('h2[title="Thumbnail"]', [photograph]);
    await page.getByText('2448 × 2448 px').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('256 × 256 px').waitFor({ timeout: 60_000 });
    await page.getByText(/Saved as .*thumbnail-.*\.png/).waitFor();
    const [saved] = await readdir(path.join(tester.home, 'outputs'));
    const png = await readFile(path.join(tester.home, 'outputs', saved ?? ''));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
  });

  test('sees why: offers with their parts, the way, the exit report, both signatures', async () => {
    const { page } = tester;
    await page.getByRole('link', { name: 'Open the task' }).click();
    for (const heading of ['Timeline', 'Offers', 'Exit report', 'Results'])
      await page.getByRole('heading', { name: heading }).waitFor();
    await page.getByText('Resources 0.30').waitFor();
    expect(await tester.accessibility()).toEqual([]);
  });

  test('sees a task move when the phone that runs it dies', async () => {
    const { page } = tester;
    const client = await tester.client();
    const { file, rounds } = await writeSlowPackage(tester.home);
    await client.installService(file, undefined);
    const { taskId } = await client.submit({
      packageId: 'org.example.slow',
      inputs: { rounds: { value: rounds } },
      deadlineMs: 100_000,
    });
    await tester.goTo('tasks');
    await page.getByRole('row', { name: /org\.example\.slow/ }).click();
    await expect.poll(async () => (await client.task(taskId)).state, { timeout: 30_000 }).toBe('running');
    const first = (await client.task(taskId)).device ?? '';
    await client.command(first, { action: 'kill-agent' });
    await expect
      .poll(async () => (await client.task(taskId)).state, { timeout: 90_000 })
      .toBe('acknowledged');
    const task = await client.task(taskId);
    expect(task.device).not.toBe(first);
    expect(task.attempts).toBe(2);
    await page.getByText('Done', { exact: true }).first().waitFor();
    await page
      .getByText(task.device ?? '', { exact: true })
      .first()
      .waitFor();
  });

  test('sees a pulled cable, and the phone come back by itself', async () => {
    const { page } = tester;
    const client = await tester.client();
    await tester.goTo('fleet');
    await client.command('VP0003', { action: 'unplug' });
    await page.getByRole('row', { name: /VP0003.*Unplugged/ }).waitFor();
    await client.command('VP0003', { action: 'plug-in' });
    await page.getByRole('row', { name: /VP0003.*Running/ }).waitFor({ timeout: 60_000 });
  });

  test('finds what ran before, after app and lab host were started anew', async () => {
    await tester.reopen();
    await tester.meshReady(5);
    await tester.goTo('tasks');
    await tester.page.getByRole('row', { name: /org\.abhaya\.thumbnail/ }).waitFor();
    await tester.page.getByRole('row', { name: /org\.example\.slow/ }).waitFor();
  });
});
