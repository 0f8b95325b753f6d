// The conformance suite on the arm64 machine: the same attacks by the same engine, 64-bit and, by the kernel's compat
// mode, 32-bit, beside each other in one boot. Nothing is judged here but what the guest reports.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AbhayaError } from '#base';
import {
  folderAt,
  type JobEnd,
  type MachineFiles,
  type MachineJob,
  placed,
  runJobs,
} from '#lab/arm64-machine';
import type { Toolchain } from '#lab/toolchain';

const abis = ['arm64-v8a', 'armeabi-v7a'] as const;
type Abi = (typeof abis)[number];

interface Attacked {
  readonly abi: Abi;
  readonly runtime: string;
}

const arm64 = (runtime: string): Attacked => ({ abi: 'arm64-v8a', runtime });

/** Lanes beside each other, about equally long. A runtime that is listed and isn't offered there is a failure. */
const always: readonly (readonly Attacked[])[] = [
  [arm64('native'), { abi: 'armeabi-v7a', runtime: 'native' }],
  [arm64('nodejs')],
];

/** What takes longer than every `npm test` should. The JVM of services is not made for arm64. */
const more: readonly (readonly Attacked[])[] = [[arm64('python')], [arm64('wasm')]];

/** Where the guest has Python: the image without what attacks need, and the one with it, beside each other. */
const PYTHON = '/machine/python';

const nameOf = ({ abi, runtime }: Attacked): string => `${runtime} ${abi}`;

function jobOf({ abi, runtime }: Attacked, files: MachineFiles): MachineJob {
  const home = `/machine/${abi}`;
  const place = runtime === 'python' ? `${PYTHON}/runtime` : files.runtimeRoot;
  const folders = runtime === 'native' ? [] : ['--folder', `${runtime}=${place}`];
  return {
    name: nameOf({ abi, runtime }),
    command: [
      `${files.runtimeRoot}/bin/node`,
      '/machine/attacks.mjs',
      ...['--launcher', `${home}/abhaya-launcher`, '--programs', `${home}/attacks`],
      ...['--runtime', runtime, ...folders],
    ],
  };
}

/** Throws `host.setup` where something isn't built: what can't be attacked is no success. */
export async function attackMachine(options: {
  readonly toolchain: Toolchain;
  readonly files: MachineFiles;
  /** Every runtime that there is for arm64, not only those of every `npm test`. */
  readonly all?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onEnd?: (job: string, end: JobEnd) => void;
}): Promise<{ readonly ends: ReadonlyMap<string, JobEnd>; readonly uptime: number }> {
  const { toolchain, files, all = false, signal, onEnd } = options;
  const python = join(toolchain.dist, 'python/arm64-v8a');
  const lanes = all ? always.map((lane, i) => [...lane, ...(more[i] ?? [])]) : always;
  const places = abis.map((abi) => ({
    abi,
    launcher: join(toolchain.dist, 'native', abi, 'abhaya-launcher'),
    attacks: join(toolchain.dist, 'conformance', abi),
  }));
  const bundle = join(toolchain.dist, 'attacks.mjs');
  const needed = [
    bundle,
    ...(all ? [join(python, 'runtime'), join(python, 'attack')] : []),
    ...places.flatMap(({ launcher, attacks }) => [launcher, attacks]),
  ];
  for (const path of needed)
    if (!existsSync(path)) throw new AbhayaError('host.setup', `${path} is not there; type: npm run build`);
  return await runJobs({
    files,
    lanes: lanes.map((lane) => lane.map((attacked) => jobOf(attacked, files))),
    own: [
      ...placed([{ from: bundle, to: 'machine/attacks.mjs' }]),
      ...(all ? folderAt(python, PYTHON.slice(1)) : []),
      ...places.flatMap(({ abi, launcher, attacks }) => [
        ...placed([{ from: launcher, to: `machine/${abi}/abhaya-launcher` }]),
        ...folderAt(attacks, `machine/${abi}/attacks`),
      ]),
    ],
    memoryMb: 2_048,
    signal,
    ...(onEnd && { onEnd }),
  });
}
