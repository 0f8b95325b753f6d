// The sandbox of this machine, as its virtual phones have it.

import path from 'node:path';
import { probeServices } from '#agent/sandbox-bench';
import { AbhayaError, type Logger } from '#base';
import type { Toolchain } from '#lab/toolchain';
import { LOCAL_PLACE, type SandboxOffer } from '#schemas';
import { type LocalSandbox, openLocalSandbox } from '../local/local-sandbox.ts';
import { hostAbi } from '../local/runtime-folders.ts';

export interface HereOptions {
  readonly toolchain: Toolchain;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

const MIB = 1024 ** 2;
/** Those of a flagship: a measurement must not be what stands in the way. */
const LIMITS = { maxMemoryBytes: 512 * MIB, maxWallMs: 60_000, maxCpuMs: 60_000, maxChildren: 8 };

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
