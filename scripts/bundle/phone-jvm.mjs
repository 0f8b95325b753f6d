// The JVM runtime of a phone: a small image of a JDK 17 by jlink, our bootstrap in it as a module, the few libraries that
// it needs, and an archive of prepared classes, made by a run of the very program that the launcher starts (for another
// machine's by an emulator, as only that JVM can make it). It is started by its own loader only, so nothing in it depends
// on where it lies, and its folder is named by its content.

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from '../setup/atomic.mjs';
import { SetupError } from '../setup/errors.mjs';
import { describeFolder, hashInputs, listFiles } from '../setup/hash.mjs';
import { fetchPackages, must, neededLibraries } from './debian-parts.mjs';
import { hostAbi, phoneAbis } from './phone-runtime.mjs';

const sources = 'android-shim/launcher/jvm';
const jdkPackages = ['openjdk-17-jdk-headless', 'openjdk-17-jre-headless'];
const libraryPackages = ['libc6', 'libstdc++6', 'libgcc-s1', 'zlib1g'];
const modules = ['org.abhaya.jvm', 'java.logging', 'jdk.unsupported', 'jdk.crypto.ec'];
/** Of the image: what our program needs, and no program of the JDK's. */
const libraries = ['java', 'jimage', 'net', 'nio', 'verify', 'zip'].map((name) => `lib${name}.so`);
const leftOut = [
  'bin/java',
  'bin/keytool',
  'legal',
  'lib/jrt-fs.jar',
  'lib/jexec',
  'lib/jspawnhelper',
].concat(
  ['lib/classlist', 'lib/libjsig.so', 'lib/server/libjsig.so', 'lib/libjli.so', 'lib/jvm.cfg'],
  ['lib/security/cacerts', 'lib/security/public_suffix_list.dat'],
);
export const cWarnings = [
  '-std=c11',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wshadow',
  '-Wconversion',
  '-Wno-sign-conversion',
];

/** What the runtime's bytes depend on besides the JDK; the build asks by this. */
export const jvmInputsKey = (ctx) =>
  hashInputs([sources, 'scripts/bundle/phone-jvm.mjs', 'scripts/bundle/debian-parts.mjs'], {
    root: ctx.root,
  });

/**
 * Makes <dist>/jvm/<abi>/{manifest.json, runtime/}. Where it can't be made for a reason that isn't a fault, the manifest
 * says so, and is all there is.
 */
export async function makePhoneJvm(ctx, { abi, dist, tools }) {
  const target = join(dist, 'jvm', abi);
  const aside = asideOf(target);
  try {
    mkdirSync(aside, { recursive: true });
    ctx.log.progress(`phone runtime ${abi}: JVM`);
    const lacking = whyNot(abi, tools);
    const manifest =
      lacking === undefined ? await makeInside(ctx, { abi, aside, tools }) : { version: 1, abi, lacking };
    writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const name of ['work', 'packages', 'host']) removeQuietly(join(aside, name));
    replaceFolder(aside, target);
    return manifest;
  } finally {
    removeQuietly(aside);
  }
}

/** What runs programs of that machine here, by the name of its tool. */
const emulators = { 'arm64-v8a': 'qemuUserArm64' };
const compilers = { x86_64: { x64: 'cc', arm64: 'ccX64' }, 'arm64-v8a': { x64: 'ccArm64', arm64: 'cc' } };

/** The tools that the step depends on. */
export const jvmTools = (abi) =>
  [
    'patchelf',
    phoneAbis[abi]?.strip[process.arch],
    compilers[abi]?.[process.arch],
    'javac',
    emulators[abi],
  ].filter(Boolean);

function whyNot(abi, tools) {
  if (abi === hostAbi()) return undefined;
  const name = emulators[abi];
  if (name === undefined) return `no JVM runtime is made for ${abi} on this machine`;
  if (tools[name] !== undefined) return undefined;
  return `its classes are prepared by an emulator, which is not set up: npm run setup -- --arm64`;
}

