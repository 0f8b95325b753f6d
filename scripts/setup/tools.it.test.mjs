// The tools step on bad days: real apt and dpkg-deb against a mirror on loopback, in a path with spaces, without a
// display, with a sudo that must never be asked.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.mjs';
import { startMirror } from './testing/mirror.mjs';

const child = join(dirname(fileURLToPath(import.meta.url)), 'testing', 'child.mjs');
const someoneElse = 65_534;

let folder;
let root;
let mirror;
let asked;

const environment = () => {
  const { DISPLAY, ABHAYA_CACHE, ...rest } = process.env;
  return { ...rest, PATH: `${join(folder, 'bin')}${delimiter}${rest.PATH}`, NODE_ENV: 'production' };
};
const config = (extra = {}) => JSON.stringify({ root, etc: mirror.etc, ...extra });
const setUp = (extra = {}, prefix = [], onLine = undefined) => {
  const [command, ...args] = [...prefix, process.execPath, child, config(extra)];
  return run(command, args, { env: environment(), cwd: folder, timeoutMs: 60_000, onLine });
};
/** In mount and user namespaces of its own, after `script`. */
const inNamespace = (script) => ['unshare', '-rm', 'sh', '-c', `${script} && exec "$@"`, 'sh'];
const toolsDir = () => join(root, '.cache', 'tools');
const record = () => JSON.parse(readFileSync(join(toolsDir(), 'tools.json'), 'utf8'));
const group = () => join(toolsDir(), record().folders[0]);
const leftovers = () => {
  const names = existsSync(toolsDir()) ? readdirSync(toolsDir()) : [];
  return [...names, ...readdirSync(join(root, '.cache'))].filter((name) => /aside|lock/.test(name));
};
const works = async () => (await run(record().tools.planted, [])).stdout;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya set-up '));
  chmodSync(folder, 0o755);
  root = join(folder, 'a project');
  mkdirSync(join(root, '.cache'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  asked = join(folder, 'sudo-was-asked');
  writeFileSync(join(folder, 'bin', 'sudo'), `#!/bin/sh\necho "$@" >> "${asked}"\nexit 1\n`, { mode: 0o755 });
  mirror = await startMirror(folder);
});
afterEach(async () => {
  await mirror.close();
  expect(existsSync(asked), 'sudo was asked').toBe(false);
  rmSync(folder, { recursive: true, force: true });
});

describe('tools from packages', () => {
  it('are unpacked, then found again without the mirror', async () => {
    const first = await setUp();
    expect(first).toMatchObject({ code: 0, stdout: 'tools did\n' });
    expect(await works()).toBe('planted 1.0\n');
    await mirror.close();
    expect(await setUp()).toMatchObject({ code: 0, stdout: 'tools nothing to do\n' });
    expect(leftovers()).toEqual([]);
  });

  it('need no root and no sudo', async () => {
    // Root becomes somebody without rights; anybody else is that already.
    if (process.getuid() === 0)
      for (const path of [root, join(root, '.cache')]) chownSync(path, someoneElse, someoneElse);
    const drop =
      process.getuid() === 0
        ? ['setpriv', `--reuid=${someoneElse}`, `--regid=${someoneElse}`, '--clear-groups', '--no-new-privs']
        : [];
    expect(await setUp({}, drop)).toMatchObject({ code: 0, stdout: 'tools did\n' });
    expect(await works()).toBe('planted 1.0\n');
  });

  it('need no package lists of the system', async () => {
    const bare =
      'mount -t tmpfs tmpfs /var/lib/apt && mount -t tmpfs tmpfs /var/cache/apt && test -z "$(ls /var/lib/apt)"';
    expect(await setUp({}, inNamespace(bare))).toMatchObject({ code: 0, stdout: 'tools did\n' });
    expect(await works()).toBe('planted 1.0\n');
  });

  it('do not wait for a held dpkg lock', async () => {
    // A copy of the system's state, so that nobody else's apt has to wait for this test.
    const copy = join(folder, 'dpkg');
    mkdirSync(copy);
    const lock =
      'use Fcntl; my $whole = pack("s s x![l!] l! l! i", F_WRLCK, 0, 0, 0, 0); ' +
      'for my $f (@ARGV) { open(my $h, "+>>", $f) or die; push @k, $h; my $l = $whole; ' +
      'fcntl($h, F_SETLK, $l) or die "lock: $!"; } print "held\\n"; close STDOUT; sleep 50;';
    const script = [
      `cp /var/lib/dpkg/status "${copy}/status"`,
      `mount --bind "${copy}" /var/lib/dpkg`,
      `perl -e '${lock}' /var/lib/dpkg/lock /var/lib/dpkg/lock-frontend > "${folder}/held" &`,
      'holder=$!',
      `for i in $(seq 100); do grep -q held "${folder}/held" && break; sleep 0.05; done`,
      // The lock is a real one: dpkg itself gives up on it (this command would change nothing).
      'if dpkg --set-selections < /dev/null > "$0.dpkg" 2>&1; then exit 90; fi',
      'grep -q "locked by another process" "$0.dpkg" || exit 91',
      '"$@"; code=$?; kill $holder; exit $code',
    ].join('\n');
    const [command, ...args] = [
      'unshare',
      '-rm',
      'sh',
      '-c',
      script,
      join(folder, 'log'),
      process.execPath,
      child,
      config(),
    ];
    expect(await run(command, args, { env: environment(), timeoutMs: 60_000 })).toMatchObject({
      code: 0,
      stdout: 'tools did\n',
    });
  });
});

