// The Node runtime of a phone: the pinned Node and the few glibc libraries that it needs, made to run from one
// fixed folder on the phone. The folder's name is a hash of what goes in, since the ELF interpreter's path has to
// be written into the program before there is a finished program to hash.

import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from '../setup/atomic.mjs';
import { SetupError } from '../setup/errors.mjs';
import { describeFolder, hashInputs, sha256, sha256File } from '../setup/hash.mjs';
import { fetchPackages, must, neededLibraries } from './debian-parts.mjs';
import { nodeFor } from './phone-node.mjs';

export const phoneRuntimeRoot = '/data/local/tmp/abhaya/runtime';

export const phoneAbis = {
  x86_64: {
    platform: 'linux-x64',
    debian: 'amd64',
    triplet: 'x86_64-linux-gnu',
    loader: 'ld-linux-x86-64.so.2',
    strip: { x64: 'strip', arm64: 'stripX64' },
  },
  'arm64-v8a': {
    platform: 'linux-arm64',
    debian: 'arm64',
    triplet: 'aarch64-linux-gnu',
    loader: 'ld-linux-aarch64.so.1',
    strip: { x64: 'stripArm64', arm64: 'strip' },
  },
};

export const hostAbi = () => ({ x64: 'x86_64', arm64: 'arm64-v8a' })[process.arch];

const libraryPackages = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

/** What the runtime's bytes depend on besides the libraries' newest version; the build asks by this. */
export function runtimeInputsKey(ctx, abi) {
  const lock = JSON.parse(readFileSync(join(ctx.root, 'package-lock.json'), 'utf8')).packages;
  const entry = lock[`node_modules/node-${phoneAbis[abi].platform}`];
  const here = dirname(fileURLToPath(import.meta.url));
  return sha256(
    `${abi} ${entry?.version} ${entry?.integrity} ${hashInputs(['phone-runtime.mjs', 'phone-node.mjs', 'debian-parts.mjs'], { root: here })}`,
  );
}

/**
 * Makes <dist>/phone/<abi>/{manifest.json, runtime/}. Returns the manifest.
 * @param {{root: string, toolsDir: string, env: NodeJS.ProcessEnv, log: any, signal?: AbortSignal}} ctx
 * @param {{abi: string, dist: string, tools: Record<string, string>}} options
 */
export async function makePhoneRuntime(ctx, { abi, dist, tools }) {
  const spec = phoneAbis[abi];
  if (spec === undefined)
    throw new SetupError(
      `No Node runtime is made for ${abi}; there are ${Object.keys(phoneAbis).join(', ')}.`,
    );
  const strip = tools[spec.strip[process.arch]];
  if (tools.patchelf === undefined || strip === undefined) {
    throw new SetupError(`The phone runtime for ${abi} needs patchelf and a strip for it.`, {
      hint: 'npm run setup',
    });
  }
  const target = join(dist, 'phone', abi);
  const aside = asideOf(target);
  try {
    mkdirSync(join(aside, 'runtime', 'bin'), { recursive: true });
    mkdirSync(join(aside, 'runtime', 'lib'));
    ctx.log.progress(`phone runtime ${abi}: Node`);
    const source = await nodeFor(ctx, spec.platform);
    const packages = join(aside, 'packages');
    const debs = await fetchPackages(ctx, spec, libraryPackages, packages);
    const node = join(aside, 'runtime', 'bin', 'node');
    copyFileSync(source, node);
    chmodSync(node, 0o755);
    const libraries = await neededLibraries(tools.patchelf, [node], packages, spec);
    const hash = sha256(
      [
        runtimeInputsKey(ctx, abi),
        sha256File(source),
        ...[...libraries].map(([name, path]) => `${name} ${sha256File(path)}`).sort(),
      ].join('\n'),
    ).slice(0, 8);
    const home = `${phoneRuntimeRoot}/${hash}`;
    // Strip first: a patched program that is stripped afterwards dies in fork().
    await must('strip', strip, [node]);
    for (const [name, path] of libraries) {
      const to = join(aside, 'runtime', 'lib', name);
      copyFileSync(path, to);
      chmodSync(to, 0o755);
      await must('strip', strip, ['--strip-unneeded', to]);
    }
    // RPATH, not RUNPATH: it also counts for the libraries' own needs, so those stay as their packages made them.
    await must('patchelf', tools.patchelf, ['--set-interpreter', `${home}/lib/${spec.loader}`, node]);
    await must('patchelf', tools.patchelf, ['--force-rpath', '--set-rpath', `${home}/lib`, node]);
    removeQuietly(packages);
    const runtime = join(aside, 'runtime');
    const { files } = describeFolder(runtime);
    const content = createHash('sha256');
    for (const file of files) content.update(`${file.path}\0${file.bytes}\0${file.sha256}\n`);
    const version = JSON.parse(readFileSync(join(ctx.root, 'package.json'), 'utf8')).optionalDependencies[
      `node-${spec.platform}`
    ];
    const manifest = {
      version: 1,
      abi,
      /** Name of the runtime's folder on the phone; it stands inside the program. */
      hash,
      root: home,
      node: version,
      contentHash: content.digest('hex'),
      packages: debs.map((deb) => basename(deb)),
      files,
    };
    writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    replaceFolder(aside, target);
    return manifest;
  } finally {
    removeQuietly(aside);
  }
}
