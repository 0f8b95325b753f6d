// Step "tools": every program of the catalog ends up as an absolute path in <cache>/tools/tools.json, either the
// system's own or one unpacked from packages (or one archive) into <cache>/tools/<group>-<hash>/.

import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { androidGroups } from './android-catalog.mjs';
import { displayGroups } from './app-catalog.mjs';
import { hasApt } from './apt.mjs';
import { removeQuietly, sweepAside, writeFileAtomic } from './atomic.mjs';
import { SetupError } from './errors.mjs';
import { sha256 } from './hash.mjs';
import { packageFetcher } from './package-fetcher.mjs';
import { readJson } from './read-json.mjs';
import { fromSystem, lookup, systemKey } from './system-programs.mjs';
import { testGroups } from './test-catalog.mjs';
import { installCommand, toolGroups } from './tool-catalog.mjs';
import { fromPackages, groupIsWhole } from './unpacked-group.mjs';

const layout = 1;

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size;

export const toolsFile = (ctx) => join(ctx.toolsDir, 'tools.json');
export const displayFile = (ctx) => join(ctx.toolsDir, 'display.json');
export const androidFile = (ctx) => join(ctx.toolsDir, 'android.json');
export const qemuFile = (ctx) => join(ctx.toolsDir, 'qemu.json');
export const testToolsFile = (ctx) => join(ctx.toolsDir, 'test-tools.json');
const recordFiles = [toolsFile, displayFile, androidFile, qemuFile, testToolsFile];
const records = (ctx) => recordFiles.map((fileOf) => fileOf(ctx));

const own = (known, before = {}) =>
  Object.fromEntries(Object.entries(known).filter(([name]) => !(name in before)));

const keyOf = ({ packages, status, tools, archive }) => {
  const parts = [packages, status, tools.map((tool) => tool.places), ...(archive ? [archive.sha256] : [])];
  return sha256(`${layout} ${JSON.stringify(parts)}`).slice(0, 8);
};

/** Every program of the groups as an absolute path in `file`. @returns {import('./steps.mjs').Step} */
export const stepOf = ({ name, groupsOf, fileOf }) => ({
  name,
  missing(ctx) {
    if (process.platform === 'win32') return undefined;
    const groups = groupsOf(ctx);
    const stored = readJson(fileOf(ctx));
    if (stored === undefined)
      return existsSync(fileOf(ctx)) ? `${basename(fileOf(ctx))} is damaged` : 'not there yet';
    if (stored.key !== systemKey(ctx, groups, layout)) return 'the system or the list of tools has changed';
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
    const key = systemKey(ctx, groups, layout);
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
        if (!unpacks && !group.archive) throw new SetupError('not on this system');
        const groupKey = keyOf(group);
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
export const testToolsStep = stepOf({
  name: 'test tools',
  groupsOf: () => testGroups(),
  fileOf: testToolsFile,
});
