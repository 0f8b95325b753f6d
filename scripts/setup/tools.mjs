// Step "tools": every program of the catalog ends up as an absolute path in <cache>/tools/tools.json, either the
// system's own or one unpacked from packages into <cache>/tools/<group>-<hash>/.

import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { androidGroups } from './android-catalog.mjs';
import { displayGroups } from './app-catalog.mjs';
import { debianArch, hasApt, privateApt } from './apt.mjs';
import { asideOf, removeQuietly, replaceFolder, sweepAside, writeFileAtomic } from './atomic.mjs';
import { diskFull, SetupError } from './errors.mjs';
import { listFiles, sha256 } from './hash.mjs';
import { run } from './run.mjs';
import { testGroups } from './test-catalog.mjs';
import { installCommand, toolGroups } from './tool-catalog.mjs';
import { pointAtOwnLibraries, startUnpatched, turnLinksInwards, unpackDebs } from './unpack.mjs';

const layout = 1;

/** Absolute path of a program on PATH, or undefined. */
export function lookup(name, env = process.env) {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (!folder.startsWith('/')) continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size;

/** What the answer depends on besides our own files: the catalog and the system's candidates. */
function systemKey(ctx, groups) {
  const parts = [layout, process.platform, process.arch, ctx.ignoreSystem ? 'own' : 'system'];
  for (const group of groups) {
    parts.push(group.name, JSON.stringify(group.packages), group.status);
    for (const tool of group.tools) {
      for (const name of ctx.ignoreSystem ? [] : tool.system) {
        const path = lookup(name, ctx.env);
        if (path === undefined) continue;
        const real = realpathSync(path);
        const stat = statSync(real);
        parts.push(tool.key, path, real, stat.size, Math.floor(stat.mtimeMs));
      }
    }
  }
  return sha256(parts.join('\n'));
}

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

/** A group's folder is whole when every file is there in its size (`deep`: with its hash). */
function groupIsWhole(folder, deep = false) {
  const manifest = readJson(join(folder, 'manifest.json'));
  if (!Array.isArray(manifest?.files)) return false;
  return manifest.files.every(
    ([name, size, hash]) =>
      sizeOf(join(folder, name)) === size && (!deep || sha256(readFileSync(join(folder, name))) === hash),
  );
}

async function probe(tool, path, ctx) {
  const result = await run(path, tool.probe.args, {
    env: { ...ctx.env, LC_ALL: 'C' },
    timeoutMs: 60_000,
    signal: ctx.signal,
    ...(tool.probe.input === undefined ? {} : { input: tool.probe.input }),
  });
  return {
    ok: (tool.probe.codes ?? [0]).includes(result.code) && tool.probe.accept(result.stdout + result.stderr),
    text: result.stderr.trim(),
  };
}

/** The system's programs of a group, only when all of them will do (a compiler and its strip belong together). */
async function fromSystem(group, ctx) {
  if (ctx.ignoreSystem) return undefined;
  const found = {};
  for (const tool of group.tools) {
    for (const name of tool.system) {
      const path = lookup(name, ctx.env);
      // Inside our own cache it isn't the system's.
      if (path !== undefined && !path.startsWith(ctx.toolsDir) && (await probe(tool, path, ctx)).ok) {
        found[tool.key] = path;
        break;
      }
    }
    if (found[tool.key] === undefined) return undefined;
  }
  return found;
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

async function fromPackages(group, ctx, known, key) {
  const folder = join(ctx.toolsDir, `${group.name}-${key}`);
  if (!groupIsWhole(folder, ctx.verify)) {
    const aside = asideOf(folder);
    try {
      const root = join(aside, 'root');
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
      const { wrappers } = place(group, aside, known);
      for (const wrapper of wrappers) {
        mkdirSync(join(aside, 'bin'), { recursive: true });
        writeFileAtomic(wrapper.path, wrapper.text, 0o755);
        chmodSync(wrapper.path, 0o755);
      }
      const files = listFiles(aside)
        .filter((name) => statSync(join(aside, name), { throwIfNoEntry: false })?.isFile())
        .map((name) => [name, statSync(join(aside, name)).size, sha256(readFileSync(join(aside, name)))]);
      writeFileAtomic(
        join(aside, 'manifest.json'),
        JSON.stringify({ group: group.name, packages: debs.map((deb) => deb.split('/').at(-1)), files }),
      );
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

/** Downloads with private apt state; a status that doesn't resolve is followed by an empty one. */
export function packageFetcher(ctx) {
  const ready = new Map();
  const open = async (status) => {
    if (!ready.has(status)) {
      const apt = privateApt({
        dir: join(ctx.toolsDir, 'apt', `${debianArch()}-${status}`),
        arch: debianArch(),
        env: ctx.env,
        log: ctx.log,
        signal: ctx.signal,
        status,
        ...ctx.apt,
      });
      await apt.prepare();
      await apt.update();
      ready.set(status, apt);
    }
    return ready.get(status);
  };
  return async (group) => {
    let failure;
    for (const status of ctx.ignoreSystem || group.status === 'none' ? ['none'] : ['system', 'none']) {
      const apt = await open(status);
      for (const packages of group.packages) {
        try {
          return await (group.exact ? apt.downloadOnly(packages) : apt.download(packages));
        } catch (error) {
          if (error.hint) throw error;
          failure = error;
        }
      }
    }
    throw failure;
  };
}

export const toolsFile = (ctx) => join(ctx.toolsDir, 'tools.json');
export const displayFile = (ctx) => join(ctx.toolsDir, 'display.json');
export const androidFile = (ctx) => join(ctx.toolsDir, 'android.json');
export const qemuFile = (ctx) => join(ctx.toolsDir, 'qemu.json');
export const testToolsFile = (ctx) => join(ctx.toolsDir, 'test-tools.json');
const recordFiles = [toolsFile, displayFile, androidFile, qemuFile, testToolsFile];
const records = (ctx) => recordFiles.map((fileOf) => fileOf(ctx));

const own = (known, before = {}) =>
  Object.fromEntries(Object.entries(known).filter(([name]) => !(name in before)));

/** Every program of the groups as an absolute path in `file`. @returns {import('./steps.mjs').Step} */
export const stepOf = ({ name, groupsOf, fileOf }) => ({
  name,
  missing(ctx) {
    if (process.platform === 'win32') return undefined;
    const groups = groupsOf(ctx);
    const stored = readJson(fileOf(ctx));
    if (stored === undefined)
      return existsSync(fileOf(ctx)) ? `${basename(fileOf(ctx))} is damaged` : 'not there yet';
    if (stored.key !== systemKey(ctx, groups)) return 'the system or the list of tools has changed';
    if (ctx.verify && !ctx.verified) return 'asked to verify';
    const gone = Object.entries(stored.tools ?? {}).find(([, path]) => sizeOf(path) === undefined);
    if (gone) return `${gone[0]} is gone from ${gone[1]}`;
    const broken = (stored.folders ?? []).find((name) => !groupIsWhole(join(ctx.toolsDir, name)));
    return broken === undefined ? undefined : `${broken} is incomplete`;
  },

  async run(ctx) {
    const groups = groupsOf(ctx);
    mkdirSync(ctx.toolsDir, { recursive: true });
    sweepAside(ctx.toolsDir);
    const key = systemKey(ctx, groups);
    const unpacks = process.platform === 'linux' && hasApt((name) => lookup(name, ctx.env));
    ctx = { ...ctx, fetchPackages: ctx.fetchPackages ?? packageFetcher(ctx) };
    // What an earlier step found helps this one (patchelf), and isn't told twice.
    const before = fileOf(ctx) === toolsFile(ctx) ? {} : readJson(toolsFile(ctx))?.tools;
    const known = { ...before };
    const folders = [];
    const failed = [];
    for (const group of groups) {
      ctx.signal?.throwIfAborted();
      const own = group.preferPackages && unpacks ? undefined : await fromSystem(group, ctx);
      if (own) {
        Object.assign(known, own);
        ctx.log.line(`  ${group.name}: from the system`);
        continue;
      }
      try {
        if (!unpacks) throw new SetupError('not on this system');
        const groupKey = sha256(
          `${layout} ${JSON.stringify([group.packages, group.status, group.tools.map((tool) => tool.places)])}`,
        ).slice(0, 8);
        Object.assign(known, await fromPackages(group, ctx, known, groupKey));
        folders.push(`${group.name}-${groupKey}`);
        ctx.log.line(`  ${group.name}: unpacked (${group.size} to download when not cached)`);
      } catch (error) {
        if (!(error instanceof SetupError) || error.diskFull) throw error;
        const system = group.preferPackages ? await fromSystem(group, ctx) : undefined;
        if (system) Object.assign(known, system);
        else failed.push({ group, error });
      }
    }
    const needed = failed.filter(({ group }) => !group.optional);
    for (const { group, error } of failed)
      ctx.log.line(`  ${group.name}: ${group.optional ? 'left out' : 'missing'}: ${error.message}`);
    // On macOS the lab does without some of them (no sandbox on virtual phones there), and says so when asked.
    if (needed.length > 0 && process.platform === 'linux') {
      const hint = needed.map(({ error }) => error.hint).find(Boolean);
      throw new SetupError(
        `Programs are missing: ${needed.map(({ group }) => group.name).join(', ')}. ${needed[0].error.message}`,
        {
          hint: `${hint ? `${hint}\n  or ` : ''}install them: ${installCommand(
            needed.map(({ group }) => group),
            (name) => lookup(name, ctx.env),
          )}`,
        },
      );
    }
    if (needed.length > 0)
      ctx.log.line(
        `  to have them: ${installCommand(
          needed.map(({ group }) => group),
          (name) => lookup(name, ctx.env),
        )}`,
      );
    writeFileAtomic(
      fileOf(ctx),
      `${JSON.stringify({ version: 1, key, tools: own(known, before), folders }, null, 2)}\n`,
    );
    ctx.markVerified?.();
    const used = new Set(records(ctx).flatMap((file) => readJson(file)?.folders ?? []));
    for (const entry of readdirSync(ctx.toolsDir)) {
      if (/^\w+-[0-9a-f]{8}$/.test(entry) && !used.has(entry)) removeQuietly(join(ctx.toolsDir, entry));
    }
  },
});

export const toolsStep = stepOf({
  name: 'tools',
  groupsOf: (ctx) => ctx.groups ?? toolGroups(),
  fileOf: toolsFile,
});

/** Only for the window's tests on a machine without a display. */
export const displayStep = stepOf({ name: 'display', groupsOf: displayGroups, fileOf: displayFile });

/** Only where dex files and APKs are looked into or made. */
export const androidStep = stepOf({ name: 'android', groupsOf: androidGroups, fileOf: androidFile });

/** What only `npm test` needs. */
export const testToolsStep = stepOf({ name: 'test tools', groupsOf: testGroups, fileOf: testToolsFile });
