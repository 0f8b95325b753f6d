// What a phone's runtimes take from Debian: packages of the phone's architecture, unpacked, and the libraries that a
// program of theirs needs.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { privateApt } from '../setup/apt.mjs';
import { SetupError } from '../setup/errors.mjs';
import { withLock } from '../setup/lock.mjs';
import { run } from '../setup/run.mjs';
import { unpackDebs } from '../setup/unpack.mjs';

/** A program's output. Throws with the first line of what it said when it fails. */
export async function must(what, command, args, options = {}) {
  const result = await run(command, args, { timeoutMs: 5 * 60_000, ...options });
  if (result.code !== 0)
    throw new SetupError(`${what}: ${result.stderr.trim().split('\n')[0] || `exit ${result.code}`}`);
  return result.stdout.trim();
}

/** Just these packages of the phone's architecture, unpacked into `into`; answers their files. */
export async function fetchPackages(ctx, spec, packages, into) {
  const dir = join(ctx.toolsDir, 'apt', `${spec.debian}-phone`);
  // Two runtimes may be made at once; apt's state is one.
  return await withLock(`${dir}.lock`, () => fetchAlone(ctx, spec, packages, into, dir), {
    signal: ctx.signal,
  });
}

async function fetchAlone(ctx, spec, packages, into, dir) {
  const apt = privateApt({
    dir,
    arch: spec.debian,
    env: ctx.env,
    log: ctx.log,
    signal: ctx.signal,
    status: 'none',
  });
  await apt.prepare();
  await apt.update();
  const debs = await apt.downloadOnly(packages);
  await unpackDebs(debs, into, ctx);
  return debs;
}

/** Name to path of every library that the programs need, their needs included, and of the loader; `own` they have. */
export async function neededLibraries(patchelf, programs, root, spec, own = []) {
  const places = ['lib', 'usr/lib'].flatMap((base) => [`${base}/${spec.triplet}`, base]).concat('lib64');
  const locate = (name) => places.map((place) => join(root, place, name)).find((path) => existsSync(path));
  const found = new Map();
  const queue = [...programs];
  while (queue.length > 0) {
    const names = (await must('reading needed libraries', patchelf, ['--print-needed', queue.pop()]))
      .split('\n')
      .filter(Boolean);
    for (const name of names) {
      if (found.has(name) || own.includes(name)) continue;
      const path = locate(name);
      if (path === undefined)
        throw new SetupError(`a phone's runtime needs ${name}, which its packages lack.`);
      found.set(name, path);
      queue.push(path);
    }
  }
  const loader = locate(spec.loader);
  if (loader === undefined) throw new SetupError(`libc6 has no ${spec.loader}.`);
  found.set(spec.loader, loader);
  return found;
}
