// The node_modules step on bad days: real npm against a registry on loopback, in a path with spaces, with
// NODE_ENV=production.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUp } from './main.mjs';
import { nodeModulesStep } from './node-modules.mjs';
import { startRegistry } from './testing/registry.mjs';

let folder;
let root;
let registry;

const quick = { fetchTimeoutMs: 700, fetchRetries: 1, attempts: 1, pauseMs: 10 };
const install = (npm = {}) =>
  setUp({
    root,
    quiet: true,
    steps: [nodeModulesStep],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      npm_config_omit: 'dev',
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'npm cache'),
      npm_config_userconfig: join(folder, 'npmrc'),
    },
    overrides: { npm: { ...quick, ...npm } },
  });
const failure = async (npm) => {
  try {
    await install(npm);
  } catch (error) {
    return `${error.name}: ${error.message} | ${error.hint ?? ''}`;
  }
  return 'none';
};
const installed = () =>
  readdirSync(join(root, 'node_modules'))
    .filter((name) => !name.startsWith('.'))
    .sort();
const leftovers = () => readdirSync(root).filter((name) => name.includes('aside'));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya npm '));
  root = join(folder, 'a project');
  mkdirSync(root);
  writeFileSync(join(folder, 'npmrc'), 'update-notifier=false\n');
  registry = await startRegistry(folder, root);
});
afterEach(async () => {
  await registry.close();
  expect(leftovers()).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

describe('node_modules', () => {
  it('is installed whole under NODE_ENV=production, then left alone, offline too', async () => {
    expect(await install()).toMatchObject([{ did: true }]);
    expect(installed()).toEqual(
      [`node-${process.platform}-${process.arch}`, 'planted-dev', 'planted-lib'].sort(),
    );
    await registry.close();
    const before = registry.requests();
    expect(await install()).toMatchObject([{ did: false }]);
    expect(registry.requests()).toBe(before);
  });

  it('is mended when a package is gone, from the cache of npm when there is no network', async () => {
    await install();
    rmSync(join(root, 'node_modules', 'planted-lib'), { recursive: true });
    await registry.close();
    expect(await install()).toMatchObject([{ did: true }]);
    expect(installed()).toContain('planted-lib');
  });

  it('is renewed when the lockfile changed', async () => {
    await install();
    const hidden = join(root, 'node_modules', '.package-lock.json');
    const before = JSON.parse(readFileSync(hidden, 'utf8'));
    // As if an older version were installed than the lockfile now asks for.
    before.packages['node_modules/planted-lib'].version = '0.9.0';
    writeFileSync(hidden, JSON.stringify(before));
    expect(await install()).toMatchObject([{ did: true }]);
  });

  it('stays as it was when the registry stalls', async () => {
    await install();
    rmSync(join(root, 'node_modules', 'planted-dev'), { recursive: true });
    rmSync(join(folder, 'npm cache'), { recursive: true });
    registry.become('stall');
    const started = Date.now();
    expect(await failure()).toMatch(
      /SetupError: .*can't be reached .*nothing was changed\. \| .*npm run setup/,
    );
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(installed()).toContain('planted-lib');
  });

  it('has a time limit over all, whatever npm does', async () => {
    registry.become('stall');
    expect(await failure({ fetchTimeoutMs: 60_000, timeoutMs: 1_500 })).toMatch(/npm took longer than 2 s/);
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });

  it('survives a registry that fails at first', async () => {
    registry.failNext(2);
    expect(await install({ attempts: 3, fetchRetries: 2 })).toMatchObject([{ did: true }]);
  });

  it('does not let npm leave out the pinned Node when its download fails', async () => {
    registry.become('broken');
    expect(await failure()).toMatch(/nothing was changed/);
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });

  it('is offline with something missing: a sentence and the command', async () => {
    await registry.close();
    expect(await failure()).toMatch(
      /the npm registry can't be reached .* \| When you are online again, run: npm run setup/,
    );
  });

  it('refuses a package whose bytes are not those of the lockfile', async () => {
    const lock = join(root, 'package-lock.json');
    const other = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
    writeFileSync(
      lock,
      readFileSync(lock, 'utf8').replace(
        /("node_modules\/planted-lib":\{"version":"1\.0\.0","integrity":")[^"]+/,
        `$1${other}`,
      ),
    );
    expect(await failure()).toMatch(/npm ci failed|nothing was changed/);
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });

  it('names a damaged lockfile', async () => {
    writeFileSync(join(root, 'package-lock.json'), '{');
    expect(await failure()).toMatch(/package-lock\.json is missing or damaged/);
  });
});
