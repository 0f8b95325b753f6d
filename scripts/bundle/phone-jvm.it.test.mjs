// The phones' JVM, as the build made it: whole, with its own loader and libraries alone, with prepared classes that fit it;
// and what is said where it can't be made.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createContext } from '../setup/context.mjs';
import { listFiles, sha256File } from '../setup/hash.mjs';
import { run } from '../setup/run.mjs';
import { qemuFile } from '../setup/tools.mjs';
import { makePhoneJvm } from './phone-jvm.mjs';
import { hostAbi, phoneAbis } from './phone-runtime.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ctx = createContext({ root, quiet: true });
// Those that this machine makes: its own, and by an emulator that of arm64 phones.
const abis = process.arch === 'arm64' ? ['arm64-v8a'] : ['x86_64', 'arm64-v8a'];
const emulator = () => JSON.parse(readFileSync(qemuFile(ctx), 'utf8')).tools.qemuUserArm64;

describe.each(abis)('the runtime for %s', (abi) => {
  const folder = join(root, 'dist', 'jvm', abi);
  const runtime = join(folder, 'runtime');
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const loader = join(runtime, 'lib', phoneAbis[abi].loader);
  const [program, ...before] = abi === hostAbi() ? [loader] : [emulator(), loader];
  const start = (args, input) =>
    run(program, [...before, '--library-path', ...args], {
      cwd: runtime,
      env: {},
      input,
      timeoutMs: 120_000,
    });

  it('is made of what its manifest says', () => {
    expect(manifest.files.map(({ path }) => path)).toEqual(listFiles(runtime));
    for (const file of manifest.files) expect(sha256File(join(runtime, file.path))).toBe(file.sha256);
    expect(manifest.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(manifest.jvm).toMatch(/^17\./);
  });

  it('needs no library but those in its folder', { timeout: 60_000 }, async () => {
    for (const name of [
      ...['bin/abhaya-jvm', 'lib/server/libjvm.so'],
      ...['lib/libjava.so', 'lib/libzip.so', 'lib/libnio.so'],
    ]) {
      const { stdout, code } = await start(['lib:lib/server', '--list', name]);
      const paths = [...stdout.matchAll(/ => (\S+)/g)].map(([, path]) => path);
      expect(code).toBe(0);
      expect(paths.filter((path) => !resolve(runtime, path).startsWith(`${runtime}/lib/`))).toEqual([]);
    }
  });

  it('starts from where it lies, with the classes that were prepared for it, and runs its canary', {
    timeout: 120_000,
  }, async () => {
    const canary = 'abhaya canary';
    const input = `\0\0\0\0${String.fromCharCode(canary.length)}${canary}answer me`;
    expect(await start(['lib', 'bin/abhaya-jvm', '-Xmx40m', '-Xshare:on'], input)).toMatchObject({
      code: 0,
      stdout: 'answer me',
    });
  });
});

it('is left out where nothing can prepare its classes, with the reason', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'abhaya jvm '));
  const [other] = Object.keys(phoneAbis).filter((abi) => abi !== hostAbi());
  try {
    const made = await makePhoneJvm(ctx, { abi: other, dist, tools: {} });
    expect(made.lacking).toMatch(/an emulator, which is not set up|no JVM runtime is made for/);
    expect(listFiles(join(dist, 'jvm', other))).toEqual(['manifest.json']);
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
});
