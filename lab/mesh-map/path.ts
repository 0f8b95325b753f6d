// The way that a message takes now: every node's own next hop, one after the other. Pure.

export interface TracedPath {
  readonly path: readonly string[];
  /** False where a node knows no next hop, or the next hops run in a circle (for a moment, after a change). */
  readonly complete: boolean;
}

const MOST_HOPS = 1_000;

export function tracePath(
  from: string,
  to: string,
  nextHopOf: (at: string, to: string) => string | undefined,
): TracedPath {
  const path = [from];
  const seen = new Set(path);
  let at = from;
  while (at !== to) {
    const next = nextHopOf(at, to);
    if (next === undefined || seen.has(next) || path.length > MOST_HOPS) return { path, complete: false };
    path.push(next);
    seen.add(next);
    at = next;
  }
  return { path, complete: true };
}
