import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '#base';
import { openAttachedPhones } from './attached-phones.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya-attached-'));
  file = path.join(dir, 'attached-phones.json');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = () => openAttachedPhones(file, silentLogger);

test('what was attached is known after a restart, what was taken away is not', async () => {
  const phones = await open();
  await Promise.all(['A', 'B', 'C'].map((serial) => phones.remember(serial)));
  await phones.forget('B');
  const next = await open();
  expect(['A', 'B', 'C'].filter((serial) => next.has(serial))).toEqual(['A', 'C']);
  expect(await readdir(dir)).toEqual(['attached-phones.json']);
});

test.each(['', '{', '[]', '{"serials":[7]}', `{"serials":["${'x'.repeat(200)}"]}`, 'x'.repeat(1_000_001)])(
  'a damaged file is as good as none, and is written anew',
  async (text) => {
    await writeFile(file, text);
    const phones = await open();
    expect(phones.has('A')).toBe(false);
    await phones.remember('A');
    expect((await open()).has('A')).toBe(true);
  },
);

test('it is bounded: the one attached longest ago is forgotten', async () => {
  const serials = Array.from({ length: 1_000 }, (_, at) => `S${at}`);
  await writeFile(file, JSON.stringify({ serials }));
  const phones = await open();
  await phones.remember('new');
  expect([phones.has('S0'), phones.has('S1'), phones.has('new')]).toEqual([false, true, true]);
  expect(JSON.parse(await readFile(file, 'utf8')).serials).toHaveLength(1_000);
});

test('a folder that takes no file does not fail the attach', async () => {
  const phones = await openAttachedPhones(path.join(dir, 'gone', 'attached-phones.json'), silentLogger);
  await phones.remember('A');
  expect(phones.has('A')).toBe(true);
});
