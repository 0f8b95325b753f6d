// Tasks of earlier runs, a page at a time, as the history has them.

import { useEffect, useState } from 'react';
import { toErrorShape } from '#base';
import type { HistoryTask, HistoryTaskDetail } from '#schemas';
import { get } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';

const PAGE = 200;

export interface PastTasks {
  readonly tasks: readonly HistoryTask[];
  readonly problem: string | undefined;
  /** Absent on the last page, and while one is under way. */
  readonly more: (() => void) | undefined;
}

export function usePastTasks(): PastTasks {
  const connection = useLab(({ lab, loaded }) => (loaded ? lab.connection : -1));
  const [tasks, setTasks] = useState<readonly HistoryTask[]>([]);
  const [next, setNext] = useState<string>();
  const [asked, setAsked] = useState<string>();
  const [problem, setProblem] = useState<string>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection is another history
  useEffect(() => {
    setTasks([]);
    setNext(undefined);
    setAsked(undefined);
  }, [connection]);

  useEffect(() => {
    if (connection < 0) return undefined;
    const stop = new AbortController();
    const from = asked === undefined ? '' : `&before=${encodeURIComponent(asked)}`;
    get('historyTasks', `/history/tasks?limit=${PAGE}${from}`, { signal: stop.signal }).then(
      (page) => {
        setTasks((known) => (asked === undefined ? page.tasks : [...known, ...page.tasks]));
        setNext(page.next);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setProblem(toErrorShape(error).message);
      },
    );
    return () => stop.abort();
  }, [connection, asked]);

  const more = next === undefined || next === asked ? undefined : () => setAsked(next);
  return { tasks, problem, more };
}

export type PastTask =
  | { readonly phase: 'loading' }
  | { readonly phase: 'there'; readonly past: HistoryTaskDetail }
  | { readonly phase: 'missing'; readonly message: string };

/** One task of the history; nothing is asked without an id. */
export function usePastTask(taskId: string | undefined): PastTask {
  const [state, setState] = useState<PastTask>({ phase: 'loading' });
  useEffect(() => {
    if (taskId === undefined) return undefined;
    const stop = new AbortController();
    setState({ phase: 'loading' });
    get('historyTask', `/history/tasks/${encodeURIComponent(taskId)}`, { signal: stop.signal }).then(
      (past) => setState({ phase: 'there', past }),
      (error: unknown) => {
        if (!stop.signal.aborted) setState({ phase: 'missing', message: toErrorShape(error).message });
      },
    );
    return () => stop.abort();
  }, [taskId]);
  return state;
}
