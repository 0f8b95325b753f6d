// The same runtimes with as many processes of each that wait ready. Pure.

import { type SandboxPlaces, sandboxRuntimes } from '#schemas';

/** Native services need no place; `native` says whether processes of theirs can wait. */
export function withSpares(places: SandboxPlaces, spares: number, native: boolean): SandboxPlaces {
  const all: SandboxPlaces = native ? { native: { spares } } : {};
  for (const runtime of sandboxRuntimes) {
    const place = runtime === 'native' ? undefined : places[runtime];
    if (runtime !== 'native' && place) all[runtime] = { folder: place.folder, spares };
  }
  return all;
}
