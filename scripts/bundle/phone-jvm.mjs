// The JVM runtime of a phone: a small image of a JDK 17 by jlink, our bootstrap in it as a module, the few libraries that
// it needs, and an archive of prepared classes, made by a run of the very program that the launcher starts. It is
// started by its own loader only, so nothing in it depends on where it lies, and its folder is named by its content.

import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from '../setup/atomic.mjs';
import { SetupError } from '../setup/errors.mjs';
import { hashInputs, listFiles, sha256File } from '../setup/hash.mjs';
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
const warnings = [
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
    const manifest =
      abi === hostAbi()
        ? await makeInside(ctx, { abi, aside, tools })
        : { version: 1, abi, lacking: `the JVM runtime is made for ${hostAbi()} only on this machine` };
    writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const name of ['work', 'packages']) removeQuietly(join(aside, name));
    replaceFolder(aside, target);
    return manifest;
  } finally {
    removeQuietly(aside);
  }
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

/** The JDK that set-up found, if it is a whole one of the version that the call table belongs to; else its packages. */
async function findJdk(ctx, { spec, unpacked, tools }) {
  const found = tools.javac && dirname(dirname(realpathSync(tools.javac)));
  const own = found !== undefined && isWhole(found);
  const debs = await fetchPackages(ctx, spec, [...(own ? [] : jdkPackages), ...libraryPackages], unpacked);
  const home = own ? found : join(unpacked, 'usr', 'lib', 'jvm', `java-17-openjdk-${spec.debian}`);
  if (!isWhole(home)) throw new SetupError(`There is no whole JDK 17 in ${home}.`, { hint: 'npm run setup' });
  return { home, debs };
}

async function makeInside(ctx, { abi, aside, tools }) {
  const spec = phoneAbis[abi];
  if (tools.patchelf === undefined || tools.strip === undefined || tools.cc === undefined)
    throw new SetupError(`The JVM runtime for ${abi} needs patchelf, a strip and a compiler.`, {
      hint: 'npm run setup',
    });
  const unpacked = join(aside, 'packages');
  const { home, debs } = await findJdk(ctx, { spec, unpacked, tools });
  const runtime = join(aside, 'runtime');
  await linkImage(ctx, { home, work: join(aside, 'work'), runtime });
  await compileProgram(ctx, { home, tools, out: join(runtime, 'bin', 'abhaya-jvm') });
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
    await must('strip', tools.strip, ['--strip-unneeded', join(runtime, path)]);
  }
  await archiveClasses(ctx, { runtime, loader: `lib/${spec.loader}`, work: join(aside, 'work') });
  return describe({ abi, runtime, debs, version: versionOf(home) });
}

/** The image, with our module in it. */
async function linkImage(ctx, { home, work, runtime }) {
  const bootstrap = join(work, 'module');
  const canary = join(work, 'canary');
  const source = (name) => join(ctx.root, sources, name);
  const javac = (what, args) =>
    must(what, join(home, 'bin', 'javac'), ['--release', '17', '-Xlint:all,-exports', '-Werror', ...args]);
  const java = listFiles(source('java')).map((name) => source(`java/${name}`));
  await javac('compiling the bootstrap', ['-d', bootstrap, ...java]);
  await javac('compiling the canary', ['-d', canary, source('canary/Canary.java')]);
  await must('packing the canary', join(home, 'bin', 'jar'), [
    ...['--create', '--file', join(bootstrap, 'org', 'abhaya', 'jvm', 'canary.jar')],
    ...['--main-class', 'Canary', '-C', canary, '.'],
  ]);
  await must('jlink', join(home, 'bin', 'jlink'), [
    ...['--module-path', `${join(home, 'jmods')}:${bootstrap}`, '--add-modules', modules.join()],
    // Compressed classes come out of the mapped file; others would be read by a call.
    ...['--compress', '2', '--strip-java-debug-attributes', '--no-header-files', '--no-man-pages'],
    ...['--output', runtime],
  ]);
  for (const path of leftOut) rmSync(join(runtime, path), { recursive: true, force: true });
  const kept = new Set(libraries);
  for (const name of readdirSync(join(runtime, 'lib')))
    if (name.endsWith('.so') && !kept.has(name)) rmSync(join(runtime, 'lib', name));
}

async function compileProgram(ctx, { home, tools, out }) {
  mkdirSync(dirname(out), { recursive: true });
  const path = [tools.cc, tools.make].filter(Boolean).map((tool) => dirname(tool));
  const flags = [
    '-O2',
    '-fstack-protector-strong',
    '-D_FORTIFY_SOURCE=2',
    '-Wl,-z,relro,-z,now,-z,noexecstack',
  ];
  const include = [join(home, 'include'), join(home, 'include', 'linux')].map((folder) => `-I${folder}`);
  await must(
    'compiling abhaya-jvm',
    tools.cc,
    [
      ...warnings,
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
async function archiveClasses(ctx, { runtime, loader, work }) {
  const list = join(work, 'classes');
  // As the launcher sends it: a kind, the code's length, the code, the input.
  const code = 'abhaya canary';
  const input = `\0\0\0\0${String.fromCharCode(code.length)}${code}input`;
  const run = (what, options) =>
    must(what, join(runtime, loader), ['--library-path', 'lib', 'bin/abhaya-jvm', ...options], {
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
  const files = listFiles(runtime).map((path) => ({
    path,
    bytes: statSync(join(runtime, path)).size,
    sha256: sha256File(join(runtime, path)),
  }));
  const content = createHash('sha256');
  for (const file of files) content.update(`${file.path}\0${file.sha256}\n`);
  return {
    version: 1,
    abi,
    hash: content.digest('hex').slice(0, 16),
    jvm: version,
    packages: debs.map((deb) => basename(deb)),
    files,
  };
}
