// The record that set-up writes, read back; damaged or missing records end with what to type.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAbhayaError } from '#base';
import { findProjectRoot, loadToolchain } from './toolchain.ts';

let cache: string;
const environment = () => ({ ABHAYA_CACHE: cache });
const record = (extra: object = {}) => ({ version: 1, key: 'k', tools: {}, folders: [], ...extra });
const write = async (value: unknown) => {
  await mkdir(join(cache, 'tools'), { recursive: true });
  await writeFile(
    join(cache, 'tools', 'tools.json'),
    typeof value === 'string' ? value : JSON.stringify(value),
  );
};
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return isAbhayaError(error) ? `${error.code}: ${error.message}` : `bug: ${String(error)}`;
  }
  return 'no error';
};

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'abhaya toolchain '));
});
afterEach(() => rm(cache, { recursive: true }));

describe('toolchain', () => {
  it('finds the programs, the project and the pinned Node', async () => {
    await write(
      record({ tools: { adb: process.execPath, mksh: join(cache, 'gone') }, folders: ['userland-0123abcd'] }),
    );
    const toolchain = loadToolchain({ environment: environment() });
    expect(toolchain.find('adb')).toBe(process.execPath);
    expect(toolchain.need('adb')).toBe(process.execPath);
    expect(toolchain.find('toybox')).toBeUndefined();
    // Recorded, but no longer there: set-up's business, not a path to fail on later.
    expect(codeOf(() => toolchain.need('mksh'))).toMatch(
      /^host\.setup: mksh is not there; type: npm run setup/,
    );
    expect(toolchain.libraries).toEqual([join(cache, 'tools', 'userland-0123abcd')]);
    expect(toolchain.dist).toBe(join(toolchain.projectRoot, 'dist'));
    expect(toolchain.node).toContain('node_modules');
  });

  it.each([
    ['no record', undefined],
    ['no JSON', '{'],
    ['another version', record({ version: 2 })],
    ['a folder that climbs', record({ folders: ['../../etc-0123abcd'] })],
    ['tools that are no paths', record({ tools: { adb: 1 } })],
  ])('says host.setup for %s', async (_name, value) => {
    if (value !== undefined) await write(value);
    expect(codeOf(() => loadToolchain({ environment: environment() }))).toMatch(/^host\.setup: /);
  });

  it('is not fooled by an inherited name', async () => {
    await write(record());
    const toolchain = loadToolchain({ environment: environment() });
    expect(toolchain.find('toString' as never)).toBeUndefined();
  });

  it('refuses a place outside the project', () => {
    expect(codeOf(() => findProjectRoot(tmpdir()))).toMatch(/^host\.setup: .* is not inside/);
  });
});
