// Where a runtime has shown that strangers' code can't leave it: its attacks pass there, by `npm test` on x86-64 and by
// `npm run test:arm64 -- --all` on ARM (android-shim/conformance/arm64/parts.ts, whose test compares). A runtime that isn't
// listed for a phone's ABI is not offered there, whatever its canaries say.

import { type SandboxRuntime, sandboxRuntimes } from '#schemas';

/** It holds wherever it was attacked there, but not every attack has been run: an emulated one starts too slowly. */
const onTrial: readonly SandboxRuntime[] = ['jvm'];

export const attackedRuntimes: Readonly<Record<string, readonly SandboxRuntime[]>> = {
  x86_64: sandboxRuntimes,
  'arm64-v8a': sandboxRuntimes.filter((runtime) => !onTrial.includes(runtime)),
  'armeabi-v7a': ['native'],
};

export const passesAttacks = (runtime: SandboxRuntime, abi: string): boolean =>
  attackedRuntimes[abi]?.includes(runtime) ?? false;
