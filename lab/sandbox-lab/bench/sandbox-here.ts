// The sandbox of this machine, as its virtual phones have it.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { probeServices } from '#agent/sandbox-bench';
import { AbhayaError, type Logger } from '#base';
import type { Toolchain } from '#lab/toolchain';
import { jsonParserOf, LOCAL_PLACE, type SandboxOffer, SandboxPolicy } from '#schemas';
import { type LocalSandbox, localLauncher, openLocalSandbox } from '../local/local-sandbox.ts';
import { hostAbi } from '../local/runtime-folders.ts';

export interface HereOptions {
  readonly toolchain: Toolchain;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

const run = promisify(execFile);
const MIB = 1024 ** 2;
/** Those of a flagship: a measurement must not be what stands in the way. */
const LIMITS = { maxMemoryBytes: 512 * MIB, maxWallMs: 60_000, maxCpuMs: 60_000, maxChildren: 8 };
const POLICY_BYTES = 65_536;
const POLICY_MS = 10_000;

const parsePolicy = jsonParserOf(SandboxPolicy, "the launcher's policy", { maxBytes: POLICY_BYTES });

/** A program of ours for this machine. */
export const nativeHere = (toolchain: Toolchain, program: string): string =>
  path.join(toolchain.dist, 'native', hostAbi(), program);

/** Whoever opens it closes `sandbox`. Throws what `openLocalSandbox` throws. */
export function openSandboxHere(
  { toolchain, logger, signal }: HereOptions,
  spares = 0,
): Promise<LocalSandbox> {
  const echoBytes = Object.values(probeServices).map((service) => service.echoBytes);
  const limits = { ...LIMITS, maxOutputBytes: Math.max(...echoBytes) + MIB };
  return openLocalSandbox(toolchain, { limits, logger, spares, signal });
}

/** What this machine offers, found by running every runtime's canaries; never throws for a machine that can't. */
export async function offerHere(options: HereOptions): Promise<SandboxOffer> {
  try {
    const { sandbox, lacks } = await openSandboxHere(options);
    await sandbox.close();
    const { runtimes, layers, unavailable } = sandbox.capabilities;
    return {
      ...{ place: LOCAL_PLACE, runtimes: [...runtimes], layers: [...layers], lacks: { ...lacks } },
      ...(unavailable === undefined ? {} : { unavailable }),
    };
  } catch (error) {
    if (!(error instanceof AbhayaError) || error.code === 'cancelled') throw error;
    return { place: LOCAL_PLACE, runtimes: [], lacks: {}, layers: [], unavailable: error.message };
  }
}

/** What the launcher says of its own table. Throws `not-found` for a runtime that it doesn't know. */
export async function policyHere(
  { toolchain, signal }: HereOptions,
  runtime: string,
): Promise<SandboxPolicy> {
  const launcher = localLauncher(toolchain);
  try {
    const { stdout } = await run(launcher, ['--policy', runtime], {
      ...{ maxBuffer: POLICY_BYTES, timeout: POLICY_MS },
      ...(signal ? { signal } : {}),
    });
    return parsePolicy(stdout);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException & { code?: unknown };
    if (typeof code === 'number')
      throw new AbhayaError('not-found', `the launcher has no table for ${runtime}`, { cause });
    throw cause;
  }
}
