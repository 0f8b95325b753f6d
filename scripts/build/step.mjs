// One step of the build: whether its outputs are up to date (by content hashes of its inputs), and making them in a
// folder aside that is renamed in, so dist/ never holds half of anything.

import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from '../setup/atomic.mjs';
import { hashInputs, listFiles, sha256 } from '../setup/hash.mjs';

/**
 * @typedef {object} BuildStep
 * @property {string} name
 * @property {string} [entry]     A file without which the step does not exist (yet).
 * @property {readonly string[]} outputs   Files and folders, relative to dist/.
 * @property {(last?: readonly string[]) => readonly string[]} inputs  Files and folders, relative to the project.
 * @property {(name: string) => boolean} [skip]   Which names inside input folders don't count.
 * @property {() => string} [key]                 More that the outputs depend on.
 * @property {readonly string[]} [usesTools]
 * @property {boolean} [slow]
 * @property {(made: {ctx: any, root: string, aside: string, tools: Record<string, string>}) => Promise<{inputs?: string[]} | void>} run
 */

const stampOf = (dist, step) => join(dist, '.stamps', `${step.name.replaceAll(/[^\w.-]/g, '_')}.json`);

const readStamp = (dist, step) => {
  try {
    return JSON.parse(readFileSync(stampOf(dist, step), 'utf8'));
  } catch {
    return undefined;
  }
};

function keyOf(root, step, tools, last) {
  const programs = (step.usesTools ?? []).map((name) => {
    const stat = tools[name] && statSync(tools[name], { throwIfNoEntry: false });
    return stat ? `${name} ${stat.size}` : `${name} -`;
  });
  return sha256(
    [
      step.name,
      hashInputs(step.inputs(last), { root, skip: step.skip }),
      step.key?.() ?? '',
      ...programs,
    ].join('\n'),
  );
}

/** Sizes of everything that the step made, to notice a file that was lost or cut. */
function outputSizes(base, step) {
  const sizes = {};
  for (const output of step.outputs) {
    const stat = statSync(join(base, output), { throwIfNoEntry: false });
    if (!stat) continue;
    if (stat.isDirectory())
      for (const file of listFiles(join(base, output)))
        sizes[`${output}/${file}`] = statSync(join(base, output, file)).size;
    else sizes[output] = stat.size;
  }
  return sizes;
}

/** Why the step has work, or undefined. */
export function outOfDate({ root, dist, tools }, step) {
  const stamp = readStamp(dist, step);
  if (stamp === undefined) return 'not built yet';
  if (stamp.key !== keyOf(root, step, tools, stamp.inputs)) return 'its sources changed';
  const damaged = Object.entries(stamp.outputs).find(
    ([path, size]) => statSync(join(dist, path), { throwIfNoEntry: false })?.size !== size,
  );
  return damaged === undefined ? undefined : `dist/${damaged[0]} is missing or cut`;
}

export async function runStep(build, step) {
  const { root, dist, tools, ctx } = build;
  const before = readStamp(dist, step);
  const aside = asideOf(join(dist, step.name.replaceAll(/[^\w.-]/g, '_')));
  try {
    mkdirSync(aside, { recursive: true });
    // Hashed before the work: what changes meanwhile makes the next build work again, never the reverse.
    const first = keyOf(root, step, tools, before?.inputs);
    const made = (await step.run({ ctx, root, aside, tools })) ?? {};
    const key = made.inputs ? keyOf(root, step, tools, made.inputs) : first;
    for (const output of step.outputs) {
      const from = join(aside, output);
      if (!existsSync(from)) throw new Error(`${step.name} did not make ${output}`);
      mkdirSync(dirname(join(dist, output)), { recursive: true });
      if (statSync(from).isDirectory()) replaceFolder(from, join(dist, output));
      else renameSync(from, join(dist, output));
    }
    writeFileAtomic(
      stampOf(dist, step),
      JSON.stringify({ key, inputs: made.inputs, outputs: outputSizes(dist, step) }),
    );
  } finally {
    removeQuietly(aside);
  }
}
