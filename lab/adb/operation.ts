// One operation on a phone: a signal of its own, a deadline, and errors that say whose problem it was.

import { AbhayaError, isAbhayaError } from '#base';

export interface OperationLimits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly what: string;
}

/**
 * Runs work with a signal that fires on cancellation, on the deadline and when work has ended, so that whatever it
 * opened is closed. Throws `cancelled`, `timeout`, or what `explain` makes of work's failure.
 */
export async function operation<T>(
  limits: OperationLimits,
  explain: (error: unknown) => AbhayaError,
  work: (signal: AbortSignal) => Promise<T>,
  options: { keepOpen?: boolean } = {},
): Promise<T> {
  const { signal, timeoutMs, what } = limits;
  if (signal?.aborted) throw new AbhayaError('cancelled', 'cancelled', { cause: signal.reason });
  const own = new AbortController();
  let rejectEarly: (error: AbhayaError) => void = () => {};
  const early = new Promise<never>((_, reject) => {
    rejectEarly = reject;
  });
  const end = (error: AbhayaError) => {
    rejectEarly(error);
    own.abort(error);
  };
  const onAbort = () => end(new AbhayaError('cancelled', 'cancelled', { cause: signal?.reason }));
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => end(new AbhayaError('timeout', `${what} took longer than ${timeoutMs} ms`)),
          timeoutMs,
        );
  try {
    const running = work(own.signal);
    running.catch(() => {}); // when it lost the race
    return await Promise.race([running, early]);
  } catch (error) {
    own.abort(error);
    throw isAbhayaError(error) ? error : explain(error);
  } finally {
    clearTimeout(timer);
    if (!options.keepOpen) {
      signal?.removeEventListener('abort', onAbort);
      own.abort();
    }
  }
}
