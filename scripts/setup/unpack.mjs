// Debian packages laid out in a folder of our own and made to run from there: absolute symlinks turned inwards,
// and our copies of ELF programs told (patchelf) where their libraries now are. A run path, unlike
// LD_LIBRARY_PATH, survives a program that starts itself again by /proc/self/exe (adb) and reaches no child.

import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { diskFull, SetupError, saysDiskFull } from './errors.mjs';
import { run } from './run.mjs';

export async function unpackDebs(debs, into, { signal, log } = {}) {
  mkdirSync(into, { recursive: true });
  for (const deb of debs) {
    log?.progress(`unpacking ${deb.slice(deb.lastIndexOf('/') + 1)}`);
    const result = await run('dpkg-deb', ['-x', deb, into], { signal, timeoutMs: 5 * 60_000 });
    if (result.code === 0) continue;
    if (saysDiskFull(result.stderr)) throw diskFull(into);
    throw new SetupError(`${deb} can't be unpacked: ${result.stderr.trim().split('\n')[0] ?? ''}`);
  }
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield { path, entry };
  }
}

/** Absolute symlinks that mean a file of the package now point to it in `root`; others are left as they are. */
export function turnLinksInwards(root) {
  for (const { path, entry } of [...walk(root)]) {
    if (!entry.isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith('/') || !lstatSync(join(root, target), { throwIfNoEntry: false })) continue;
    rmSync(path);
    symlinkSync(relative(dirname(path), join(root, target)), path);
  }
}

const machines = { x64: 62, arm64: 183, arm: 40 };

/** True for an ELF program or shared library of this machine (only magic number, class and machine are read). */
export function isHostElf(path, arch = process.arch) {
  const head = Buffer.alloc(20);
  const fd = openSync(path, 'r');
  try {
    if (readSync(fd, head, 0, 20, 0) < 20 || head.readUInt32BE(0) !== 0x7f454c46) return false;
  } finally {
    closeSync(fd);
  }
  const type = head.readUInt16LE(16);
  return (type === 2 || type === 3) && head.readUInt16LE(18) === machines[arch];
}

const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu', arm: 'arm-linux-gnueabihf' };
const loaders = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1', arm: 'ld-linux-armhf.so.3' };

function libraryFolders(root, arch) {
  const folders = new Set();
  const isLibrary = (path) => /\.so(?:\.|$)/.test(path) && !path.includes('/gconv/');
  // Android's programs need a library of p7zip's.
  for (const base of [`lib/${triplet[arch]}`, `usr/lib/${triplet[arch]}`, 'usr/lib/p7zip']) {
    if (!existsSync(join(root, base))) continue;
    for (const { path } of walk(join(root, base))) if (isLibrary(path)) folders.add(dirname(path));
  }
  // A few packages still put theirs straight here.
  const plain = join(root, 'usr/lib');
  if (existsSync(plain) && readdirSync(plain).some(isLibrary)) folders.add(plain);
  return [...folders].sort();
}

/** The program loader inside `root`, when the packages brought their own C library. */
function ownLoader(root, arch) {
  const places = [`lib/${triplet[arch]}`, `usr/lib/${triplet[arch]}`, 'lib64', 'usr/lib64', 'lib'];
  return places.map((place) => join(root, place, loaders[arch])).find((path) => existsSync(path));
}

/**
 * Sets run paths (and the loader, where `root` has one) of the programs and libraries in `root`.
 * `finalRoot` is where `root` will be when it is done.
 */
export async function pointAtOwnLibraries(
  root,
  finalRoot,
  { patchelf, signal, arch = process.arch, skip = () => false },
) {
  const folders = libraryFolders(root, arch);
  if (folders.length === 0) return;
  const loader = ownLoader(root, arch);
  const call = async (args) => {
    const result = await run(patchelf.command, [...patchelf.args, ...args], {
      env: { ...process.env, ...patchelf.env },
      signal,
      timeoutMs: 60_000,
    });
    return result.code === 0 ? result.stdout.trim() : undefined;
  };
  for (const { path, entry } of [...walk(root)]) {
    if (!entry.isFile() || skip(relative(root, path)) || !isHostElf(path, arch)) continue;
    const before = await call(['--print-rpath', path]);
    if (before === undefined) continue;
    const interpreter = await call(['--print-interpreter', path]);
    // The C library and its loader run as they are: changing them breaks them.
    if (interpreter === undefined && /\/(?:ld-linux|libc\.so|libc-|ld-)/.test(path)) continue;
    const ours = folders.map((folder) => `$ORIGIN/${relative(dirname(path), folder) || '.'}`);
    const rpath = [...before.split(':').filter((part) => part.startsWith('$ORIGIN')), ...ours].join(':');
    await call(['--set-rpath', rpath, path]);
    if (loader && interpreter)
      await call(['--set-interpreter', join(finalRoot, relative(root, loader)), path]);
  }
}

/** How a program in an unpatched `root` is started (for patchelf itself, which patches the others). */
export function startUnpatched(root, program, arch = process.arch) {
  const path = libraryFolders(root, arch).join(':');
  const loader = ownLoader(root, arch);
  if (loader) return { command: loader, args: ['--library-path', path, program], env: {} };
  return { command: program, args: [], env: path === '' ? {} : { LD_LIBRARY_PATH: path } };
}
