import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { guessRuntime } from '#base';
import { lookAtProgram } from './execute.ts';
import { followFile } from './follow-file.ts';
import { needSandboxSystem } from './local-sandbox.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  ['a.out', '\x7fELF', 'native'],
  ['misleading.js', '\x7fELF', 'native'],
  ['hello', '\x7fELF … \x04\0\0\0S\0\0\0\x04\0\0\0Go\0\0id', 'go'],
  ['a.js', 'module.exports', 'nodejs'],
  ['A.CJS', '', 'nodejs'],
  ['a.ts', '', 'nodejs'],
  ['a.mts', '', 'nodejs'],
  ['a.jar', 'PK', 'jvm'],
  ['script', '#!/usr/bin/env node\nmodule.exports', 'nodejs'],
  ['a.py', 'print(1)', 'python'],
  ['script', '#!/usr/bin/env python3\nprint(1)', 'python'],
  ['script', '#!/bin/sh\nnode', undefined],
  ['README.md', '# node', undefined],
  ['empty', '', undefined],
])('%s with %j is for %s', (name, head, runtime) => {
  expect(guessRuntime(name, bytes(head))).toBe(runtime);
});

test('systems without a sandbox are told so, with what they can do', () => {
  expect(() => needSandboxSystem('linux')).not.toThrow();
  for (const [platform, name] of [
    ['darwin', /^macOS has no sandbox.*abhaya run/],
    ['win32', /^Windows has no sandbox/],
  ] as const)
    expect(() => needSandboxSystem(platform)).toThrow(
      expect.objectContaining({ code: 'sandbox.unavailable', message: expect.stringMatching(name) }),
    );
});

test('a file is followed to its end, through a slow reader', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'abhaya-follow-'));
  const path = join(folder, 'growing');
  const out = new PassThrough({ highWaterMark: 1_000 });
  let ended = false;
  const following = followFile(path, out, () => ended);
  let seen = '';
  out.on('data', (chunk: Buffer) => {
    seen += chunk;
    out.pause();
    setImmediate(() => out.resume());
  });
  let all = '';
  for (let part = 0; part < 20; part++) {
    all += `${part} `.repeat(20_000);
    await writeFile(path, all);
  }
  ended = true;
  expect(await following).toBe(all.length);
  out.end();
  await new Promise((resolve) => out.on('end', resolve));
  expect(seen === all).toBe(true);
  await rm(folder, { recursive: true });
});

test('a file that never comes is an empty one; a reader that fails is told', async () => {
  expect(await followFile('/none', new PassThrough(), () => true)).toBe(0);
  const out = new PassThrough();
  const following = followFile(import.meta.filename, out, () => false);
  out.destroy(new Error('gone'));
  await expect(following).rejects.toThrow(/gone|destroyed/);
});

test('a program that is none', async () => {
  await expect(lookAtProgram('/none')).rejects.toMatchObject({ code: 'not-found' });
  await expect(lookAtProgram(tmpdir())).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await lookAtProgram(process.execPath)).toMatchObject({ runtime: 'native' });
});