const versionOf = (home) => {
  const release = join(home, 'release');
  return existsSync(release)
    ? /JAVA_VERSION="(17[\d.]*)"/.exec(readFileSync(release, 'utf8'))?.[1]
    : undefined;
};
const isWhole = (home) =>
  versionOf(home) !== undefined &&
  ['bin/jlink', 'jmods/java.base.jmod', 'include/jni.h'].every((path) => existsSync(join(home, path)));

/**
 * `home`: the JDK whose programs run here, the one that set-up found if it is a whole one of the version that the call
 * table belongs to, else its packages. `target`: the one whose image is made.
 */
export async function findJdks(ctx, { abi, spec, unpacked, host, tools }) {
  const found = tools.javac && dirname(dirname(realpathSync(tools.javac)));
  const own = found !== undefined && isWhole(found);
  const here = abi === hostAbi();
  const debs = await fetchPackages(
    ctx,
    spec,
    [...(own && here ? [] : jdkPackages), ...libraryPackages],
    unpacked,
  );
  const unpackedHome = (root, { debian }) => join(root, 'usr', 'lib', 'jvm', `java-17-openjdk-${debian}`);
  const packaged = unpackedHome(unpacked, spec);
  if (!own && !here) await fetchPackages(ctx, phoneAbis[hostAbi()], jdkPackages, host);
  const home = own ? found : here ? packaged : unpackedHome(host, phoneAbis[hostAbi()]);
  const target = here ? home : packaged;
  for (const jdk of [home, target])
    if (!isWhole(jdk)) throw new SetupError(`There is no whole JDK 17 in ${jdk}.`, { hint: 'npm run setup' });
  return { home, target, debs };
}

async function makeInside(ctx, { abi, aside, tools }) {
  const spec = phoneAbis[abi];
  const strip = tools[spec.strip[process.arch]];
  const cc = tools[compilers[abi][process.arch]];
  if (tools.patchelf === undefined || strip === undefined || cc === undefined)
    throw new SetupError(`The JVM runtime for ${abi} needs patchelf, a strip and a compiler.`, {
      hint: 'npm run setup',
    });
  const unpacked = join(aside, 'packages');
  const host = join(aside, 'host');
  const { home, target, debs } = await findJdks(ctx, { abi, spec, unpacked, host, tools });
  const runtime = join(aside, 'runtime');
  await linkImage(ctx, { home, target, work: join(aside, 'work'), runtime });
  await compileProgram(ctx, { home: target, cc, tools, out: join(runtime, 'bin', 'abhaya-jvm') });
  const programs = ['bin/abhaya-jvm', 'lib/server/libjvm.so', ...libraries.map((name) => `lib/${name}`)];
  const needed = await neededLibraries(
    tools.patchelf,
    programs.map((path) => join(runtime, path)),
    unpacked,
    spec,
    ['libjvm.so', ...libraries],
  );
  for (const [name, path] of needed) copyFileSync(path, join(runtime, 'lib', name));
  for (const path of [...programs, ...[...needed.keys()].map((name) => `lib/${name}`)]) {
    chmodSync(join(runtime, path), 0o755);
    await must('strip', strip, ['--strip-unneeded', join(runtime, path)]);
  }
  const loader = `lib/${spec.loader}`;
  const command = abi === hostAbi() ? [join(runtime, loader)] : [tools[emulators[abi]], loader];
  await archiveClasses(ctx, { runtime, command, work: join(aside, 'work') });
  return describe({ abi, runtime, debs, version: versionOf(target) });
}