describe('a system without apt', () => {
  it('is told what to install, and nothing is half done', async () => {
    const bin = join(folder, 'bare bin');
    mkdirSync(bin);
    const result = await run(process.execPath, [child, config()], {
      env: { PATH: bin, HOME: folder },
      timeoutMs: 30_000,
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/Programs are missing: planted/);
    expect(result.stderr).toMatch(/install them: install with your package manager/);
    expect(existsSync(join(toolsDir(), 'tools.json'))).toBe(false);
  });
});

describe('two set-ups at once', () => {
  it('do the work once; the second waits and finds it done', async () => {
    mirror.become('hold');
    const { promise: waits, resolve } = Promise.withResolvers();
    const say = (line) => /another one is at work/.test(line) && resolve();
    const starting = [setUp({}, [], say), setUp({}, [], say)];
    await waits;
    mirror.become('good');
    const both = await Promise.all(starting);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ stdout }) => stdout).sort()).toEqual(['tools did\n', 'tools nothing to do\n']);
    expect(both.map(({ stderr }) => stderr).join('')).toMatch(/another one is at work \(process \d+/);
    expect(mirror.seen.packages).toBe(1);
    expect(leftovers()).toEqual([]);
  });

  it('waits no longer than it was told', async () => {
    mirror.become('stall');
    const first = setUp({ timeoutSeconds: 8 });
    await until(() => existsSync(join(root, '.cache', 'setup.lock')));
    const second = await setUp({ lockTimeoutMs: 500 });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/Another set-up \(process \d+, since .*\) still holds/);
    mirror.become('good');
    await mirror.close();
    await first;
  });
});

describe('a set-up that was killed', () => {
  it('leaves nothing that the next one trips over, wherever it died', async () => {
    let died = 0;
    for (const afterMs of [80, 160, 240, 320, 400, 480, 560]) {
      const victim = spawn(process.execPath, [child, config()], { env: environment(), stdio: 'ignore' });
      const end = new Promise((resolve) => victim.once('exit', (_code, signal) => resolve(signal)));
      await sleep(afterMs);
      victim.kill('SIGKILL');
      if ((await end) === 'SIGKILL') died += 1;
      // Never half: there is no record, or what it names works.
      if (existsSync(join(toolsDir(), 'tools.json'))) expect(await works()).toBe('planted 1.0\n');
    }
    // How many of the moments fall into the run depends on the machine; each that did left no half state.
    expect(died).toBeGreaterThan(0);
    expect((await setUp()).code).toBe(0);
    expect(await works()).toBe('planted 1.0\n');
    await until(() => leftovers().length === 0);
  });
});

