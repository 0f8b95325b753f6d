// Steps "qemu" and "arm64 machine": QEMU as a tool of this machine, and what its guest boots from, unpacked from Debian's
// arm64 packages into <cache>/arm64/machine/, recorded in its manifest.json.

import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { privateApt } from './apt.mjs';
import {
  guestFiles,
  guestJvm,
  guestModules,
  guestPackages,
  kernelPackage,
  machineGroups,
} from './arm64-catalog.mjs';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from './atomic.mjs';
import { SetupError } from './errors.mjs';
import { listFiles, sha256, sha256File } from './hash.mjs';
import { qemuFile, stepOf } from './tools.mjs';
import { turnLinksInwards, unpackDebs } from './unpack.mjs';

const layout = 2;

export const machineFolder = (ctx) => join(ctx.cacheDir, 'arm64', 'machine');

const inputsKey = () =>
  sha256(
    JSON.stringify([
      ...[layout, kernelPackage, guestPackages, guestModules, guestFiles],
      ...[guestJvm.parts, String(guestJvm.leftOut)],
    ]),
  );

const readManifest = (ctx) => {
  try {
    return JSON.parse(readFileSync(join(machineFolder(ctx), 'manifest.json'), 'utf8'));
  } catch {
    return undefined;
  }
};

const isWhole = (ctx, { files }) =>
  files.every(({ path, bytes, sha256: hash }) => {
    const file = join(machineFolder(ctx), path);
    if (statSync(file, { throwIfNoEntry: false })?.size !== bytes) return false;
    return !ctx.verify || ctx.verified || sha256File(file) === hash;
  });

export const qemuStep = stepOf({ name: 'qemu', groupsOf: machineGroups, fileOf: qemuFile });

/** @type {import('./steps.mjs').Step} */
export const arm64Step = {
  name: 'arm64 machine',
  missing(ctx) {
    const manifest = readManifest(ctx);
    if (manifest === undefined) return 'not there yet';
    if (manifest.key !== inputsKey()) return 'the list of its parts has changed';
    return isWhole(ctx, manifest) ? undefined : 'it is incomplete';
  },
  async run(ctx) {
    const folder = machineFolder(ctx);
    mkdirSync(dirname(folder), { recursive: true });
    const aside = asideOf(folder);
    try {
      const packages = join(aside, 'packages');
      const debs = await fetchPackages(ctx);
      await unpackDebs(debs, packages, ctx);
      turnLinksInwards(packages);
      const files = [
        ...kernelFiles(packages),
        ...guestFiles.map((path) => [path, `root/${path}`]),
        ...jvmFiles(packages),
      ];
      for (const [from, to] of files) {
        if (!existsSync(join(packages, from)))
          throw new SetupError(`Debian's arm64 packages have no ${from}.`);
        mkdirSync(dirname(join(aside, to)), { recursive: true });
        copyFileSync(join(packages, from), join(aside, to));
      }
      removeQuietly(packages);
      const manifest = {
        version: 1,
        key: inputsKey(),
        packages: debs.map((deb) => basename(deb)),
        files: files.map(([, path]) => {
          const file = join(aside, path);
          return { path, bytes: statSync(file).size, sha256: sha256File(file) };
        }),
      };
      writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      replaceFolder(aside, folder);
    } finally {
      removeQuietly(aside);
    }
  },
};

async function fetchPackages(ctx) {
  const apt = privateApt({
    dir: join(ctx.toolsDir, 'apt', 'arm64-machine'),
    arch: 'arm64',
    env: ctx.env,
    log: ctx.log,
    signal: ctx.signal,
    status: 'none',
    ...ctx.apt,
  });
  await apt.prepare();
  await apt.update();
  const [kernel] = (await apt.needs(kernelPackage)).filter((name) => name.startsWith('linux-image-'));
  if (kernel === undefined)
    throw new SetupError(`No kernel for arm64: the package sources have no ${kernelPackage}.`, {
      hint: 'The arm64 machine is made of Debian’s packages: add a Debian source to /etc/apt, then run: npm test',
    });
  return await apt.downloadOnly([kernel, ...guestPackages]);
}

/** Where they are in the packages, and where they go: `vmlinuz`, `modules/<order>-<name>`. */
function kernelFiles(packages) {
  const [kernel] = readdirSync(join(packages, 'boot')).filter((name) => name.startsWith('vmlinuz-'));
  const [release] = readdirSync(join(packages, 'lib', 'modules'));
  const modules = `lib/modules/${release}/kernel`;
  return [
    [`boot/${kernel}`, 'vmlinuz'],
    ...guestModules.map((name, i) => [`${modules}/${name}`, `modules/${i}-${basename(name)}`]),
  ];
}

/** Debian keeps a JVM's settings elsewhere, behind links; the guest gets what they lead to. */
function jvmFiles(packages) {
  const { home, parts, leftOut } = guestJvm;
  const below = (part) =>
    lstatSync(join(packages, home, part)).isDirectory()
      ? listFiles(join(packages, home, part)).map((name) => `${part}/${name}`)
      : [part];
  const real = (path) =>
    lstatSync(join(packages, path)).isSymbolicLink()
      ? join(dirname(path), readlinkSync(join(packages, path)))
      : path;
  return parts
    .flatMap(below)
    .filter((name) => !leftOut.test(name))
    .map((name) => [real(`${home}/${name}`), `jvm/${name}`]);
}
