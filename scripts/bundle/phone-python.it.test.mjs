// The phones' Python: for this machine it starts with its own loader and libraries alone, for both it is made whole of the
// same bytes of standard library.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../setup/context.mjs';
import { listFiles, sha256File } from '../setup/hash.mjs';
import { run } from '../setup/run.mjs';
import { makePhonePython } from './phone-python.mjs';
import { hostAbi, phoneAbis } from './phone-runtime.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const abis = Object.keys(phoneAbis);
const manifests = {};
let dist;

const folderOf = (abi) => join(dist, 'python', abi);

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'abhaya python '));
  const ctx = createContext({ root, quiet: true });
  const { tools } = JSON.parse(readFileSync(join(ctx.toolsDir, 'tools.json'), 'utf8'));
  for (const abi of abis) manifests[abi] = await makePhonePython(ctx, { abi, dist, tools });
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

/** Runs a script as the launcher starts the bootstrap: from the folder, without an environment. */
const python = (folder, script) =>
  run(
    join(folder, 'lib', phoneAbis[hostAbi()].loader),
    ['--library-path', 'lib', 'bin/python3.11', '-I', '-S', '-B', '-X', 'utf8', '-c', script],
    { cwd: folder, env: {}, timeoutMs: 60_000 },
  );

describe('the runtime for this machine', () => {
  it('starts with what lies in its folder', async () => {
    const folder = join(folderOf(hostAbi()), 'runtime');
    const { stdout, code } = await python(
      folder,
      'import sys; print(sys.version.split()[0]); print(*{l.split("/", 1)[1] for l in open("/proc/self/maps") if ".so" in l}, sep="", end="")',
    );
    const [version, ...libraries] = stdout.trim().split('\n');
    expect({ version, code }).toEqual({ version: manifests[hostAbi()].python, code: 0 });
    expect(libraries.length).toBeGreaterThan(3);
    expect(libraries.filter((path) => !`/${path}`.startsWith(`${folder}/lib/`))).toEqual([]);
  });

  it('has every module that is listed, and foreign functions only for the conformance suite', async () => {
    const lists = JSON.parse(readFileSync(join(root, 'android-shim/launcher/python/modules.json'), 'utf8'));
    const names = async (folder, file) =>
      JSON.parse(
        (
          await python(
            folder,
            `import marshal; early, late = marshal.load(open('lib/${file}', 'rb')); print([*early, *late].__repr__().replace("'", '"'))`,
          )
        ).stdout,
      );
    const packed = await names(join(folderOf(hostAbi()), 'runtime'), 'modules');
    const plain = [...lists.preloaded, ...lists.available].filter((name) => !name.endsWith('.*'));
    expect(plain.filter((name) => !packed.includes(name))).toEqual([]);
    expect(packed).not.toContain('ctypes');
    expect(await names(join(folderOf(hostAbi()), 'attack'), 'attack-modules')).toContain('ctypes');
  });
});

describe.each(abis)('the runtime for %s', (abi) => {
  it('is made of what its manifest says', () => {
    const runtime = join(folderOf(abi), 'runtime');
    const { files, hash, python: version } = manifests[abi];
    expect(files.map(({ path }) => path)).toEqual(listFiles(runtime));
    for (const file of files) expect(sha256File(join(runtime, file.path))).toBe(file.sha256);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(version).toMatch(/^3\.11\.\d+$/);
  });

  it('has the same standard library as the others', () => {
    const modules = (one) => sha256File(join(folderOf(one), 'runtime', 'lib', 'modules'));
    expect(modules(abi)).toBe(modules(hostAbi()));
  });
});
