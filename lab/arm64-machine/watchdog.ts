// Sees that something that should speak has fallen silent, or goes on for too long.

import { AbhayaError } from '#base';

export interface Patience {
  /** How long the machine may say nothing, its start included. */
  readonly silenceMs: number;
  /** How long it may run in all. */
  readonly longestMs: number;
}

export interface Watchdog {
  /** A sign of life. */
  heard(): void;
  /** Nothing is watched any more; harmless when it is over. */
  close(): void;
}

/** Calls `onEnd` with a `timeout`, once. */
export function watch(
  what: string,
  { silenceMs, longestMs }: Patience,
  onEnd: (error: AbhayaError) => void,
): Watchdog {
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  const end = (sentence: string) => () => {
    close();
    onEnd(new AbhayaError('timeout', `${what} ${sentence}`));
  };
  const silence = setTimeout(end(`has said nothing for ${seconds(silenceMs)}`), silenceMs);
  const longest = setTimeout(end(`is not done after ${seconds(longestMs)}`), longestMs);
  let open = true;
  function close(): void {
    open = false;
    clearTimeout(silence);
    clearTimeout(longest);
  }
  return {
    heard() {
      if (open) silence.refresh();
    },
    close,
  };
}
