// Build step for the APK: classes by Maven, launchers by make, put together by Debian's aapt2, zipalign and apksigner.
// Only where set-up has those (`npm run setup -- --android`, `npm test`).

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { SetupError } from '../setup/errors.mjs';
import { run } from '../setup/run.mjs';
import { dexerKey } from './dexer.mjs';
import { mavenPackage } from './maven.mjs';
import { abisWithCompilers, make } from './native.mjs';

const shim = 'android-shim';
const folder = `${shim}/apk`;
const launcher = `${shim}/launcher`;

/** What an unpacked library may be called: Android leaves everything else inside. */
const launcherInside = (abi) => `lib/${abi}/libabhaya-launcher.so`;

const MIN_SDK = '24';
const TARGET_SDK = '33';
/** The same for everybody, as Android's own debug keys are: it says nothing about who built it. */
const PASSWORD = 'android';

/** @returns {import('./step.mjs').BuildStep[]} */
export const apkSteps = (ctx, tools) =>
  tools.aapt2 === undefined || tools.apksigner === undefined
    ? []
    : [
        {
          name: 'abhaya-shim.apk',
          entry: `${folder}/pom.xml`,
          outputs: ['shim/abhaya-shim.apk'],
          inputs: () => [
            folder,
            `${shim}/supervisor/src/main`,
            `${shim}/pom.xml`,
            launcher,
            'package.json',
            'scripts/build/apk.mjs',
            'scripts/build/maven.mjs',
          ],
          key: () => dexerKey(ctx.env),
          skip: (name) => /^(?:target|build|tests|src\/test)(?:\/|$)|\.test\.ts$|\.md$/.test(name),
          usesTools: ['mvn', 'java', 'make', 'cc', 'aapt2', 'zipalign', 'apksigner'],
          slow: true,
          run: makeApk,
        },
      ];

async function makeApk({ ctx, root, aside, tools }) {
  const call = async (program, args) => {
    const result = await run(program, args, { env: ctx.env, signal: ctx.signal, timeoutMs: 5 * 60_000 });
    if (result.code !== 0)
      throw new SetupError(
        `${basename(program)} failed:\n${(result.stdout + result.stderr).trim().slice(-4_000)}`,
      );
  };
  const work = join(aside, folder);
  for (const name of [`${shim}/pom.xml`, folder, `${shim}/supervisor/pom.xml`, `${shim}/supervisor/src/main`])
    cpSync(join(root, name), join(aside, name), {
      recursive: true,
      filter: (path) => basename(path) !== 'target',
    });
  await mavenPackage({ ctx, tools, folder: work, what: folder });

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const bare = join(aside, 'bare.apk');
  await call(tools.aapt2, [
    ...['link', '-o', bare, '-I', join(work, 'target/platform/android.jar')],
    ...['--manifest', join(work, 'AndroidManifest.xml')],
    ...['--min-sdk-version', MIN_SDK, '--target-sdk-version', TARGET_SDK],
    ...['--version-code', String(versionCode(version)), '--version-name', version],
  ]);

  const { unzipSync, zipSync } = await import('fflate');
  const mtime = new Date(2020, 0, 1);
  const files = Object.fromEntries(
    Object.entries(unzipSync(readFileSync(bare))).map(([name, bytes]) => [
      name,
      // Android reads the table of resources where it lies.
      [bytes, { level: name === 'resources.arsc' ? 0 : 9, mtime }],
    ]),
  );
  const dex = unzipSync(readFileSync(join(work, 'target/apk.dex.jar')))['classes.dex'];
  if (dex === undefined) throw new SetupError(`Maven left no classes.dex in ${folder}.`);
  files['classes.dex'] = [dex, { level: 9, mtime }];
  for (const [abi, cc] of abisWithCompilers(tools)) {
    const out = join(aside, 'launcher', abi);
    await make(ctx, tools, cc, launcher, [`OUT=${relative(join(root, launcher), out)}`]);
    files[launcherInside(abi)] = [readFileSync(join(out, 'abhaya-launcher')), { level: 9, mtime }];
  }
  const unaligned = join(aside, 'unaligned.apk');
  writeFileSync(unaligned, zipSync(files));

  const apk = join(aside, 'shim', 'abhaya-shim.apk');
  mkdirSync(dirname(apk), { recursive: true });
  await call(tools.zipalign, ['-f', '-p', '4', unaligned, apk]);
  const key = await debugKey({ ctx, tools, call });
  await call(tools.apksigner, [
    ...['sign', '--ks', key, '--ks-pass', `pass:${PASSWORD}`, '--min-sdk-version', MIN_SDK],
    ...['--v1-signing-enabled', 'false', '--v2-signing-enabled', 'true', '--v3-signing-enabled', 'true'],
    apk,
  ]);
}

/** 1.2.3 → 10203: Android wants a number that grows. */
const versionCode = (version) =>
  version
    .split('-')[0]
    .split('.')
    .reduce((sum, part) => sum * 100 + Number(part), 0);

/** Made once for each cache, so that a newer build installs over an older one. */
async function debugKey({ ctx, tools, call }) {
  const folder = join(ctx.cacheDir, 'keys');
  const key = join(folder, 'apk-debug.p12');
  if (existsSync(key)) return key;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const aside = `${key}.${process.pid}`;
  await call(join(dirname(realpathSync(tools.java)), 'keytool'), [
    ...['-genkeypair', '-keystore', aside, '-storetype', 'PKCS12', '-storepass', PASSWORD],
    ...['-alias', 'debug', '-keyalg', 'RSA', '-keysize', '2048', '-validity', '10000'],
    ...['-dname', 'CN=Abhaya Lab debug'],
  ]);
  renameSync(aside, key);
  return key;
}
