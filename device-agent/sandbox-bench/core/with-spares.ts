// The same runtimes with as many processes of each that wait ready. Pure.

import { isDirectRuntime, type SandboxPlaces, sandboxRuntimes } from '#schemas';

/** Programs for the processor need no place, and only native ones are started ahead; `native` says whether processes of theirs can wait. */
export function withSpares(places: SandboxPlaces, spares: number, native: boolean): SandboxPlaces {
  const all: SandboxPlaces = native ? { native: { spares } } : {};
  for (const runtime of sandboxRuntimes) {
    const place = isDirectRuntime(runtime) ? undefined : places[runtime];
    if (!isDirectRuntime(runtime) && place) all[runtime] = { folder: place.folder, spares };
  }
  return all;
}
