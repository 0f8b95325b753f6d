import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outputFolderFile } from './output-folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya-folder-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('the last folder is known again after a restart, until the default is wanted', async () => {
  const file = path.join(dir, 'app', 'output-folder.json');
  expect(await outputFolderFile(file).read()).toBeUndefined();
  await outputFolderFile(file).write('/somewhere/with a space');
  expect(await outputFolderFile(file).read()).toBe('/somewhere/with a space');
  await outputFolderFile(file).write(undefined);
  expect(await outputFolderFile(file).read()).toBeUndefined();
});

test('a damaged file is as good as none', async () => {
  const file = path.join(dir, 'output-folder.json');
  await writeFile(file, '{"folder": 7}');
  expect(await outputFolderFile(file).read()).toBeUndefined();
});
