// The node_modules step on bad days: real npm against a registry on loopback, in a path with spaces, with
// NODE_ENV=production.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUp } from './main.mjs';
import { nodeModulesStep } from './node-modules.mjs';
import { run } from './run.mjs';
import { startRegistry } from './testing/registry.mjs';

let folder;
let root;
let registry;

const once = { fetchRetries: 1, attempts: 1, pauseMs: 10 };
/** For what must work: a busy machine is no bad registry. */
const patient = { ...once, fetchTimeoutMs: 30_000, args: ['--fetch-retry-mintimeout=100'] };
/** For what can't work. */
const quick = { ...once, fetchTimeoutMs: 700 };
const environment = () => ({
  ...process.env,
  NODE_ENV: 'production',
  npm_config_omit: 'dev',
  npm_config_registry: registry.url,
  npm_config_cache: join(folder, 'npm cache'),
  npm_config_userconfig: join(folder, 'npmrc'),
});
const install = (npm = {}, options = { quiet: true }) =>
  setUp({
    root,
    steps: [nodeModulesStep],
    env: environment(),
    overrides: { npm: { ...patient, ...npm } },
    ...options,
  });
const child = join(dirname(fileURLToPath(import.meta.url)), 'testing', 'npm-child.mjs');
const failure = async (npm) => {
  try {
    await install({ ...quick, args: [], ...npm });
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
    expect(Date.now() - started).toBeLessThan(60_000);
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

describe('a slow registry', () => {
  it('is told about while npm waits for it', async () => {
    const said = [];
    const out = { isTTY: true, columns: 80, write: (text) => said.push(text) };
    registry.become('stall');
    await expect(install({ fetchTimeoutMs: 60_000, timeoutMs: 2_500 }, { out })).rejects.toThrow(
      /npm took longer/,
    );
    expect(said.join('')).toMatch(/npm ci: \d of about 3 packages, \d+ s/);
  });
});

describe('an install that was killed', () => {
  it('leaves the former packages whole and no npm behind; the next one works', async () => {
    await install();
    rmSync(join(root, 'node_modules', 'planted-lib'), { recursive: true });
    rmSync(join(folder, 'npm cache'), { recursive: true });
    registry.become('stall');
    const before = registry.requests();
    const config = JSON.stringify({ root, npm: { ...quick, fetchTimeoutMs: 60_000 } });
    const victim = spawn(process.execPath, [child, config], { env: environment(), stdio: 'ignore' });
    const end = new Promise((resolve) => victim.once('exit', (_code, signal) => resolve(signal)));
    await until(() => registry.requests() > before);
    expect(workingIn(root)).not.toEqual([]);
    victim.kill('SIGKILL');
    expect(await end).toBe('SIGKILL');
    await until(() => workingIn(root).length === 0);
    expect(installed()).toContain('planted-dev');
    registry.become('good');
    expect(await install()).toMatchObject([{ did: true }]);
    expect(installed()).toContain('planted-lib');
  });

  it('between its two renames gets its former packages back', async () => {
    await install();
    renameSync(join(root, 'node_modules'), join(root, '.aside-node_modules-123-0123abcd-old'));
    await registry.close();
    rmSync(join(folder, 'npm cache'), { recursive: true });
    expect(await failure()).toMatch(/can't be reached/);
    expect(await install()).toMatchObject([{ did: false }]);
    expect(installed()).toContain('planted-lib');
  });
});

describe('damage', () => {
  it("of npm's record of what is installed is mended", async () => {
    await install();
    truncateSync(join(root, 'node_modules', '.package-lock.json'), 50);
    expect(await install()).toMatchObject([{ did: true }]);
    expect(await install()).toMatchObject([{ did: false }]);
  });

  it("of npm's cache is found: the packages are fetched again", async () => {
    await install();
    const content = join(folder, 'npm cache', '_cacache', 'content-v2');
    const files = readdirSync(content, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const { parentPath, name } of files) writeFileSync(join(parentPath, name), 'garbage');
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(await install()).toMatchObject([{ did: true }]);
    expect(readFileSync(join(root, 'node_modules', 'planted-lib', 'index.js'), 'utf8')).toBe(
      'module.exports = 1;\n',
    );
  });
});

describe('a full disk', () => {
  it('is named as such, and leaves nothing', async () => {
    const script = [
      `cp "${root}"/package*.json "${folder}"`,
      `mount -t tmpfs -o size=1m tmpfs "${root}"`,
      `cp "${folder}"/package*.json "${root}"`,
      '"$@"; code=$?',
      `ls -A "${root}" >&2`,
      'exit $code',
    ].join('\n');
    const config = JSON.stringify({ root, npm: patient });
    const args = ['-rm', 'sh', '-c', script, 'sh', process.execPath, child, config];
    const result = await run('unshare', args, { env: environment(), timeoutMs: 60_000 });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/The disk that holds .* is full; nothing was changed/);
    expect(result.stderr).not.toMatch(/aside|^node_modules$/m);
    expect(await install()).toMatchObject([{ did: true }]);
  });
});

/** Processes whose working directory is below the folder (Linux). */
function workingIn(path) {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(`${path}/`);
    } catch {
      return false;
    }
  });
}

async function until(holds, timeoutMs = 20_000) {
  const deadline = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to pass');
    await sleep(20);
  }
}
