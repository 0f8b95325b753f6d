// Where a runtime has shown that strangers' code can't leave it: its attacks pass there, by `npm test` on x86-64 and by
// `npm run test:arm64 -- --all` on ARM (android-shim/conformance/arm64/parts.ts, whose test compares). A runtime that isn't
// listed for a phone's ABI is not offered there, whatever its canaries say.

import { type RuntimeFlavour, type SandboxRuntime, sandboxRuntimes } from '#schemas';

export const attackedRuntimes: Readonly<Record<string, readonly SandboxRuntime[]>> = {
  x86_64: sandboxRuntimes,
  'arm64-v8a': sandboxRuntimes,
  'armeabi-v7a': ['native'],
};

/** Other virtual machines, with other calls, behind a runtime's name: what its attacks showed is not of them. */
const attackedFlavours: Readonly<Record<RuntimeFlavour, readonly string[]>> = {
  // There was no phone, and its attacks are not made as dex yet.
  art: [],
};

export const passesAttacks = (runtime: SandboxRuntime, abi: string, flavour?: RuntimeFlavour): boolean =>
  flavour === undefined
    ? (attackedRuntimes[abi]?.includes(runtime) ?? false)
    : attackedFlavours[flavour].includes(abi);
