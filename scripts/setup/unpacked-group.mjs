// A group of tools in a folder of its own, <cache>/tools/<group>-<hash>: made aside out of packages or of one archive,
// renamed in, and found whole again later by its manifest.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asideOf, removeQuietly, replaceFolder, writeFileAtomic } from './atomic.mjs';
import { diskFull, SetupError } from './errors.mjs';
import { listFiles, sha256 } from './hash.mjs';
import { fetchModule } from './module-archive.mjs';
import { readJson } from './read-json.mjs';
import { probe } from './system-programs.mjs';
import { pointAtOwnLibraries, startUnpatched, turnLinksInwards, unpackDebs } from './unpack.mjs';
import { unzip } from './unzip.mjs';

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size;

/** A group's folder is whole when every file is there in its size (`deep`: with its hash). */
export function groupIsWhole(folder, deep = false) {
  const manifest = readJson(join(folder, 'manifest.json'));
  if (!Array.isArray(manifest?.files)) return false;
  return manifest.files.every(
    ([name, size, hash]) =>
      sizeOf(join(folder, name)) === size && (!deep || sha256(readFileSync(join(folder, name))) === hash),
  );
}

async function patcher(group, aside, known) {
  if (known.patchelf !== undefined) return { command: known.patchelf, args: [], env: {} };
  const place = group.tools
    .find((tool) => tool.key === 'patchelf')
    ?.places.find((at) => existsSync(join(aside, 'root', at)));
  if (place === undefined) return undefined;
  // A program can't patch itself while it runs: a copy does it.
  return startUnpatched(join(aside, 'root'), join(aside, 'root', place));
}

function place(group, folder, known) {
  const root = join(folder, 'root');
  const tools = {};
  for (const tool of group.tools) {
    const at = tool.places.find((candidate) => existsSync(join(root, candidate)));
    if (at === undefined)
      throw new SetupError(
        `the packages of ${group.name} have no ${tool.key} in ${tool.places.join(' or ')}.`,
      );
    tools[tool.key] = { at, path: tool.wrap ? join(folder, 'bin', tool.key) : join(root, at) };
  }
  return {
    paths: Object.fromEntries(Object.entries(tools).map(([key, { path }]) => [key, path])),
    wrappers: group.tools
      .filter((tool) => tool.wrap)
      // The wrapper finds its root from where it lies, so its folder can be moved and can have spaces.
      .map((tool) => ({
        path: join(folder, 'bin', tool.key),
        text: `#!/bin/sh\nhere=$(cd "$(dirname "$0")/.." && pwd) || exit 127\n${tool.wrap('$here/root', tools[tool.key].at, known)}\n`,
      })),
  };
}

/** Changes a compiled-in path for another of the same length. */
function replaceInProgram(root, { key, places, replace: [from, to] }) {
  const path = places.map((at) => join(root, at)).find((candidate) => existsSync(candidate));
  const program = path && readFileSync(path);
  const at = program ? program.indexOf(from, 0, 'latin1') : -1;
  if (at < 0 || from.length !== to.length) throw new SetupError(`the unpacked ${key} is not as expected.`);
  program.write(to, at, 'latin1');
  rmSync(path);
  writeFileSync(path, program, { mode: 0o755 });
}

/** A package that arrived damaged, or was damaged in the cache, is thrown away and fetched once more. */
async function fetchAndUnpack(group, ctx, root) {
  for (let attempt = 1; ; attempt++) {
    const debs = await ctx.fetchPackages(group);
    try {
      await unpackDebs(debs, root, ctx);
      return debs;
    } catch (error) {
      ctx.signal?.throwIfAborted();
      if (attempt > 1 || error.diskFull) throw error;
      ctx.log.line(`  ${error.message} It is fetched again.`);
      removeQuietly(root);
      for (const deb of debs) rmSync(deb, { force: true });
    }
  }
}

/** Fills `root` with what Debian's packages hold. Answers their names. */
async function fillFromPackages(group, ctx, known, { aside, root, folder }) {
  const debs = await fetchAndUnpack(group, ctx, root);
  for (const waste of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/lintian'])
    removeQuietly(join(root, waste));
  turnLinksInwards(root);
  for (const tool of group.tools) if (tool.replace) replaceInProgram(root, tool);
  const patchelf = await patcher(group, aside, known);
  if (patchelf) {
    ctx.log.progress(`settling ${group.name}`);
    await pointAtOwnLibraries(root, join(folder, 'root'), {
      patchelf,
      signal: ctx.signal,
      skip: (name) =>
        name.startsWith('usr/lib/jvm/') || (group.name === 'patchelf' && name.endsWith('/patchelf')),
    });
  }
  return debs.map((deb) => deb.split('/').at(-1));
}

/** The same with what is kept of a module's archive, whose hash the catalog vouches for. */
async function fillFromArchive({ name, archive }, ctx, root) {
  const zip = join(ctx.toolsDir, 'downloads', `${archive.version}.zip`);
  ctx.log.progress(`downloading ${name}`);
  await fetchModule(archive, zip, ctx);
  ctx.log.progress(`unpacking ${name}`);
  const inside = `${archive.module}@${archive.version}/`;
  await unzip(zip, root, {
    signal: ctx.signal,
    rename: (path) => (archive.keep.test(path.slice(inside.length)) ? path.slice(inside.length) : undefined),
  });
  // Archives of modules have no modes.
  for (const file of listFiles(root)) if (archive.programs.test(file)) chmodSync(join(root, file), 0o755);
  rmSync(zip, { force: true });
  return [`${archive.module}@${archive.version}`];
}

/** The group's programs as absolute paths, unpacked first where they are not there yet, or not whole. */
export async function fromPackages(group, ctx, known, key) {
  const folder = join(ctx.toolsDir, `${group.name}-${key}`);
  if (!groupIsWhole(folder, ctx.verify)) {
    const aside = asideOf(folder);
    try {
      const root = join(aside, 'root');
      const packages = group.archive
        ? await fillFromArchive(group, ctx, root)
        : await fillFromPackages(group, ctx, known, { aside, root, folder });
      const { wrappers } = place(group, aside, known);
      for (const wrapper of wrappers) {
        mkdirSync(join(aside, 'bin'), { recursive: true });
        writeFileAtomic(wrapper.path, wrapper.text, 0o755);
        chmodSync(wrapper.path, 0o755);
      }
      const files = listFiles(aside)
        .filter((name) => statSync(join(aside, name), { throwIfNoEntry: false })?.isFile())
        .map((name) => [name, statSync(join(aside, name)).size, sha256(readFileSync(join(aside, name)))]);
      writeFileAtomic(join(aside, 'manifest.json'), JSON.stringify({ group: group.name, packages, files }));
      replaceFolder(aside, folder);
    } catch (error) {
      removeQuietly(aside);
      const full = error.diskFull || error.code === 'ENOSPC' || error.code === 'EDQUOT';
      throw full ? diskFull(ctx.toolsDir, error) : error;
    }
  }
  const { paths } = place(group, folder, known);
  for (const tool of group.tools) {
    const { ok, text } = await probe(tool, paths[tool.key], ctx);
    if (!ok) {
      removeQuietly(folder);
      throw new SetupError(`the unpacked ${tool.key} does not run: ${text.split('\n')[0] ?? ''}`);
    }
  }
  return paths;
}
