// Our status command, run by a shell whose getprop answers as real phones did (captures/SOURCES.md).

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseStatus, statusCommand } from './phone-status.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('captures/', import.meta.url));

const phones: Record<
  string,
  [model: string, abi: string, android: string, apiLevel: number, serial: number]
> = {
  'galaxy-s3-us-android-4.1.1.getprop.txt': ['SAMSUNG-SGH-I747', 'armeabi-v7a', '4.1.1', 16, 8],
  'zenfone-2-android-6.0.1.getprop.txt': ['ASUS_Z00AD', 'x86', '6.0.1', 23, 15],
  'galaxy-s8-us-android-7.0.getprop.txt': ['SM-G950U', 'arm64-v8a', '7.0', 24, 18],
  'xiaomi-mi-5c-android-7.1.2.getprop.txt': ['MI 5C', 'arm64-v8a', '7.1.2', 25, 8],
  'oneplus-5t-android-8.0.getprop.txt': ['ONEPLUS A5010', 'arm64-v8a', '8.0.0', 26, 8],
  'oppo-r15-android-8.1.getprop.txt': ['PACM00', 'arm64-v8a', '8.1.0', 27, 16],
  'huawei-mate-20-android-9.getprop.txt': ['HMA-L29', 'arm64-v8a', '9', 28, 16],
  'pixel-8-android-14.getprop.txt': ['Pixel 8', 'arm64-v8a', '14', 34, 14],
};

test('every capture is read by a test', () => {
  const captures = readdirSync(folder).filter((file) => file !== 'SOURCES.md');
  expect(captures.sort()).toEqual(Object.keys(phones).sort());
});

test.each(Object.entries(phones))('%s', async (file, [model, abi, android, apiLevel, serialLength]) => {
  const getprop = String.raw`getprop() { sed -n "s/^\[$1\]: \[\(.*\)\]$/\1/p" "$CAPTURE"; }`;
  const { stdout } = await run('sh', ['-c', `${getprop}\n${statusCommand()}`], {
    env: { PATH: process.env.PATH, CAPTURE: `${folder}${file}` },
  });
  expect(parseStatus(stdout)).toEqual({
    serial: '0'.repeat(serialLength),
    model,
    abi,
    android,
    apiLevel,
    virtual: false,
    art: undefined,
    jvm: undefined,
    folders: [],
    running: undefined,
  });
});
