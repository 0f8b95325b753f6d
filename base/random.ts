// Randomness as a port. Keys and nonces need systemRandom; seededRandom is for simulators and tests only.

export interface Random {
  /** n random bytes. */
  bytes(n: number): Uint8Array;
  /** Uniform in [0, 1). */
  float(): number;
}

const QUOTA = 65_536; // crypto.getRandomValues refuses more at once

export const systemRandom: Random = {
  bytes(n) {
    const out = new Uint8Array(n);
    for (let at = 0; at < n; at += QUOTA) crypto.getRandomValues(out.subarray(at, Math.min(n, at + QUOTA)));
    return out;
  },
  float() {
    const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
    return word / 2 ** 32;
  },
};

/** Deterministic and not secure (mulberry32): the same seed gives the same run. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const float = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { float, bytes: (n) => Uint8Array.from({ length: n }, () => Math.floor(float() * 256)) };
}
