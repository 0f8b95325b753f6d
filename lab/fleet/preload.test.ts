// What all phones share is made once, whoever asks at the same time.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Payload } from './payload.ts';
import { makePreload } from './preload.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'abhaya preload '));
});
afterEach(() => rm(folder, { recursive: true }));

test('phones that start at once get one whole copy, and nothing is left beside it', async () => {
  const source = path.join(folder, 'source');
  await mkdir(source);
  const names = Array.from({ length: 40 }, (_, i) => `lib-${i}/deep/part`);
  const files = await Promise.all(
    names.map(async (name, i) => {
      const local = path.join(source, `${i}`);
      await writeFile(local, name);
      return { path: name, local };
    }),
  );
  const payloadOf = (list: readonly { path: string; local: string }[]) =>
    ({
      runtime: { hash: 'abc', files: list },
      agent: { hash: 'def', files: list.slice(0, 1) },
      modules: {},
    }) as unknown as Payload;
  // One that can't finish must not take the others' work along when it cleans up.
  const broken = files.toSpliced(20, 1, { path: 'gone', local: path.join(source, 'gone') });
  for (let round = 0; round < 3; round++) {
    const parent = path.join(folder, `preload-${round}`);
    const failing = makePreload(parent, payloadOf(broken)).catch(() => undefined);
    const made = await Promise.all(Array.from({ length: 8 }, () => makePreload(parent, payloadOf(files))));
    await failing;
    expect(new Set(made)).toEqual(new Set([path.join(parent, 'abc-def')]));
    expect(await readdir(parent)).toEqual(['abc-def']);
    for (const name of names)
      expect(await readFile(path.join(parent, 'abc-def/runtime/abc', name), 'utf8')).toBe(name);
    expect(await readFile(path.join(parent, 'abc-def/agent/def', names[0] ?? ''), 'utf8')).toBe(names[0]);
    // The next build's phones need no older copy.
    const next = {
      ...payloadOf(files),
      agent: { hash: 'fed', files: files.slice(1, 2) },
    } as unknown as Payload;
    await makePreload(parent, next);
    expect(await readdir(parent)).toEqual(['abc-fed']);
  }
  expect(await readFile(path.join(source, '0'), 'utf8')).toBe(names[0]);
});

test("what the build's umask hid from others is copied for the phones' user, the rest is linked", async () => {
  const [open, hidden] = [path.join(folder, 'open'), path.join(folder, 'hidden')];
  await writeFile(open, 'open', { mode: 0o644 });
  await writeFile(hidden, 'hidden', { mode: 0o600 });
  const files = [
    { path: 'open', local: open, mode: 0o600 },
    { path: 'hidden', local: hidden, mode: 0o700 },
  ];
  const payload = {
    runtime: { hash: 'abc', files },
    agent: { hash: 'def', files },
    modules: { python: { hash: '012', files } },
  };
  const made = await makePreload(path.join(folder, 'preload'), payload as unknown as Payload);
  const inside = await stat(path.join(made, 'agent/def/hidden'));
  expect(inside.mode & 0o777).toBe(0o755);
  expect(inside.ino).not.toBe((await stat(hidden)).ino);
  expect((await stat(hidden)).mode & 0o777).toBe(0o600);
  expect(path.basename(made)).toBe('abc-def-012');
  for (const place of ['runtime/abc', 'python/012'])
    expect((await stat(path.join(made, place, 'open'))).ino).toBe((await stat(open)).ino);
});
