// The installed form of the app: packed by electron-builder, moved elsewhere, started without the checkout.

import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProjectRoot, loadToolchain } from '#lab/toolchain';
import { openWindow, type WindowTester } from './window.tester.ts';

const root = findProjectRoot(import.meta.dirname);

describe('the packed app', () => {
  let folder: string;
  let tester: WindowTester;

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [path.join(root, 'scripts', 'package.mjs'), '--dir'], {
      cwd: root,
    });
    folder = await mkdtemp(path.join(tmpdir(), 'abhaya packed '));
    const { cacheDir } = loadToolchain();
    await rename(path.join(cacheDir, 'package', 'out', 'linux-unpacked'), path.join(folder, 'app')).catch(
      async () => {
        await promisify(execFile)('cp', [
          '-a',
          path.join(cacheDir, 'package', 'out', 'linux-unpacked'),
          path.join(folder, 'app'),
        ]);
      },
    );
    await rm(path.join(cacheDir, 'package'), { recursive: true, force: true });
    tester = await openWindow({ packaged: path.join(folder, 'app', 'abhaya-lab'), args: ['--phones', '2'] });
  }, 300_000);
  afterAll(async () => {
    await tester?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('starts its own lab host and phones, and counts words on one of them', async () => {
    await tester.meshReady(2);
    const client = await tester.client();
    const { uploadId } = await client.upload(await tester.file('words.txt', 'one two two\n'));
    const { taskId } = await client.submit({
      packageId: 'org.abhaya.wordcount',
      inputs: { text: { upload: uploadId } },
    });
    await expect
      .poll(async () => (await client.task(taskId)).state, { timeout: 30_000 })
      .toBe('acknowledged');
    const [output] = (await client.task(taskId)).outputs;
    expect(output?.value).toMatchObject({ lines: 1, words: 3, bytes: 12 });
  });

  test('runs from where it was put, with the Node that it carries', async () => {
    const { pid } = await (await tester.client()).host();
    const { stdout } = await promisify(execFile)('readlink', [`/proc/${pid}/exe`]);
    expect(stdout.startsWith(path.join(folder, 'app', 'resources', 'lab'))).toBe(true);
  });

  test('complains of nothing', () => {
    expect(tester.complaints).toEqual([]);
  });
});
