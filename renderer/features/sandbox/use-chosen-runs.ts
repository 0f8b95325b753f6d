// Which kept run is shown and which one is put beside it, as the page's address says.

import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export interface ChosenRuns {
  readonly shown: string | undefined;
  readonly other: string | undefined;
  readonly onShow: (runId: string | undefined) => void;
  readonly onCompare: (runId: string | undefined) => void;
}

/** `name` tells the kinds of runs apart. */
export function useChosenRuns(name: 'run' | 'attack'): ChosenRuns {
  const [search, setSearch] = useSearchParams();
  const choose = useCallback(
    (key: string, runId: string | undefined) =>
      setSearch(
        (before) => {
          if (runId === undefined) before.delete(key);
          else before.set(key, runId);
          return before;
        },
        { replace: true },
      ),
    [setSearch],
  );
  const other = name === 'run' ? 'with' : 'against';
  return {
    shown: search.get(name) ?? undefined,
    other: search.get(other) ?? undefined,
    onShow: useCallback((runId: string | undefined) => choose(name, runId), [choose, name]),
    onCompare: useCallback((runId: string | undefined) => choose(other, runId), [choose, other]),
  };
}