/** The image, with our module in it. */
async function linkImage(ctx, { home, target, work, runtime }) {
  const bootstrap = join(work, 'module');
  const canary = join(work, 'canary');
  const source = (name) => join(ctx.root, sources, name);
  const javac = (what, args) =>
    must(what, join(home, 'bin', 'javac'), ['--release', '17', '-Xlint:all,-exports', '-Werror', ...args]);
  const java = ['java', 'shared'].flatMap((folder) =>
    listFiles(source(folder)).map((name) => source(`${folder}/${name}`)),
  );
  await javac('compiling the bootstrap', ['-d', bootstrap, ...java]);
  await javac('compiling the canary', ['-d', canary, source('canary/Canary.java')]);
  await must('packing the canary', join(home, 'bin', 'jar'), [
    ...['--create', '--file', join(bootstrap, 'org', 'abhaya', 'jvm', 'canary.jar')],
    ...['--main-class', 'Canary', '-C', canary, '.'],
  ]);
  await must('jlink', join(home, 'bin', 'jlink'), [
    ...['--module-path', `${join(target, 'jmods')}:${bootstrap}`, '--add-modules', modules.join()],
    // Compressed classes come out of the mapped file; others would be read by a call.
    ...['--compress', '2', '--strip-java-debug-attributes', '--no-header-files', '--no-man-pages'],
    ...['--output', runtime],
  ]);
  for (const path of leftOut) rmSync(join(runtime, path), { recursive: true, force: true });
  const kept = new Set(libraries);
  for (const name of readdirSync(join(runtime, 'lib')))
    if (name.endsWith('.so') && !kept.has(name)) rmSync(join(runtime, 'lib', name));
}

/** Debian's linker scripts name libraries by where they lie when installed; unpacked, they lie below another root. */
function rootOf(cc) {
  const root = join(dirname(dirname(cc)), 'root');
  return existsSync(root) ? [`-Wl,--sysroot=${root}`] : [];
}

async function compileProgram(ctx, { home, cc, tools, out }) {
  mkdirSync(dirname(out), { recursive: true });
  const path = [cc, tools.make].filter(Boolean).map((tool) => dirname(tool));
  const flags = [
    '-O2',
    '-fstack-protector-strong',
    '-D_FORTIFY_SOURCE=2',
    '-Wl,-z,relro,-z,now,-z,noexecstack',
  ];
  const include = [join(home, 'include'), join(home, 'include', 'linux')].map((folder) => `-I${folder}`);
  await must(
    'compiling abhaya-jvm',
    cc,
    [
      ...rootOf(cc),
      ...cWarnings,
      ...flags,
      ...include,
      '-o',
      out,
      join(ctx.root, sources, 'abhaya-jvm.c'),
      '-ldl',
      '-lpthread',
    ],
    { env: { ...ctx.env, PATH: [...path, ctx.env.PATH].join(':') } },
  );
}

/** What is loaded until the lock, and by a service of nothing, prepared in a file that the JVM maps. */
async function archiveClasses(ctx, { runtime, command: [program, ...before], work }) {
  const list = join(work, 'classes');
  // As the launcher sends it: a kind, the code's length, the code, the input.
  const code = 'abhaya canary';
  const input = `\0\0\0\0${String.fromCharCode(code.length)}${code}input`;
  const run = (what, options) =>
    must(what, program, [...before, '--library-path', 'lib', 'bin/abhaya-jvm', ...options], {
      cwd: runtime,
      env: {},
      input,
      signal: ctx.signal,
    });
  await run('listing classes', ['-Xmx64m', '-Xshare:off', `-XX:DumpLoadedClassList=${list}`]);
  await run('preparing classes', ['-Xmx128m', '-Xshare:dump', `-XX:SharedClassListFile=${list}`]);
  chmodSync(join(runtime, 'lib', 'server', 'classes.jsa'), 0o644);
}

function describe({ abi, runtime, debs, version }) {
  const { files, hash } = describeFolder(runtime);
  return {
    version: 1,
    abi,
    hash: hash.slice(0, 16),
    jvm: version,
    packages: debs.map((deb) => basename(deb)),
    files,
  };
}
