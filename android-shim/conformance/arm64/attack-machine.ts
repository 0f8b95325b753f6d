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

/** Lanes beside each other, about equally long. A runtime that is listed and isn't offered there is a failure. */
const lanes: readonly (readonly Attacked[])[] = [
  [
    { abi: 'arm64-v8a', runtime: 'native' },
    { abi: 'armeabi-v7a', runtime: 'native' },
  ],
  [{ abi: 'arm64-v8a', runtime: 'nodejs' }],
];

const nameOf = ({ abi, runtime }: Attacked): string => `${runtime} ${abi}`;

function jobOf({ abi, runtime }: Attacked, files: MachineFiles): MachineJob {
  const home = `/machine/${abi}`;
  const folders = runtime === 'native' ? [] : ['--folder', `nodejs=${files.runtimeRoot}`];
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
  readonly signal?: AbortSignal | undefined;
  readonly onEnd?: (job: string, end: JobEnd) => void;
}): Promise<{ readonly ends: ReadonlyMap<string, JobEnd>; readonly uptime: number }> {
  const { toolchain, files, signal, onEnd } = options;
  const places = abis.map((abi) => ({
    abi,
    launcher: join(toolchain.dist, 'native', abi, 'abhaya-launcher'),
    attacks: join(toolchain.dist, 'conformance', abi),
  }));
  const bundle = join(toolchain.dist, 'attacks.mjs');
  for (const path of [bundle, ...places.flatMap(({ launcher, attacks }) => [launcher, attacks])])
    if (!existsSync(path)) throw new AbhayaError('host.setup', `${path} is not there; type: npm run build`);
  return await runJobs({
    files,
    lanes: lanes.map((lane) => lane.map((attacked) => jobOf(attacked, files))),
    own: [
      ...placed([{ from: bundle, to: 'machine/attacks.mjs' }]),
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
