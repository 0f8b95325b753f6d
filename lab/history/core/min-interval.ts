// At most one of a key in a time: what keeps a chatty phone from filling the history. Pure.

export interface MinInterval {
  /** True when the key's turn has come; it then counts as taken. */
  due(key: string, nowMs: number): boolean;
  forget(key: string): void;
}

export function createMinInterval(everyMs: number): MinInterval {
  const last = new Map<string, number>();
  return {
    due(key, nowMs) {
      const before = last.get(key);
      // A clock that was set back must not silence a phone until it has caught up.
      if (before !== undefined && nowMs >= before && nowMs - before < everyMs) return false;
      last.set(key, nowMs);
      return true;
    },
    forget: (key) => void last.delete(key),
  };
}
