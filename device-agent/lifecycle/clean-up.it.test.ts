import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeOldBundles } from './clean-up.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'abhaya-clean-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('bundles of earlier versions and broken pushes go, ours and the data stay', async () => {
  for (const dir of ['runtime/aa', 'runtime/bb', 'agent/cc', 'agent/dd', 'agent/.push-1', 'data/library']) {
    await mkdir(path.join(root, dir), { recursive: true });
    await writeFile(path.join(root, dir, 'file'), '');
  }
  expect((await removeOldBundles(root, 'aa-dd')).sort()).toEqual(['agent/.push-1', 'agent/cc', 'runtime/bb']);
  expect((await readdir(root, { recursive: true })).sort()).toEqual([
    'agent',
    'agent/dd',
    'agent/dd/file',
    'data',
    'data/library',
    'data/library/file',
    'runtime',
    'runtime/aa',
    'runtime/aa/file',
  ]);
});

test('a phone without anything of ours is left alone', async () => {
  expect(await removeOldBundles(root, 'aa-dd')).toEqual([]);
});
