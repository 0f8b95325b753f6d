// Waiting that can be cancelled and always ends.

import { AbhayaError } from './errors.ts';

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbhayaError('cancelled', 'cancelled', { cause: signal.reason });
}

/** Resolves after ms, or throws `cancelled`. */
export function sleep(ms: number, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AbhayaError('cancelled', 'cancelled', { cause: signal.reason }));
    const onAbort = () => {
      clearTimeout(timer);
      reject(new AbhayaError('cancelled', 'cancelled', { cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The promise's value, or `timeout` after ms. The work itself is not stopped: pass it a signal for that. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new AbhayaError('timeout', `${what} took longer than ${ms} ms`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs attempt until it gives a value other than undefined; throws `timeout` after timeoutMs. */
export async function poll<T>(
  attempt: () => Promise<T | undefined> | T | undefined,
  options: { everyMs: number; timeoutMs: number; what: string; signal?: AbortSignal | undefined },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    throwIfAborted(options.signal);
    const value = await attempt();
    if (value !== undefined) return value;
    if (performance.now() >= deadline) {
      throw new AbhayaError('timeout', `${options.what} took longer than ${options.timeoutMs} ms`);
    }
    await sleep(options.everyMs, { signal: options.signal });
  }
}
