// Which runtimes' canaries have passed on a virtual phone: all of them share this machine's kernel, and with it what the
// canaries would find out, as long as they have the same bundle and the same kind of walls. The next ones are told.

export interface ProvenRuntimes {
  /** What a phone with the same bundle and walls needn't try again. */
  of(isolation: string, bundleHash: string): readonly string[];
  add(isolation: string, bundleHash: string, offered: readonly string[]): void;
}

export function createProvenRuntimes(): ProvenRuntimes {
  const seen = new Map<string, ReadonlySet<string>>();
  const keyOf = (isolation: string, bundleHash: string) => `${isolation} ${bundleHash}`;
  return {
    of: (isolation, bundleHash) => [...(seen.get(keyOf(isolation, bundleHash)) ?? [])],
    add(isolation, bundleHash, offered) {
      const key = keyOf(isolation, bundleHash);
      // Phones of smaller profiles offer less; that says nothing about what they were not asked for.
      seen.set(key, new Set([...(seen.get(key) ?? []), ...offered]));
    },
  };
}
