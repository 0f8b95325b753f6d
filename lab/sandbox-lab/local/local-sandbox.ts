// The sandbox of a phone on this machine: the same supervisor and launcher, with the runtimes that the build made.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, type SandboxRuntime, startSandbox } from '#agent/sandbox';
import { nativeProbe, withSpares } from '#agent/sandbox-bench';
import { AbhayaError, type Logger } from '#base';
import { JVM_FLAGS } from '#lab/fleet';
import type { Toolchain } from '#lab/toolchain';
import type { SandboxLimits } from '#schemas';
import { findRuntimeFolders, hostAbi } from './runtime-folders.ts';

export interface LocalSandbox {
  readonly sandbox: Sandbox;
  /** Why a runtime is not offered, in a sentence each. */
  readonly lacks: Readonly<Partial<Record<SandboxRuntime, string>>>;
}

/** Throws `sandbox.unavailable` on systems that have no sandbox, saying what there is instead. */
export function needSandboxSystem(platform: NodeJS.Platform = process.platform): void {
  if (platform === 'linux') return;
  const name = { darwin: 'macOS', win32: 'Windows' }[platform as string] ?? platform;
  throw new AbhayaError(
    'sandbox.unavailable',
    `${name} has no sandbox: it is made of Linux's seccomp, rlimits and namespaces. Run the service on a phone ` +
      '(abhaya run), or this command on Linux',
  );
}

interface LocalOptions {
  readonly limits: SandboxLimits;
  readonly logger: Logger;
  /** The runtime that is wanted: each proves itself by canaries at start, which takes time. */
  readonly only?: SandboxRuntime;
  /** Processes of each runtime that wait ready. */
  readonly spares?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The launcher of this machine; throws `host.setup` where it is not built, `sandbox.unavailable` off Linux. */
export function localLauncher(toolchain: Toolchain): string {
  needSandboxSystem();
  return built(join(toolchain.dist, 'native', hostAbi(), 'abhaya-launcher'));
}

function built(path: string): string {
  if (!existsSync(path)) throw new AbhayaError('host.setup', `${path} is not there; type: npm run build`);
  return path;
}

/** The sandbox with this runtime in it. Throws `sandbox.unavailable` with why not, where it isn't offered. */
export async function openLocalRuntime(
  toolchain: Toolchain,
  runtime: SandboxRuntime,
  options: Omit<LocalOptions, 'only'>,
): Promise<Sandbox> {
  const { sandbox, lacks } = await openLocalSandbox(toolchain, { ...options, only: runtime });
  if (sandbox.capabilities.runtimes.includes(runtime)) return sandbox;
  await sandbox.close();
  const why = sandbox.capabilities.unavailable ?? lacks[runtime] ?? 'this version does not have it';
  throw new AbhayaError('sandbox.unavailable', `this machine does not offer ${runtime}: ${why}`);
}

/** Whoever opens it closes `sandbox`. Throws also `host.setup`, `cancelled`. */
export async function openLocalSandbox(toolchain: Toolchain, options: LocalOptions): Promise<LocalSandbox> {
  const launcherPath = localLauncher(toolchain);
  const jar = built(join(toolchain.dist, 'shim', 'supervisor.jar'));
  const { folders, missing } = findRuntimeFolders(toolchain);
  const { spares = 0, only, ...rest } = options;
  const places = Object.fromEntries(
    Object.entries(folders)
      .filter(([name]) => only === undefined || name === only)
      .map(([name, folder]) => [name, { folder, spares }]),
  );
  const sandbox = await startSandbox({
    command: [toolchain.need('java'), ...JVM_FLAGS, '-cp', jar, 'org.abhaya.supervisor.Main'],
    launcherPath,
    ownSession: true,
    runtimes: withSpares(places, spares, nativeProbe.waits),
    ...rest,
  });
  return { sandbox, lacks: { ...missing, ...sandbox.capabilities.lacks } };
}
