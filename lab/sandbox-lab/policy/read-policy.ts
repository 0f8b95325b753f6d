// The policy of a runtime, read off the filter: of a live process of it where this user may look, else of the program that
// the launcher would install. Both must be the same, and the published table with them.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SandboxRuntime } from '#agent/sandbox';
import { AbhayaError, poll, withTimeout } from '#base';
import type { Toolchain } from '#lab/toolchain';
import { isDirectRuntime } from '#schemas';
import { JobFolder } from '../attacks/job-folder.ts';
import { LauncherTester } from '../launcher/launcher-tester.ts';
import { localLauncher } from '../local/local-sandbox.ts';
import { findRuntimeFolders, hostAbi } from '../local/runtime-folders.ts';
import {
  type InstalledFilter,
  type LauncherPolicy,
  parseFilter,
  parseLauncherPolicy,
} from './policy-document.ts';

const run = promisify(execFile);
/** The memory that the launcher's own printout is for. */
const MEMORY = 64 * 1024 * 1024;
const READY_MS = 60_000;
const OUTPUT_MAX = 4 << 20;

export interface SandboxPolicy extends LauncherPolicy {
  /** `process`: the filter was taken from a live one. `launcher`: that could not be, and `why` says so. */
  readonly source: 'process' | 'launcher';
  readonly why?: string;
}

interface Options {
  /** Of a runtime that has more than one: a phone's, which nothing on this machine runs. */
  readonly flavour?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The table of the runtime's other flavour, for phones that have what it needs. */
export const policyFlavours = { jvm: ['art'] } as const;

/** Throws `sandbox.unavailable` for a runtime that the launcher doesn't have, `sandbox.breached` when filters differ. */
export async function readPolicy(
  toolchain: Toolchain,
  runtime: SandboxRuntime,
  options: Options = {},
): Promise<SandboxPolicy> {
  const launcher = localLauncher(toolchain);
  const policy = await printed(launcher, runtime, options);
  const wrong = faults(policy, policy.filter);
  if (wrong.length > 0) throw breached(runtime, wrong);
  if (options.flavour !== undefined)
    return { ...policy, source: 'launcher', why: 'this machine has no ART; the table is not tried' };
  const live = await liveFilter(toolchain, launcher, runtime, options);
  if (typeof live === 'string') return { ...policy, source: 'launcher', why: live };
  const different = faults(policy, live);
  if (live.program !== policy.filter.program) different.push('the program is another one');
  if (different.length > 0) throw breached(runtime, different);
  return { ...policy, filter: live, source: 'process' };
}

const breached = (runtime: string, wrong: readonly string[]): AbhayaError =>
  new AbhayaError(
    'sandbox.breached',
    `the filter of ${runtime} is not what its table says: ${wrong.join('; ')}`,
  );

async function printed(launcher: string, runtime: SandboxRuntime, { flavour, signal }: Options) {
  try {
    const args = ['--policy', runtime, ...(flavour === undefined ? [] : [flavour])];
    const { stdout } = await run(launcher, args, { maxBuffer: OUTPUT_MAX, signal });
    return parseLauncherPolicy(Buffer.from(stdout));
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 64)
      throw new AbhayaError('sandbox.unavailable', `the launcher does not have ${runtime}`, { cause });
    throw cause;
  }
}

/** What in the filter isn't as the table says, in words. Pure. */
export function faults(policy: LauncherPolicy, filter: InstalledFilter): string[] {
  const passes = new Set(filter.allows.map(({ name }) => name));
  const expected = new Set(policy.allowed.filter((name) => !policy.observed.includes(name)));
  return [
    ...[...passes].filter((name) => !expected.has(name)).map((name) => `${name} is let through`),
    ...[...expected].filter((name) => !passes.has(name)).map((name) => `${name} is not let through`),
    ...filter.allows
      .filter(({ name, always }) => always && policy.checks[name] !== undefined)
      .map(({ name }) => `${name} is let through with any arguments`),
    ...filter.others.map((name) => `${name} is neither let through nor shown to the launcher`),
    ...(filter.foreign === 'asked' ? [] : [`foreign entries are ${filter.foreign}`]),
    ...(policy.allowed.length > 12 ? ['more than twelve calls are allowed'] : []),
  ];
}

/** The filter in force in a process of this runtime, or a sentence on why it can't be had here. */
async function liveFilter(
  toolchain: Toolchain,
  launcherPath: string,
  runtime: SandboxRuntime,
  { signal }: Options,
): Promise<InstalledFilter | string> {
  const tool = join(toolchain.dist, 'native', hostAbi(), 'filter-of');
  const { folders } = findRuntimeFolders(toolchain);
  const direct = isDirectRuntime(runtime);
  const folder = direct ? undefined : folders[runtime];
  const name = runtime === 'go' ? 'go-attempts' : 'attempts';
  const program = join(toolchain.dist, 'conformance', hostAbi(), name);
  for (const path of [tool, ...(direct ? [program] : [])])
    if (!existsSync(path)) return `${path} is not there`;
  if (!direct && folder === undefined) return `the runtime's folder is not there`;
  const launcher = new LauncherTester(
    launcherPath,
    folder === undefined ? [] : ['--runtime', `${runtime}=${folder}`],
  );
  const jobs = await JobFolder.open();
  try {
    const hello = await withTimeout(launcher.hello, READY_MS, 'the launcher’s hello');
    if (!hello.runtimes.includes(runtime))
      return hello.message || hello.lacks[runtime] || 'it is not offered here';
    if (direct) {
      const job = await jobs.job({ runtime, program, memoryBytes: MEMORY }, 'spin-for-ever');
      void launcher.run(job);
    } else {
      await withTimeout(launcher.warm(MEMORY, runtime).ready, READY_MS, 'the runtime’s start');
    }
    const pid = await poll(() => launcher.children()[0], {
      ...{ everyMs: 5, timeoutMs: READY_MS, what: 'the process', signal },
    });
    const { stdout } = await run(tool, [String(pid)], { maxBuffer: OUTPUT_MAX, signal });
    return parseFilter(Buffer.from(stdout));
  } catch (cause) {
    if (signal?.aborted) throw new AbhayaError('cancelled', 'cancelled', { cause });
    const { stderr } = cause as { stderr?: unknown };
    if (typeof stderr === 'string' && stderr !== '') return `a live one can't be looked at: ${stderr.trim()}`;
    throw cause;
  } finally {
    // Its end is that of what it started.
    await launcher.close();
    await jobs.close();
  }
}
