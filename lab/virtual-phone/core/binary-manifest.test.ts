// The manifest of an APK, right and hostile. What hangs here would hang a phone.

import { describe, expect, test } from 'vitest';
import { AbhayaError, seededRandom } from '#base';
import { chunkOf, craftManifest, u32 } from '../testing/craft-apk.ts';
import { readBinaryManifest } from './binary-manifest.ts';

const outcome = (bytes: Uint8Array): string => {
  try {
    const { packageName, versionCode } = readBinaryManifest(bytes);
    return `${packageName} ${versionCode}`;
  } catch (error) {
    if (error instanceof AbhayaError) return error.code;
    throw error; // a bug of ours
  }
};

test.each([true, false])('name and version are read (UTF-8: %s)', (utf8) => {
  expect(outcome(craftManifest({ name: 'org.example.app', versionCode: 42, utf8 }))).toBe(
    'org.example.app 42',
  );
});

describe('hostile manifests', () => {
  const empty = Buffer.alloc(0);
  const hostile: Record<string, [Uint8Array, string]> = {
    'nothing at all': [empty, 'package.malformed'],
    'text instead of binary XML': [Buffer.from('<manifest package="a.b"/>'), 'package.malformed'],
    'a chunk of no bytes, which would be read for ever': [
      craftManifest({ before: chunkOf(0x100, empty, empty, 0) }),
      'package.malformed',
    ],
    'a chunk shorter than its header': [
      craftManifest({ before: chunkOf(0x100, Buffer.alloc(16), empty, 12) }),
      'package.malformed',
    ],
    'a chunk that ends behind the file': [
      craftManifest({ elementBytes: 4_000_000_000 }),
      'package.malformed',
    ],
    'a root that ends behind the file': [craftManifest({ rootBytes: 4_000_000_000 }), 'package.malformed'],
    'a root that ends before its first chunk': [craftManifest({ rootBytes: 8 }), 'package.malformed'],
    'four thousand million strings': [craftManifest({ stringCount: 0xffff_ffff }), 'package.malformed'],
    'no strings': [craftManifest({ stringCount: 0 }), 'package.malformed'],
    'a string far outside': [craftManifest({ nameOffset: 0x7fff_fff0 }), 'package.malformed'],
    'a string pool that covers itself only': [craftManifest({ poolBytes: 28 }), 'package.malformed'],
    'a name of thirty thousand letters': [craftManifest({ name: 'a'.repeat(30_000) }), 'package.malformed'],
    'more attributes than there is room for': [
      craftManifest({ attributeCount: 65_535 }),
      'package.malformed',
    ],
    'attributes of no bytes': [craftManifest({ attributeBytes: 0 }), 'package.malformed'],
    'no attributes': [craftManifest({ attributeCount: 0 }), 'package.manifest-invalid'],
    'another first element': [craftManifest({ element: 'resources' }), 'package.malformed'],
    'no element': [chunkOf(3, empty, chunkOf(1, u32(0, 0, 0, 28, 0), empty)), 'package.malformed'],
  };
  test.each(Object.entries(hostile))('%s', (_name, [bytes, code]) => {
    expect(outcome(bytes)).toBe(code);
  });

  test('a pool of a million strings in one place costs nothing: they are not decoded', () => {
    const count = 1_000_000;
    // Each claims 32,767 characters: 32 GB if somebody decoded them.
    const text = Buffer.concat([Buffer.of(0xff, 0x7f), Buffer.alloc(65_534, 'x')]);
    const pool = chunkOf(
      1,
      u32(count, 0, 0, 28 + 4 * count, 0),
      Buffer.concat([Buffer.alloc(4 * count), text]),
    );
    const manifest = craftManifest({ before: pool, name: 'org.example.small' });
    expect(outcome(manifest)).toBe('org.example.small 1');
    const first = chunkOf(3, empty, Buffer.concat([pool, craftManifest().subarray(8)]));
    expect(outcome(first)).toBe('package.malformed');
  });

  test('a million small chunks are passed in one go', () => {
    const many = Buffer.alloc(8_000_000, chunkOf(0x100, empty, empty));
    expect(outcome(craftManifest({ before: many }))).toBe('org.example.crafted 1');
  });

  test.each([true, false])('cut short anywhere, it is malformed (UTF-8: %s)', (utf8) => {
    const whole = craftManifest({ utf8 });
    for (let size = 0; size < whole.length; size++)
      expect(outcome(whole.subarray(0, size)), `${size} bytes`).toBe('package.malformed');
  });

  test('with any bytes changed, it is read or refused, never anything else', () => {
    const random = seededRandom(11);
    const whole = craftManifest();
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(whole);
      for (let i = 0; i <= round % 4; i++)
        bytes[Math.floor(random.float() * bytes.length)] = Math.floor(random.float() * 256);
      expect(outcome(bytes)).toMatch(/^package\.(malformed|manifest-invalid)$| -?\d+$/);
    }
  });
});
