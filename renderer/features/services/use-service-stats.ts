// Figures of services over all runs from the history, kept fresh as tasks end; from this window's tasks where there is
// no history.

import { useEffect, useMemo, useState } from 'react';
import { get } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';
import { tasksOf, useLabEvery } from '../../lab/use-lab-every.ts';
import { type ServiceStats, statsFromHistory, statsOf } from './service-stats.ts';

/** The history writes in batches: asked a little later than a task ends, and never more often than this. */
const REFRESH_MS = 2_000;

export function useServiceStats(): ReadonlyMap<string, ServiceStats> {
  const tasks = useLabEvery(tasksOf, REFRESH_MS / 2);
  const connection = useLab(({ lab, loaded }) => (loaded ? lab.connection : -1));
  const ended = useMemo(() => endedCount(tasks.values()), [tasks]);
  const [history, setHistory] = useState<ReadonlyMap<string, ServiceStats>>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when a task has ended
  useEffect(() => {
    if (connection < 0) return undefined;
    const stop = new AbortController();
    const timer = window.setTimeout(
      () =>
        void get('historyServices', '/history/services', { signal: stop.signal }).then(
          (services) => setHistory(statsFromHistory(services)),
          // What was read last is better than nothing.
          () => undefined,
        ),
      history === undefined ? 0 : REFRESH_MS,
    );
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [connection, ended]);

  const own = useMemo(() => (history ? undefined : statsOf(tasks.values())), [history, tasks]);
  return history ?? own ?? new Map();
}

function endedCount(tasks: Iterable<{ state: string }>): number {
  let count = 0;
  for (const { state } of tasks)
    if (['acknowledged', 'failed', 'cancelled', 'expired'].includes(state)) count += 1;
  return count;
}
