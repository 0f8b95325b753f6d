// Where this machine has the phones' runtimes that the build made, by the name that the launcher knows them by.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxRuntime } from '#agent/sandbox';
import type { Toolchain } from '#lab/toolchain';
import type { DirectRuntime } from '#schemas';

export const hostAbi = (): string => (process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64');

type TwoPhase = Exclude<SandboxRuntime, DirectRuntime>;

/** Those that the launcher knows: it refuses to start with any other. */
const placesOf = (dist: string, abi: string): Readonly<Partial<Record<TwoPhase, string>>> => ({
  nodejs: join(dist, 'phone', abi, 'runtime'),
  jvm: join(dist, 'jvm', abi, 'runtime'),
  wasm: join(dist, 'phone', abi, 'runtime'),
  python: join(dist, 'python', abi, 'runtime'),
});

export interface RuntimeFolders {
  readonly folders: Readonly<Partial<Record<TwoPhase, string>>>;
  /** Runtimes whose folder is not there, with a sentence each. */
  readonly missing: Readonly<Partial<Record<TwoPhase, string>>>;
}

export function findRuntimeFolders({ dist }: Pick<Toolchain, 'dist'>, abi = hostAbi()): RuntimeFolders {
  const folders: Partial<Record<TwoPhase, string>> = {};
  const missing: Partial<Record<TwoPhase, string>> = {};
  for (const [name, folder] of Object.entries(placesOf(dist, abi)) as [TwoPhase, string][]) {
    if (existsSync(folder)) folders[name] = folder;
    else missing[name] = `${folder} is not there; type: npm run build`;
  }
  return { folders, missing };
}
