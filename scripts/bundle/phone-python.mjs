// The Python runtime of a phone, an optional module: Debian's CPython with the few libraries that it needs, and of its
// standard library what android-shim/launcher/python/modules.json lists, compiled once, here. It is started by its own
// loader only (by the launcher), so nothing in it depends on where it lies, and its folder is named by its content.

import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from '../setup/atomic.mjs';
import { SetupError } from '../setup/errors.mjs';
import { describeFolder, hashInputs } from '../setup/hash.mjs';
import { fetchPackages, must, neededLibraries } from './debian-parts.mjs';
import { hostAbi, phoneAbis } from './phone-runtime.mjs';

const program = 'python3.11';
const pythonPackages = ['python3.11-minimal', 'libpython3.11-minimal', 'libpython3.11-stdlib'];
const libraryPackages = ['libc6', 'zlib1g', 'libexpat1', 'libbz2-1.0', 'liblzma5'];
// What only the conformance suite's own image has: foreign functions, so that the wall is tested.
const attackPackages = ['libffi8'];
const modulesList = 'android-shim/launcher/python/modules.json';
const here = dirname(fileURLToPath(import.meta.url));

/** What the runtime's bytes depend on besides the packages' newest version; the build asks by this. */
export const pythonInputsKey = (ctx) =>
  hashInputs(['phone-python.mjs', 'debian-parts.mjs', 'pack-python.py'], { root: here }) +
  hashInputs([modulesList], { root: ctx.root });

const isLacking = (error) => error instanceof SetupError && /Unable to locate package/.test(error.message);

/**
 * Makes <dist>/python/<abi>/{manifest.json, runtime/, attack/}; `attack` is the runtime with what attackers would like to
 * have, for the conformance suite. Where the system's packages have no such Python, the manifest says so, and is all
 * there is.
 */
export async function makePhonePython(ctx, { abi, dist, tools }) {
  const target = join(dist, 'python', abi);
  const aside = asideOf(target);
  try {
    mkdirSync(aside, { recursive: true });
    ctx.log.progress(`phone runtime ${abi}: Python`);
    const manifest = await makeInside(ctx, { abi, aside, tools }).catch((error) => {
      if (!isLacking(error)) throw error;
      ctx.log.line(`  Python for services is left out: this system's packages have no ${program}.`);
      return { version: 1, abi, lacking: `this system's packages have no ${program}` };
    });
    writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    removeQuietly(join(aside, 'packages'));
    replaceFolder(aside, target);
    return manifest;
  } finally {
    removeQuietly(aside);
  }
}

async function makeInside(ctx, { abi, aside, tools }) {
  const spec = phoneAbis[abi];
  const strip = tools[spec.strip[process.arch]];
  if (tools.patchelf === undefined || strip === undefined)
    throw new SetupError(`The Python runtime for ${abi} needs patchelf and a strip for it.`, {
      hint: 'npm run setup',
    });
  const unpacked = (name) => join(aside, 'packages', name);
  const packages = [...pythonPackages, ...libraryPackages, ...attackPackages];
  const debs = await fetchPackages(ctx, spec, packages, unpacked(abi));
  // Compiled by a Python that runs here; what it makes is the same for every machine.
  if (abi !== hostAbi())
    await fetchPackages(
      ctx,
      phoneAbis[hostAbi()],
      [...pythonPackages, ...libraryPackages],
      unpacked(hostAbi()),
    );
  const runtime = join(aside, 'runtime');
  const put = async (from, to) => {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    chmodSync(to, 0o755);
    await must('strip', strip, ['--strip-unneeded', to]);
  };
  const python = join(unpacked(abi), 'usr', 'bin', program);
  await put(python, join(runtime, 'bin', program));
  const lists = JSON.parse(readFileSync(join(ctx.root, modulesList), 'utf8'));
  const extensions = extensionsIn(unpacked(abi));
  const fill = async (folder, set, names) => {
    for (const name of names) await put(extensions(name), join(folder, 'lib', 'python', `${name}.so`));
    const programs = [python, ...names.map(extensions)];
    for (const [name, path] of await neededLibraries(tools.patchelf, programs, unpacked(abi), spec))
      if (!existsSync(join(folder, 'lib', name))) await put(path, join(folder, 'lib', name));
    await pack(ctx, { set, folder, root: unpacked(hostAbi()) });
  };
  await fill(runtime, 'service', lists.extensions);
  const attack = join(aside, 'attack');
  cpSync(runtime, attack, { recursive: true });
  await fill(attack, 'attack', lists.attack.extensions);
  const { files, hash } = describeFolder(runtime);
  const [, version] = /python3\.11-minimal_(3[\d.]+)/.exec(debs.join(' ')) ?? [];
  return {
    version: 1,
    abi,
    hash: hash.slice(0, 16),
    python: version,
    packages: debs.map((deb) => basename(deb)),
    files,
  };
}

/** Name to the path of an extension module of the unpacked packages. */
function extensionsIn(root) {
  const folder = join(root, 'usr', 'lib', program, 'lib-dynload');
  const files = readdirSync(folder);
  return (name) => {
    const file = files.find((it) => it.startsWith(`${name}.cpython-`));
    if (file === undefined) throw new SetupError(`${program} has no extension module ${name}.`);
    return join(folder, file);
  };
}

/** Runs pack-python.py by the unpacked Python of this machine, with its own libraries. */
async function pack(ctx, { set, folder, root }) {
  const { triplet, loader } = phoneAbis[hostAbi()];
  const libraries = ['lib', 'usr/lib'].map((base) => join(root, base, triplet)).join(':');
  const start = join(root, 'lib', triplet, loader);
  const args = ['--library-path', libraries, join(root, 'usr', 'bin', program), '-I', '-S', '-B'];
  const stdlib = join(root, 'usr', 'lib', program);
  await must('packing the standard library', start, [
    ...args,
    join(here, 'pack-python.py'),
    stdlib,
    join(ctx.root, modulesList),
    set,
    folder,
  ]);
}
