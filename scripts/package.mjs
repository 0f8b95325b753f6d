// `npm run package`: the installable app. Stages the lab host with all that it needs beside the window, calls
// electron-builder, and makes a tar.gz and a deb of the result where their tools are (electron-builder's own would be
// downloaded). Options: --dir (the folder only).

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDeb, makeTar } from './package/archives.mjs';
import { closureOf } from './package/closure.mjs';
import { stepsFor } from './setup/all-steps.mjs';
import { createContext } from './setup/context.mjs';
import { electronRuntime } from './setup/electron.mjs';
import { SetupError } from './setup/errors.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { pinnedNode } from './setup/node-modules.mjs';
import { run } from './setup/run.mjs';
import { toolsFile } from './setup/tools.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dirOnly = process.argv.includes('--dir');
/** What the lab host's bundles leave outside, as they read files beside themselves. */
const external = ['@fastify/swagger-ui', 'pino', 'pino-pretty', 'libsql'];
/** Programs that virtual phones and adb need at run time; the JDK is the system's. */
const shipped = ['adb', 'mksh', 'toybox'];

await asProgram(async (signal) => {
  await setUp({ root, signal, steps: stepsFor({ window: true }) });
  const ctx = createContext({ root, signal });
  const folder = join(ctx.cacheDir, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  stageLab(ctx, join(folder, 'lab'), about);
  const electron = stageElectron(ctx, join(folder, 'electron'));
  ctx.log.line('package: electron-builder');
  const result = await run(
    pinnedNode(root),
    [
      join(root, 'node_modules', 'electron-builder', 'cli.js'),
      '--dir',
      '--publish=never',
      `-c.electronDist=${electron.dist}`,
      `-c.electronVersion=${electron.version}`,
    ],
    {
      cwd: root,
      env: { ...ctx.env, ABHAYA_PACKAGE_DIR: relative(root, folder) },
      signal,
      timeoutMs: 10 * 60_000,
    },
  );
  if (result.code !== 0)
    throw new SetupError(`electron-builder failed:\n${(result.stdout + result.stderr).trim().slice(-4_000)}`);
  const out = join(folder, 'out');
  const app = join(
    out,
    readdirSync(out).find((name) => /^(?:linux|mac|win)\S*unpacked$|^mac/.test(name)) ?? '',
  );
  ctx.log.line(`package: ${app}`);
  if (dirOnly || process.platform !== 'linux') return 0;
  for (const made of [await makeTar(ctx, { app, out, about }), await makeDeb(ctx, { app, out, about })])
    ctx.log.line(`package: ${made}`);
  return 0;
});

/** resources/lab: the lab host, the phones' parts, the pinned Node, packages and programs; found as a checkout is. */
function stageLab(ctx, lab, about) {
  mkdirSync(lab, { recursive: true });
  const { name, version, license, type } = about;
  writeFileSync(
    join(lab, 'package.json'),
    JSON.stringify({ name, version, license, type, private: true }, null, 2),
  );
  cpSync(join(root, 'LICENSE'), join(lab, 'LICENSE'));
  const skip = new Set(['electron', 'renderer', '.stamps']);
  for (const entry of readdirSync(join(root, 'dist'))) {
    if (skip.has(entry) || entry.startsWith('.aside-') || entry.endsWith('.map')) continue;
    cpSync(join(root, 'dist', entry), join(lab, 'dist', entry), { recursive: true, verbatimSymlinks: true });
  }
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const node = relative(root, pinnedNode(root)).split(/[\\/]/).slice(0, 2).join('/');
  for (const path of [...closureOf(lock.packages, external), node]) {
    if (existsSync(join(root, path)))
      cpSync(join(root, path), join(lab, path), { recursive: true, verbatimSymlinks: true });
  }
  stageTools(ctx, join(lab, '.cache', 'tools'));
}

/** Unpacked programs go along, named from where they lie; the system's stay the system's. */
function stageTools(ctx, target) {
  const { version, key, tools, folders } = JSON.parse(readFileSync(toolsFile(ctx), 'utf8'));
  const kept = [];
  const paths = {};
  for (const [name, path] of Object.entries(tools)) {
    if (!path.startsWith(ctx.toolsDir)) {
      if (shipped.includes(name) || name === 'java') paths[name] = path;
      continue;
    }
    if (!shipped.includes(name)) continue;
    const inside = relative(ctx.toolsDir, path);
    const [folder] = inside.split(/[\\/]/);
    paths[name] = inside;
    if (kept.includes(folder)) continue;
    kept.push(folder);
    cpSync(join(ctx.toolsDir, folder), join(target, folder), { recursive: true, verbatimSymlinks: true });
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(
    join(target, 'tools.json'),
    JSON.stringify(
      { version, key, tools: paths, folders: folders.filter((folder) => kept.includes(folder)) },
      null,
      2,
    ),
  );
}

/** A copy without the launcher that development puts in: an app of its own would hide ours. */
function stageElectron(ctx, target) {
  const { path, version, kind } = electronRuntime(ctx) ?? {};
  if (path === undefined)
    throw new SetupError('Electron is not set up.', { hint: 'npm run setup -- --window' });
  const dist = process.platform === 'darwin' ? join(path, '..', '..', '..', '..') : dirname(path);
  cpSync(dist, target, { recursive: true, verbatimSymlinks: true });
  rmSync(join(target, 'resources', 'app'), { recursive: true, force: true });
  if (kind !== 'official')
    ctx.log.line(
      'package: the Electron here is for development and tests: do not give this package to anybody',
    );
  return { dist: target, version };
}
