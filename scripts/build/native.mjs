// Build steps for C: each Makefile, once per architecture that there is a compiler for.

import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { hostAbi } from '../bundle/phone-runtime.mjs';
import { SetupError } from '../setup/errors.mjs';
import { run } from '../setup/run.mjs';

/** ABI → the tool that compiles for it on this machine. */
const compilers = () => ({
  x86_64: process.arch === 'x64' ? 'cc' : 'ccX64',
  'arm64-v8a': process.arch === 'arm64' ? 'cc' : 'ccArm64',
  'armeabi-v7a': 'ccArm',
});

/** [ABI, key of its compiler], of those that this machine has a compiler for. */
export const abisWithCompilers = (tools) =>
  Object.entries(compilers()).filter(([, key]) => tools[key] !== undefined);

/** Compilers go to make by name, with their folder first on PATH: a path with spaces would break its rules. */
export function compilerEnv(tools, key, env) {
  const folders = [key, 'cc', 'make', 'javac'].flatMap((name) => (tools[name] ? [dirname(tools[name])] : []));
  const path = [...folders, env.PATH].join(':');
  return { env: { ...env, PATH: path }, name: basename(tools[key]) };
}

export async function make(ctx, tools, key, folder, args) {
  const { env, name } = compilerEnv(tools, key, ctx.env);
  const result = await run(tools.make, ['-C', join(ctx.root, folder), `CC=${name}`, ...args], {
    env,
    signal: ctx.signal,
    timeoutMs: 10 * 60_000,
  });
  if (result.code !== 0)
    throw new SetupError(
      `make in ${folder} (${name}) failed:\n${(result.stdout + result.stderr).trim().slice(-4_000)}`,
    );
}

const skip = (name) => /^(?:build|tests)(?:\/|$)/.test(name);

const step = (abi, key, folder, programs, { more = [], targets = [] } = {}) => ({
  name: `${basename(folder) === 'native' ? programs[0] : basename(folder)} ${abi}`,
  entry: `${folder}/Makefile`,
  outputs: programs.map((program) => `native/${abi}/${program}`),
  inputs: () => [folder, ...more, 'scripts/build/native.mjs'],
  skip,
  usesTools: [key],
  async run({ ctx, root, aside, tools }) {
    const out = join(aside, 'native', abi);
    // Relative, so that spaces above the project don't reach make.
    await make(ctx, tools, key, folder, [`OUT=${relative(join(root, folder), out)}`, ...targets]);
    const missing = programs.filter((program) => !existsSync(join(out, program)));
    if (missing.length > 0) throw new SetupError(`make in ${folder} did not make ${missing.join(', ')}.`);
  },
});

/** Hostile programs, for `abhaya sandbox attack`: all that the Makefile leaves is taken. */
const attacksStep = (abi, key) => ({
  ...step(abi, key, 'android-shim/conformance', []),
  name: `conformance ${abi}`,
  outputs: [`conformance/${abi}`],
  inputs: () => ['android-shim/conformance', 'android-shim/launcher', 'scripts/build/native.mjs'],
  skip: (name) => skip(name) || name.endsWith('.ts'),
  usesTools: [key, 'javac'],
  async run({ ctx, root, aside, tools }) {
    const folder = 'android-shim/conformance';
    const out = join(aside, 'conformance', abi);
    await make(ctx, tools, key, folder, [`OUT=${relative(join(root, folder), out)}`, 'attacks']);
  },
});

/** What sandboxes are measured with; it has the launcher's filter in it. Linked dynamically it is a peer, here only. */
const probeStep = (abi, key) => {
  const here = process.platform === 'linux' && abi === hostAbi();
  const programs = ['sandbox-probe', 'probe.jar', ...(here ? ['sandbox-probe-dynamic'] : [])];
  const made = step(abi, key, 'android-shim/probe', programs, {
    more: ['android-shim/launcher'],
    targets: ['all', 'jar', ...(here ? ['dynamic'] : [])],
  });
  return { ...made, usesTools: [key, 'javac'] };
};

/** @returns {import('./step.mjs').BuildStep[]} */
export function nativeSteps(tools) {
  const abis = abisWithCompilers(tools);
  return [
    ...abis.map(([abi, key]) => step(abi, key, 'android-shim/launcher', ['abhaya-launcher', 'filter-of'])),
    ...abis.map(([abi, key]) => attacksStep(abi, key)),
    ...abis.map(([abi, key]) => probeStep(abi, key)),
    ...abis
      .filter(([abi]) => abi === 'arm64-v8a')
      .map(([abi, key]) => step(abi, key, 'lab/arm64-machine/native', ['machine-init'])),
    // Here, and in the arm64 machine.
    ...abis
      .filter(([abi]) => process.platform === 'linux' && (abi === hostAbi() || abi === 'arm64-v8a'))
      .map(([abi, key]) => step(abi, key, 'lab/virtual-phone/native', ['phone-init', 'phone-call'])),
  ];
}
