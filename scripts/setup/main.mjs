// Set-up as a function: steps under the lock, timings back. scripts/setup.mjs, start.mjs and test.mjs call it.

import { join } from 'node:path';
import { createContext } from './context.mjs';
import { SetupError } from './errors.mjs';
import { withLock } from './lock.mjs';
import { runSteps } from './steps.mjs';

/**
 * @param {{root: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, quiet?: boolean, verify?: boolean, steps: any[],
 *   lockTimeoutMs?: number, overrides?: object}} options
 */
export async function setUp(options) {
  const ctx = Object.assign(createContext(options), options.overrides);
  return await withLock(join(ctx.cacheDir, 'setup.lock'), () => runSteps(ctx, options.steps), {
    signal: options.signal,
    ...(options.lockTimeoutMs === undefined ? {} : { timeoutMs: options.lockTimeoutMs }),
    onWait: (owner) =>
      ctx.log.line(
        `set-up: another one is at work (process ${owner.pid}, since ${owner.since}); waiting for it`,
      ),
  });
}

/** Runs `main` as a program: Ctrl-C aborts it, a SetupError becomes its sentence and hint, the code is the exit code. */
export async function asProgram(main, { thenExit = true } = {}) {
  const abort = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  let stopped;
  const handlers = Object.keys(codes).map((signal) => [
    signal,
    () => {
      stopped = signal;
      abort.abort();
    },
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  try {
    process.exitCode = (await main(abort.signal)) ?? 0;
  } catch (error) {
    if (stopped) console.error(`stopped (${stopped})`);
    else if (error instanceof SetupError)
      console.error(`\n${error.message}${error.hint ? `\n  ${error.hint}` : ''}`);
    else if (['ENOSPC', 'EDQUOT'].includes(error?.code))
      console.error(`\nThe disk is full: ${error.message}`);
    else if (['EACCES', 'EPERM', 'EROFS'].includes(error?.code))
      console.error(`\nNot allowed: ${error.message}`);
    else console.error(error);
    process.exitCode = stopped ? codes[stopped] : 1;
  }
  for (const [signal, handler] of handlers) process.off(signal, handler);
  // Nothing above keeps us alive, but a pipe of a child that won't end might.
  if (thenExit || process.exitCode !== 0) process.exit();
}
