// Fetches Debian trixie's real adbd, and its adb, for tests and benchmarks that check our own daemon against them:
// downloaded with private apt state (no root, nothing is installed), unpacked into the cache, with a small shim that keeps it on the
// loopback. Never shipped. Usage: node scripts/reference-adbd/fetch.mjs [cache folder]

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const SUITE = 'trixie';
const TIMEOUT_MS = 300_000;

/** Resolves with the folder that holds root/ and loopback-shim.so. Two fetchers at once are fine. */
export async function fetchReferenceAdbd(cacheDir, { log = () => {} } = {}) {
  const done = join(cacheDir, `reference-adb-${SUITE}`);
  if (await stat(join(done, 'loopback-shim.so')).catch(() => undefined)) return done;
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(`${done}.new-`);
  try {
    log(`fetching ${SUITE}'s adbd`);
    const packages = await download(join(work, 'apt'));
    for (const file of packages) await run('dpkg-deb', ['-x', file, join(work, 'root')]);
    await run('cc', [
      '-shared',
      '-fPIC',
      '-O2',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-o',
      join(work, 'loopback-shim.so'),
      join(here, 'loopback-shim.c'),
      '-ldl',
    ]);
    await rm(join(work, 'apt'), { recursive: true });
    await chmod(work, 0o755); // the phone's own user reads it
    await rename(work, done).catch(async (error) => {
      if (!(await stat(join(done, 'loopback-shim.so')).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return done;
}

async function download(apt) {
  for (const name of ['lists/partial', 'cache/archives/partial', 'etc'])
    await mkdir(join(apt, name), { recursive: true });
  await writeFile(join(apt, 'status'), '');
  await writeFile(
    join(apt, 'etc/sources.list'),
    `deb [signed-by=${await keyring()}] ${await mirror()} ${SUITE} main\n`,
  );
  const options = {
    'Dir::State': apt,
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': join(apt, 'cache'),
    'Dir::Etc::sourcelist': join(apt, 'etc/sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Debug::NoLocking': '1',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Retries': '3',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const how = { timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } };
  await run('apt-get', [...flags, 'update'], how);
  await run('apt-get', [...flags, 'install', '-y', '--download-only', 'adbd', 'adb'], how);
  const archives = join(apt, 'cache/archives');
  return (await readdir(archives))
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(archives, name));
}

/** The Debian mirror that this machine already uses. */
async function mirror() {
  const { stdout } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(COMPONENT) $(RELEASE)',
  ]);
  const uri = stdout
    .split('\n')
    .find((line) => /^\S+\/debian\/? main \w+$/.test(line) && !/security|updates|backports/.test(line));
  if (!uri)
    throw new Error('the reference adbd comes from Debian: this system has no Debian mirror configured');
  return uri.split(' ')[0];
}

async function keyring() {
  for (const path of [
    '/usr/share/keyrings/debian-archive-keyring.gpg',
    '/usr/share/keyrings/debian-archive-keyring.pgp',
  ]) {
    if (await stat(path).catch(() => undefined)) return path;
  }
  throw new Error('the package debian-archive-keyring is needed to check the reference adbd');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = await fetchReferenceAdbd(resolve(process.argv[2] ?? '.cache'), { log: console.log });
  console.log(folder);
}