describe('a damaged cache', () => {
  const damages = {
    'a record cut short': () => truncateSync(join(toolsDir(), 'tools.json'), 20),
    'a record that is gone': () => rmSync(join(toolsDir(), 'tools.json')),
    'a program that is gone': () => rmSync(record().tools.planted),
    'a file cut short': () => truncateSync(join(group(), 'root/usr/bin/ballast'), 10),
    'a folder without its manifest': () => rmSync(join(group(), 'manifest.json')),
    'a folder without most of it': () => rmSync(join(group(), 'root'), { recursive: true }),
  };
  it.each(Object.entries(damages))('is mended: %s', async (_name, damage) => {
    expect((await setUp()).code).toBe(0);
    damage();
    expect(await setUp()).toMatchObject({ code: 0, stdout: 'tools did\n' });
    expect(await works()).toBe('planted 1.0\n');
    expect(await setUp()).toMatchObject({ code: 0, stdout: 'tools nothing to do\n' });
  });

  it('of the same size is found by --verify', async () => {
    expect((await setUp()).code).toBe(0);
    const file = join(group(), 'root/usr/bin/ballast');
    writeFileSync(file, Buffer.alloc(readFileSync(file).length));
    expect(await setUp({ verify: true })).toMatchObject({ code: 0, stdout: 'tools did\n' });
    expect(readFileSync(file).every((byte) => byte === 0)).toBe(false);
  });

  it('of downloaded packages is fetched again', async () => {
    expect((await setUp()).code).toBe(0);
    const apt = join(toolsDir(), 'apt');
    const archives = readdirSync(apt).map((name) => join(apt, name, 'archives'));
    for (const path of archives)
      for (const name of readdirSync(path).filter((file) => file.endsWith('.deb')))
        writeFileSync(join(path, name), Buffer.alloc(mirror.deb.length, 7));
    rmSync(group(), { recursive: true });
    expect(await setUp()).toMatchObject({ code: 0, stdout: 'tools did\n' });
    expect(await works()).toBe('planted 1.0\n');
  });
});

describe('a bad mirror', () => {
  it.each(['stall', 'broken', 'cut'])(
    'that does %s ends in a sentence, in bounded time, with nothing half done',
    async (mode) => {
      mirror.become(mode);
      const started = Date.now();
      const result = await setUp({ timeoutSeconds: 1 });
      expect(Date.now() - started).toBeLessThan(30_000);
      expect(result.code).toBe(1);
      expect(result.stderr).toMatch(/Programs are missing: planted/);
      expect(result.stderr).toMatch(/npm run setup|sudo apt-get install/);
      expect(existsSync(join(toolsDir(), 'tools.json'))).toBe(false);
      expect(leftovers()).toEqual([]);
      mirror.become('good');
      expect(await setUp()).toMatchObject({ code: 0, stdout: 'tools did\n' });
    },
  );

  it('that is gone says so, and names the command to repeat', async () => {
    await mirror.close();
    const result = await setUp({ timeoutSeconds: 1 });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/mirror can't be reached/);
    expect(result.stderr).toMatch(/When you are online again, run: npm run setup/);
  });
});

describe('a full disk', () => {
  it('is named as such and leaves nothing', async () => {
    await mirror.close();
    mirror = await startMirror(mkdtempSync(join(folder, 'big ')), { ballastBytes: 6_000_000 });
    const cache = join(root, '.cache');
    const script = `mount -t tmpfs -o size=9m tmpfs "${cache}" && "$@"; code=$?; ls -A "${cache}/tools" >&2; exit $code`;
    const [command, ...args] = [
      'unshare',
      '-rm',
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      child,
      config(),
    ];
    const result = await run(command, args, { env: environment(), timeoutMs: 60_000 });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/The disk that holds .* is full; nothing was changed/);
    expect(result.stderr).toMatch(/ABHAYA_CACHE/);
    expect(result.stderr.split('\n').filter((line) => /aside|planted-|tools\.json/.test(line))).toEqual([]);
    expect(await setUp()).toMatchObject({ code: 0, stdout: 'tools did\n' });
  });
});

async function until(holds, timeoutMs = 10_000) {
  const deadline = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to pass');
    await sleep(20);
  }
}
