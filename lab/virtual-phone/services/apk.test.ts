// APKs as files: a real one, and archives made to exhaust or mislead the reader.

import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { craftApk, craftManifest, fixtureApk, fixturePath } from '../testing/craft-apk.ts';
import { readApk } from './apk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya apk '));
});
afterEach(() => rm(folder, { recursive: true }));

async function codeOf(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'x.apk');
  await writeFile(path, bytes);
  return readApk(path).then(
    ({ packageName }) => packageName,
    (error) => error.code,
  );
}

test('a real APK, made by aapt2 and signed by apksigner, is read', async () => {
  expect(await readApk(fixturePath)).toEqual({ packageName: 'org.abhaya.fixture', versionCode: 7 });
});

test('a stored manifest is read as a deflated one is', async () => {
  expect(await codeOf(craftApk(craftManifest(), { deflate: false }))).toBe('org.example.crafted');
});

describe('hostile archives', () => {
  const good = craftManifest();
  const other = (name: string) => ({ name, content: Buffer.from('x') });
  const bomb = Buffer.alloc(64 * 1024 * 1024);
  const hostile: Record<string, [() => Uint8Array, string]> = {
    'an empty file': [() => Buffer.alloc(0), 'package.malformed'],
    'a text': [() => Buffer.from('no archive'.repeat(1000)), 'package.malformed'],
    'an archive without a manifest': [() => craftApk(good, { name: 'Manifest.xml' }), 'package.missing-file'],
    'a manifest that is declared as large': [() => craftApk(bomb), 'package.too-large'],
    'a manifest that grows beyond what it declared': [
      () => craftApk(bomb, { size: 1000 }),
      'package.malformed',
    ],
    'a manifest that is shorter than declared': [() => craftApk(good, { size: 5000 }), 'package.malformed'],
    'a manifest of garbage instead of deflated bytes': [
      () => craftApk(good, { stored: Buffer.alloc(500, 0xff) }),
      'package.malformed',
    ],
    'an encrypted manifest': [() => craftApk(good, { flags: 1 }), 'package.malformed'],
    'a manifest that lies outside of the file': [
      () => craftApk(good, { offset: 0x7fff_ffff }),
      'package.malformed',
    ],
    'a name that climbs out': [() => craftApk(good, {}, [other('../../etc/passwd')]), 'package.malformed'],
    'a name from the root': [() => craftApk(good, {}, [other('/system/app/x')]), 'package.malformed'],
    'a package that is a path': [() => craftApk(craftManifest({ name: '../../../x' })), 'package.bad-name'],
    'a package with a line break': [
      () => craftApk(craftManifest({ name: 'a.b\nSuccess' })),
      'package.bad-name',
    ],
    'a package without a dot': [() => craftApk(craftManifest({ name: 'android' })), 'package.bad-name'],
    'a package name of 300 letters': [
      () => craftApk(craftManifest({ name: `a.${'b'.repeat(300)}` })),
      'package.bad-name',
    ],
  };
  test.each(Object.entries(hostile))('%s', async (_name, [make, code]) => {
    expect(await codeOf(make())).toBe(code);
  });

  test('bombs are not inflated: memory stays', async () => {
    const bytes = [craftApk(bomb), craftApk(bomb, { size: 1000 })];
    const before = process.memoryUsage();
    for (let round = 0; round < 20; round++) for (const one of bytes) await codeOf(one);
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(bomb.length);
  });

  test('cut short anywhere, it is an error', async () => {
    const whole = await fixtureApk();
    const path = join(folder, 'x.apk');
    await writeFile(path, whole);
    for (let size = whole.length - 1; size >= 0; size -= 61) {
      await truncate(path, size);
      await expect(readApk(path)).rejects.toMatchObject({ code: 'package.malformed' });
    }
  });

  test('a link is not followed', async () => {
    await symlink(fixturePath, join(folder, 'link.apk'));
    await expect(readApk(join(folder, 'link.apk'))).rejects.toMatchObject({ code: 'ELOOP' });
  });
});
