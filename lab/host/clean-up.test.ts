import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '#base';
import { homeOf } from '#lab/home';
import { cleanUpAfter } from './clean-up.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya home '));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a killed lab host's unfinished copies, run folder and word of itself go; the rest stays", async () => {
  const home = homeOf({}, dir);
  const inside = ['preload/abc-def/agent', 'preload/abc-def.part-X1y2Z3/runtime/abc', 'run/phones/VP0001'];
  for (const folder of inside) await mkdir(path.join(dir, folder), { recursive: true });
  await writeFile(path.join(dir, 'preload/abc-def.part-X1y2Z3/runtime/abc/node'), 'half');
  await writeFile(home.hostFile, '{}');
  await writeFile(home.tokenFile, 'kept');
  await cleanUpAfter(home, silentLogger);
  expect((await readdir(dir)).sort()).toEqual(['preload', 'token']);
  expect(await readdir(path.join(dir, 'preload'))).toEqual(['abc-def']);
});

test('a home without any of it is fine', async () => {
  await cleanUpAfter(homeOf({}, dir), silentLogger);
  expect(await readdir(dir)).toEqual([]);
});
