// Debian packages without root: apt with its own lists, status, cache and configuration, so neither missing or
// stale system lists nor a held dpkg lock matter, and nothing of the system is changed.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { aptSources } from './apt-sources.mjs';
import { writeFileAtomic } from './atomic.mjs';
import { diskFull, SetupError, saysDiskFull, saysOffline } from './errors.mjs';
import { run } from './run.mjs';

const listsFreshMs = 6 * 3_600_000;
// What of the user's own apt settings we follow: how to reach the mirror, and whether its dates are to be believed.
const kept =
  /^Acquire::(?:https?::(?:Proxy|ProxyAutoDetect|Proxy-Auto-Detect|CaInfo|CaPath|Verify|User|Pass|SslCert|SslKey)|Check-Valid-Until|Check-Date|Max-ValidTime|ForceIPv4)/i;

const quote = (text) => `"${text.replaceAll('"', '%22')}"`;

/**
 * @param {{dir: string, arch: string, env?: NodeJS.ProcessEnv, log: any, signal?: AbortSignal, etc?: string,
 *   status?: 'system' | 'none', timeoutSeconds?: number, retries?: number}} options
 *   `arch` is Debian's name; status `none` resolves every dependency, `system` only what is not installed.
 */
export function privateApt(options) {
  const { dir, arch, log, signal, etc = '/etc', timeoutSeconds = 30, retries = 3 } = options;
  const env = { ...(options.env ?? process.env), LC_ALL: 'C', APT_CONFIG: join(dir, 'apt.conf') };
  const archives = join(dir, 'archives');
  const lists = join(dir, 'lists');
  const apt = (args, timeoutMs = 15 * 60_000, onLine) =>
    run('apt-get', args, { cwd: archives, env, timeoutMs, signal, onLine });

  const fail = (what, result) => {
    const text = `${result.stdout}\n${result.stderr}`;
    if (saysDiskFull(text)) throw diskFull(dir);
    const reason =
      text
        .split('\n')
        .filter((line) => /^(?:E:|Err)/.test(line))
        .slice(0, 3)
        .join(' ') || `exit ${result.code}`;
    if (result.timedOut || saysOffline(text)) {
      throw new SetupError(`${what}: the Debian mirror can't be reached (${reason}).`, {
        hint: 'When you are online again, run: npm run setup',
      });
    }
    throw new SetupError(`${what}: ${reason}`);
  };

  async function prepare() {
    for (const folder of [
      join(archives, 'partial'),
      join(lists, 'partial'),
      join(dir, 'state'),
      join(dir, 'sources.list.d'),
    ])
      mkdirSync(folder, { recursive: true });
    const dump = await run('apt-config', ['dump', 'Acquire'], { env: { ...env, APT_CONFIG: '' } });
    const own = dump.stdout.split('\n').filter((line) => kept.test(line));
    const config = [
      'Dir::Etc::main "/dev/null";',
      'Dir::Etc::parts "/dev/null";',
      'Dir::Etc::sourcelist "/dev/null";',
      `Dir::Etc::sourceparts ${quote(join(dir, 'sources.list.d'))};`,
      `Dir::State ${quote(join(dir, 'state'))};`,
      `Dir::State::lists ${quote(lists)};`,
      `Dir::State::status ${quote(join(dir, 'state', 'status'))};`,
      `Dir::Cache ${quote(dir)};`,
      `Dir::Cache::archives ${quote(archives)};`,
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      `APT::Architecture "${arch}";`,
      `APT::Architectures { "${arch}"; };`,
      'APT::Sandbox::User "";',
      'APT::Install-Recommends "false";',
      'Acquire::Languages "none";',
      'Acquire::GzipIndexes "true";',
      `Acquire::Retries "${retries}";`,
      `Acquire::http::Timeout "${timeoutSeconds}";`,
      `Acquire::https::Timeout "${timeoutSeconds}";`,
      ...own,
    ];
    writeFileAtomic(join(dir, 'apt.conf'), `${config.join('\n')}\n`);
    const status = join(dir, 'state', 'status');
    if (options.status === 'system' && existsSync('/var/lib/dpkg/status'))
      copyFileSync('/var/lib/dpkg/status', status);
    else writeFileSync(status, '');
    const sources = aptSources(etc);
    if (sources.length === 0) {
      throw new SetupError('No Debian or Ubuntu package source is configured in /etc/apt.', {
        hint: 'Add your distribution’s main source to /etc/apt/sources.list, then run: npm run setup',
      });
    }
    for (const name of readdirSync(join(dir, 'sources.list.d'))) rmSync(join(dir, 'sources.list.d', name));
    for (const source of sources) writeFileSync(join(dir, 'sources.list.d', source.name), source.text);
  }

  const haveLists = () =>
    existsSync(lists) && readdirSync(lists).some((name) => /_Packages(?:\.\w+)?$/.test(name));
  const listsAge = () => {
    try {
      return Date.now() - statSync(join(dir, 'updated')).mtimeMs;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  };

  async function update(force = false) {
    if (!force && haveLists() && listsAge() < listsFreshMs) return;
    log.progress(`fetching the package lists (${arch})`);
    const result = await apt(['update', '-q', '-o', 'APT::Update::Error-Mode=any']);
    if (result.code === 0) {
      writeFileAtomic(join(dir, 'updated'), '');
      return;
    }
    if (saysDiskFull(result.stdout + result.stderr)) throw diskFull(dir);
    if (!haveLists()) fail('apt-get update', result);
    log.line('  package lists could not be refreshed; going on with those of last time');
  }

  /** The .deb files of the packages and of whatever they need that is not in the chosen status. */
  async function download(packages) {
    const what = `downloading ${packages.join(' ')}`;
    const plan = () => apt(['install', '--reinstall', '-y', '--print-uris', '-qq', ...packages], 60_000);
    let planned = await plan();
    if (planned.code !== 0) fail(what, planned);
    const wanted = (text) =>
      [...text.matchAll(/^'[^']+' (\S+\.deb) (\d+)/gm)].map(([, name, size]) => ({
        path: join(archives, name),
        size: Number(size),
      }));
    // apt prints only what is not yet in its cache of archives, so what is there is asked for by a second plan.
    const all = await apt(
      [
        'install',
        '--reinstall',
        '-y',
        '--print-uris',
        '-qq',
        '-o',
        `Dir::Cache::archives=${join(dir, 'nothing')}`,
        ...packages,
      ],
      60_000,
    );
    const attempt = () =>
      apt(['install', '--reinstall', '-y', '--download-only', '-q', ...packages], 15 * 60_000, (line) => {
        const [, name] = /^Get:\d+ \S+ \S+ \S+ (\S+)/.exec(line) ?? [];
        if (name) log.progress(`downloading ${name}`);
      });
    let result = await attempt();
    if (result.code !== 0 && /404\s+Not Found|Hash Sum mismatch/i.test(result.stdout + result.stderr)) {
      await update(true);
      planned = await plan();
      result = await attempt();
    }
    if (result.code !== 0) fail(what, result);
    const files = wanted(all.code === 0 ? all.stdout : planned.stdout);
    const missing = files.filter((file) => !existsSync(file.path) || statSync(file.path).size !== file.size);
    if (missing.length > 0)
      throw new SetupError(`${what}: ${missing.map((file) => file.path).join(', ')} did not arrive.`);
    return files.map((file) => file.path);
  }

  /** Just these packages, without what they need (for another architecture's libraries). */
  async function downloadOnly(packages) {
    const what = `downloading ${packages.join(' ')}`;
    // Asked in an empty folder: apt leaves out what lies in the current one already.
    const empty = join(dir, 'nothing');
    mkdirSync(empty, { recursive: true });
    const uris = await run('apt-get', ['download', '--print-uris', '-qq', ...packages], {
      cwd: empty,
      env,
      timeoutMs: 60_000,
      signal,
    });
    if (uris.code !== 0) fail(what, uris);
    const result = await apt(['download', '-q', ...packages]);
    if (result.code !== 0) fail(what, result);
    const names = [...uris.stdout.matchAll(/^'[^']+' (\S+\.deb) /gm)].map(([, name]) => name);
    if (names.length !== packages.length)
      throw new SetupError(`${what}: apt named ${names.length} of ${packages.length} files.`);
    return names.map((name) => join(archives, name));
  }

  /** Names of what a package directly depends on; none where it is unknown. */
  async function needs(name) {
    const result = await run('apt-cache', ['depends', '--important', name], {
      env,
      timeoutMs: 60_000,
      signal,
    });
    return [...result.stdout.matchAll(/^\s*\|?(?:Pre)?Depends: ([\w.+-]+)$/gm)].map(([, found]) => found);
  }

  return {
    prepare,
    update,
    download,
    downloadOnly,
    needs,
    dropArchives: () => rmSync(archives, { recursive: true, force: true }),
  };
}

export const debianArch = (arch = process.arch) =>
  ({ x64: 'amd64', arm64: 'arm64', arm: 'armhf' })[arch] ?? arch;

/** True where apt and dpkg-deb can be used (they need no root for what we do). */
export const hasApt = (pathLookup) =>
  ['apt-get', 'apt-config', 'dpkg-deb'].every((name) => pathLookup(name) !== undefined);

export const readOsRelease = (etc = '/etc') => {
  try {
    return Object.fromEntries(
      [...readFileSync(join(etc, 'os-release'), 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(
        ([, k, v]) => [k, v],
      ),
    );
  } catch {
    return {};
  }
};
