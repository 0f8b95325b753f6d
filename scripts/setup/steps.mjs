// Runs set-up's steps in order. A step first says what is missing (nothing: it is skipped), then does it, and
// is asked again: a step that "succeeded" but left something missing is an error, not a surprise for later.

import { SetupError } from './errors.mjs';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {(ctx: any) => string | undefined | Promise<string | undefined>} missing  Why there is work, or undefined.
 * @property {(ctx: any, why: string) => Promise<void>} run
 *
 * @param {any} ctx  @param {readonly Step[]} steps
 * @returns {Promise<{name: string, did: boolean, ms: number}[]>}
 */
export async function runSteps(ctx, steps) {
  const timings = [];
  for (const step of steps) {
    ctx.signal?.throwIfAborted();
    const start = performance.now();
    const why = await step.missing(ctx);
    if (why !== undefined) {
      ctx.log.start(step.name, why);
      await step.run(ctx, why);
      const still = await step.missing(ctx);
      if (still !== undefined) throw new SetupError(`${step.name}: finished, yet ${still}.`);
    }
    const ms = performance.now() - start;
    timings.push({ name: step.name, did: why !== undefined, ms });
    if (why !== undefined) ctx.log.done(step.name, ms);
  }
  return timings;
}
