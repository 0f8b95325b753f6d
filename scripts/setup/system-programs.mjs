// Programs that the system has: where they are on PATH, and whether they will do.

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { sha256 } from './hash.mjs';
import { run } from './run.mjs';

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

/** What the answer depends on besides our own files: the catalog and the system's candidates. */
export function systemKey(ctx, groups, layout) {
  const parts = [layout, process.platform, process.arch, ctx.ignoreSystem ? 'own' : 'system'];
  for (const group of groups) {
    parts.push(group.name, JSON.stringify(group.packages), group.status);
    if (group.archive) parts.push(group.archive.sha256);
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

/** Runs a tool as its probe says. */
export async function probe(tool, path, ctx) {
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
export async function fromSystem(group, ctx) {
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
