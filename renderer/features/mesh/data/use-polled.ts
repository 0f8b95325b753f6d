// An answer that is asked for again and again while it is looked at; never while the window is hidden.

import { useEffect, useState } from 'react';
import { type ErrorShape, toErrorShape } from '#base';

export interface Polled<T> {
  readonly value: T | undefined;
  readonly error: ErrorShape | undefined;
}

const HIDDEN_LOOK_MS = 1_000;

/** `key` names what is asked: with another one the answer is another, and begins empty. Undefined: nothing is asked. */
export function usePolled<T>(
  key: string | undefined,
  everyMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Polled<T> {
  const [state, setState] = useState<Polled<T> & { readonly key: string | undefined }>({
    key: undefined,
    value: undefined,
    error: undefined,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says which question `ask` is
  useEffect(() => {
    if (key === undefined) return undefined;
    const stop = new AbortController();
    let timer: number | undefined;
    const again = async (): Promise<void> => {
      if (document.hidden) {
        timer = window.setTimeout(again, HIDDEN_LOOK_MS);
        return;
      }
      try {
        const value = await ask(stop.signal);
        if (!stop.signal.aborted) setState({ key, value, error: undefined });
      } catch (error) {
        if (!stop.signal.aborted)
          setState((old) => ({
            key,
            value: old.key === key ? old.value : undefined,
            error: toErrorShape(error),
          }));
      }
      if (!stop.signal.aborted) timer = window.setTimeout(again, everyMs);
    };
    void again();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [key, everyMs]);
  return state.key === key ? state : { value: undefined, error: undefined };
}
