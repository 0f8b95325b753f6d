// Build steps for Kotlin (Maven), the sample services and the phones' Node runtime.

import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { artInputsKey, makePhoneArt } from '../bundle/phone-art.mjs';
import { jvmInputsKey, jvmTools, makePhoneJvm } from '../bundle/phone-jvm.mjs';
import { makePhonePython, pythonInputsKey } from '../bundle/phone-python.mjs';
import { hostAbi, makePhoneRuntime, phoneAbis, runtimeInputsKey } from '../bundle/phone-runtime.mjs';
import { SetupError } from '../setup/errors.mjs';
import { pinnedNode } from '../setup/node-modules.mjs';
import { run } from '../setup/run.mjs';
import { dexerKey } from './dexer.mjs';
import { mavenPackage } from './maven.mjs';
import { compilerEnv } from './native.mjs';

const supervisor = 'android-shim/supervisor';
const shim = 'android-shim/pom.xml';

/** @returns {import('./step.mjs').BuildStep} */
export const supervisorStep = (ctx) => ({
  name: 'supervisor.jar',
  entry: `${supervisor}/pom.xml`,
  outputs: ['shim/supervisor.jar', 'shim/supervisor.dex.jar'],
  inputs: () => [supervisor, shim, 'scripts/build/others.mjs', 'scripts/build/maven.mjs'],
  key: () => dexerKey(ctx.env),
  skip: (name) =>
    name === 'target' || name.startsWith('target/') || name === 'src/test' || name.startsWith('src/test/'),
  usesTools: ['mvn', 'java'],
  slow: true,
  async run({ ctx, root, aside, tools }) {
    // Built from a copy: Maven empties target/ while it works, and somebody's tests may be using that.
    const work = join(aside, supervisor);
    cpSync(join(root, supervisor), work, { recursive: true, filter: (path) => basename(path) !== 'target' });
    copyFileSync(join(root, shim), join(aside, shim));
    await mavenPackage({ ctx, tools, folder: work, what: supervisor });
    mkdirSync(join(aside, 'shim'), { recursive: true });
    for (const jar of ['supervisor.jar', 'supervisor.dex.jar'])
      copyFileSync(join(work, 'target', jar), join(aside, 'shim', jar));
  },
});

/**
 * services/build.ts (its owner's) is run by the pinned Node as `build.ts --out <folder> --work <folder>` with CC and
 * CC_ARM64 in its environment, and leaves *.meshsvc files in the folder. Without it, there are no services yet.
 * @returns {import('./step.mjs').BuildStep}
 */
export const servicesStep = (ctx) => ({
  name: 'services',
  entry: 'services/build.ts',
  outputs: ['services'],
  inputs: () => ['services', 'schemas', 'device-agent/services', 'scripts/build', 'android-shim/dexer'],
  key: () => dexerKey(ctx.env),
  skip: (name) => /(?:^|\/)(?:build|target|tests)(?:\/|$)/.test(name) || /\.test\.ts$/.test(name),
  usesTools: ['cc', 'mvn', 'java'],
  slow: true,
  async run({ ctx, root, aside, tools }) {
    const out = join(aside, 'services');
    mkdirSync(out, { recursive: true });
    const env = compilerEnv(tools, 'cc', ctx.env).env;
    const optional = Object.fromEntries(
      [
        ['CC', 'cc'],
        ['CC_ARM64', 'ccArm64'],
        ['CC_ARM', 'ccArm'],
      ].flatMap(([name, key]) => (tools[key] ? [[name, tools[key]]] : [])),
    );
    const result = await run(
      pinnedNode(root),
      ['--disable-warning=ExperimentalWarning', join(root, 'services', 'build.ts'), '--out', out],
      {
        cwd: root,
        env: { ...env, ...optional },
        signal: ctx.signal,
        timeoutMs: 10 * 60_000,
      },
    );
    if (result.code !== 0)
      throw new SetupError(
        `services/build.ts failed:\n${(result.stdout + result.stderr).trim().slice(-4_000)}`,
      );
  },
});

/** @returns {import('./step.mjs').BuildStep} */
export const runtimeStep = (ctx, abi) => ({
  name: `phone runtime ${abi}`,
  outputs: [`phone/${abi}`],
  inputs: () => [],
  key: () => runtimeInputsKey(ctx, abi),
  usesTools: ['patchelf', phoneAbis[abi]?.strip[process.arch] ?? 'strip'],
  async run({ aside, tools }) {
    await makePhoneRuntime(ctx, { abi, dist: aside, tools });
  },
});

/** @returns {import('./step.mjs').BuildStep} */
export const pythonStep = (ctx, abi) => ({
  name: `python ${abi}`,
  outputs: [`python/${abi}`],
  inputs: () => [],
  key: () => pythonInputsKey(ctx),
  usesTools: ['patchelf', phoneAbis[abi]?.strip[process.arch] ?? 'strip'],
  async run({ aside, tools }) {
    await makePhonePython(ctx, { abi, dist: aside, tools });
  },
});

/** @returns {import('./step.mjs').BuildStep} */
export const jvmStep = (ctx, abi) => ({
  name: `jvm ${abi}`,
  outputs: [`jvm/${abi}`],
  inputs: () => [],
  key: () => jvmInputsKey(ctx),
  usesTools: jvmTools(abi),
  async run({ aside, tools }) {
    await makePhoneJvm(ctx, { abi, dist: aside, tools });
  },
});

/** @returns {import('./step.mjs').BuildStep} */
export const artStep = (ctx, abi) => ({
  name: `art ${abi}`,
  outputs: [`art/${abi}`],
  inputs: () => [],
  key: () => artInputsKey(ctx),
  usesTools: ['mvn', 'java', 'javac', abi === hostAbi() ? 'cc' : 'ccArm64'],
  async run({ aside, tools }) {
    await makePhoneArt(ctx, { abi, dist: aside, tools });
  },
});

/** The runtime of this machine's virtual phones, and of the ABIs that were asked for or made before. */
export function runtimeAbis(dist, asked) {
  if (process.platform !== 'linux') return asked;
  const before = Object.keys(phoneAbis).filter((abi) =>
    existsSync(join(dist, 'phone', abi, 'manifest.json')),
  );
  return [...new Set([hostAbi(), ...asked, ...before].filter(Boolean))];
}
