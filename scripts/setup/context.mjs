// What every step of set-up is given; made once per run, from the environment.

import { isAbsolute, join, resolve } from 'node:path';
import { createLog } from './log.mjs';

/** @param {{root?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, quiet?: boolean, verify?: boolean, out?: any}} [options] */
export function createContext({ root, env = process.env, signal, quiet = false, verify = false, out } = {}) {
  const cacheDir = env.ABHAYA_CACHE
    ? isAbsolute(env.ABHAYA_CACHE)
      ? env.ABHAYA_CACHE
      : resolve(root, env.ABHAYA_CACHE)
    : join(root, '.cache');
  const ctx = {
    root,
    env,
    signal,
    cacheDir,
    toolsDir: join(cacheDir, 'tools'),
    log: createLog(out, { quiet }),
    /** Hash every unpacked file again, not only look at sizes. */
    verify,
    verified: false,
    /** Take nothing from the system (to test the unpacked programs). */
    ignoreSystem: env.ABHAYA_SETUP_OWN_TOOLS === '1',
  };
  ctx.markVerified = () => {
    ctx.verified = true;
  };
  return ctx;
}
