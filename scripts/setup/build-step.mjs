// Step "build": asks scripts/build.mjs, under the pinned Node, what is out of date, and has it made.

import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { pinnedNode } from './node-modules.mjs';
import { run } from './run.mjs';

const call = (ctx, args, options) =>
  run(pinnedNode(ctx.root), [join(ctx.root, 'scripts', 'build.mjs'), ...args], {
    cwd: ctx.root,
    env: { ...ctx.env, ABHAYA_CACHE: ctx.cacheDir },
    signal: ctx.signal,
    ...options,
  });

/** @returns {import('./steps.mjs').Step} */
const stepOf = (name, args) => ({
  name,
  async missing(ctx) {
    const result = await call(ctx, [...args, '--status'], { timeoutMs: 60_000 });
    if (result.code === 0) return undefined;
    if (result.code === 3) return result.stdout.trim() || 'out of date';
    throw new SetupError(`The build can't say what is out of date: ${result.stderr.trim()}`);
  },
  async run(ctx) {
    const result = await call(ctx, args, { timeoutMs: 30 * 60_000, onLine: (line) => ctx.log.line(line) });
    ctx.signal?.throwIfAborted();
    if (result.code !== 0)
      throw new SetupError('The build failed (its output is above).', {
        hint: `To run it alone: npm run build${['', ...(args.length > 0 ? ['--'] : []), ...args].join(' ')}`,
      });
  },
});

export const buildStep = stepOf('build', []);

/** Runtimes for phones of another ABI. */
export const runtimeStep = (abi) => stepOf(`runtimes for ${abi}`, ['--abi', abi, '--only', abi]);
