// d8 where an Android SDK has one, dalvik-dx everywhere else.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dexerFlags, dexerKey, findD8 } from './dexer.mjs';

let sdk;
beforeEach(() => {
  sdk = mkdtempSync(join(tmpdir(), 'abhaya sdk '));
});
afterEach(() => rmSync(sdk, { recursive: true }));

function addD8(version, mode = 0o755) {
  const path = join(sdk, 'build-tools', version, 'd8');
  mkdirSync(join(sdk, 'build-tools', version), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n', { mode });
  return path;
}

it('takes the newest d8, by number', () => {
  addD8('9.0.0');
  addD8('34.0.0');
  const newest = addD8('34.0.10');
  expect(findD8({ ANDROID_HOME: sdk })).toBe(newest);
  expect(findD8({ ANDROID_SDK_ROOT: sdk })).toBe(newest);
  expect(dexerFlags({ ANDROID_HOME: sdk })).toEqual([`-Dandroid.d8=${newest}`]);
  expect(dexerKey({ ANDROID_HOME: sdk })).toBe(newest);
});

it('prefers a release to its previews, and skips versions without a d8 that can be run', () => {
  addD8('35.0.0-rc1');
  const release = addD8('35.0.0');
  addD8('36.0.0', 0o644);
  mkdirSync(join(sdk, 'build-tools', '37.0.0'));
  mkdirSync(join(sdk, 'build-tools', 'debian'));
  expect(findD8({ ANDROID_HOME: sdk })).toBe(release);
});

it('is dalvik-dx without an SDK, with an empty one, and where ANDROID_HOME has none', () => {
  addD8('34.0.0');
  for (const env of [
    {},
    { ANDROID_HOME: '' },
    { ANDROID_HOME: join(sdk, 'none') },
    { ANDROID_HOME: tmpdir() },
  ]) {
    expect(findD8(env)).toBeUndefined();
    expect(dexerFlags(env)).toEqual([]);
    expect(dexerKey(env)).toBe('dalvik-dx');
  }
});
