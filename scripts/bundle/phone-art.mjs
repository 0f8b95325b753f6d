// The JVM runtime of phones that have ART of their own: our bootstrap as dex and its native half. ART itself, with the
// class library, is the phone's. Never run by ART here: what can be checked without one is (phone-art.it.test.mjs).

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dexJar } from '../build/dex-jar.mjs';
import { dexerKey } from '../build/dexer.mjs';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from '../setup/atomic.mjs';
import { describeFolder, hashInputs, listFiles } from '../setup/hash.mjs';
import { must } from './debian-parts.mjs';
import { cWarnings, findJdks } from './phone-jvm.mjs';
import { hostAbi, phoneAbis } from './phone-runtime.mjs';

const sources = 'android-shim/launcher/jvm';
const compilers = () => ({
  x86_64: process.arch === 'x64' ? 'cc' : 'ccX64',
  'arm64-v8a': process.arch === 'arm64' ? 'cc' : 'ccArm64',
});
/** No C library and nothing of the compiler's, as there is none of ours on a phone; pages of up to 64 KB. */
const flags = [
  ...[
    '-O2',
    '-fPIC',
    '-shared',
    '-ffreestanding',
    '-nostdlib',
    '-fno-stack-protector',
    '-fvisibility=hidden',
    '-s',
  ],
  '-Wl,-z,relro,-z,now,-z,noexecstack,-z,max-page-size=65536,--no-undefined,--hash-style=both,-soname,libabhaya-art.so',
];

/** What the runtime's bytes depend on; the build asks by this. */
export const artInputsKey = (ctx) =>
  `${dexerKey(ctx.env)} ${hashInputs(
    [sources, 'android-shim/dexer', 'scripts/bundle/phone-art.mjs', 'scripts/build/dex-jar.mjs'],
    { root: ctx.root },
  )}`;

/** Makes <dist>/art/<abi>/{manifest.json, runtime/}. Without a compiler for the ABI the manifest says so, and is all. */
export async function makePhoneArt(ctx, { abi, dist, tools }) {
  const target = join(dist, 'art', abi);
  const aside = asideOf(target);
  try {
    mkdirSync(aside, { recursive: true });
    ctx.log.progress(`phone runtime ${abi}: ART`);
    const compiler = tools[compilers()[abi]];
    const manifest =
      compiler === undefined
        ? { version: 1, abi, lacking: `there is no compiler for ${abi} on this machine` }
        : await makeInside(ctx, { abi, aside, tools, compiler });
    writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const name of ['work', 'packages']) removeQuietly(join(aside, name));
    replaceFolder(aside, target);
    return manifest;
  } finally {
    removeQuietly(aside);
  }
}

async function makeInside(ctx, { abi, aside, tools, compiler }) {
  // Only programs and headers that run here are of interest, whatever the phone's ABI.
  const here = { abi: hostAbi(), spec: phoneAbis[hostAbi()] };
  const { home } = await findJdks(ctx, { ...here, unpacked: join(aside, 'packages'), host: aside, tools });
  const runtime = join(aside, 'runtime');
  mkdirSync(runtime);
  await dexBootstrap(ctx, {
    home,
    tools,
    work: join(aside, 'work'),
    target: join(runtime, 'abhaya-art.jar'),
  });
  const include = [join(home, 'include'), join(home, 'include', 'linux')].map((folder) => `-I${folder}`);
  const path = [compiler, tools.make].filter(Boolean).map((tool) => dirname(tool));
  await must(
    'compiling abhaya-art',
    compiler,
    [
      ...[...cWarnings, ...flags, ...include, '-o', join(runtime, 'libabhaya-art.so')],
      join(ctx.root, sources, 'abhaya-art.c'),
    ],
    { env: { ...ctx.env, PATH: [...path, ctx.env.PATH].join(':') } },
  );
  const { files, hash } = describeFolder(runtime);
  return { version: 1, abi, hash: hash.slice(0, 16), files };
}

/** Classes and dex of the bootstrap, checked against Android 7, with the canary's jar inside, which has both too. */
async function dexBootstrap(ctx, { home, tools, work, target }) {
  const source = (name) => join(ctx.root, sources, name);
  const java = (folder) => listFiles(source(folder)).map((name) => source(`${folder}/${name}`));
  const compile = (what, out, files) =>
    must(what, join(home, 'bin', 'javac'), [
      ...['--release', '8', '-Xlint:all,-options', '-Werror', '-d', out],
      ...files,
    ]);
  const pack = (what, args) => must(what, join(home, 'bin', 'jar'), args);
  const [classes, canary] = [join(work, 'classes'), join(work, 'canary')];
  await compile('compiling the canary', canary, [source('canary/Canary.java')]);
  const plain = join(work, 'canary.jar');
  await pack('packing the canary', ['-c', '-f', plain, '-e', 'Canary', '-C', canary, '.']);
  await compile('compiling the bootstrap', classes, [...java('shared'), ...java('art')]);
  const inside = join(classes, 'org', 'abhaya', 'jvm', 'canary.jar');
  await dexJar({ ctx, tools, jar: plain, target: inside, check: true });
  const bootstrap = join(work, 'bootstrap.jar');
  await pack('packing the bootstrap', ['-c', '-f', bootstrap, '-C', classes, '.']);
  await dexJar({ ctx, tools, jar: bootstrap, target, check: true });
}
