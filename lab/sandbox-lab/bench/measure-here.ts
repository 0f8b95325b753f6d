// Measures this machine as a phone would measure itself, with the same programs, and the peers that it has.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type SandboxOptions, startSandbox } from '#agent/sandbox';
import { measureSandbox, probeServices } from '#agent/sandbox-bench';
import { AbhayaError, type Logger } from '#base';
import { JVM_FLAGS } from '#lab/fleet';
import type { Toolchain } from '#lab/toolchain';
import type { SandboxBenchAsk, SandboxBenchProgress, SandboxMeasured } from '#schemas';
import { hostAbi } from '../local/runtime-folders.ts';
import { onPath, peersOf } from './peers.ts';

export interface MeasureHereOptions {
  readonly toolchain: Toolchain;
  readonly ask: SandboxBenchAsk;
  readonly logger: Logger;
  readonly onProgress?: (progress: SandboxBenchProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

const MIB = 1024 ** 2;
const SUPERVISOR = 'org.abhaya.supervisor.Main';
/** Those of a flagship: a measurement must not be what stands in the way. */
const LIMITS = { maxMemoryBytes: 512 * MIB, maxWallMs: 60_000, maxCpuMs: 60_000, maxChildren: 8 };

/** Throws `sandbox.unavailable` on systems other than Linux, `host.setup` when something is not built. */
export async function measureHere(options: MeasureHereOptions): Promise<SandboxMeasured> {
  const { toolchain, signal } = options;
  if (process.platform !== 'linux')
    throw new AbhayaError(
      'sandbox.unavailable',
      'services can be sandboxed on Linux only; phones measure themselves',
    );
  const native = (program: string) => path.join(toolchain.dist, 'native', hostAbi(), program);
  const probe = native('sandbox-probe');
  const folder = await mkdtemp(path.join(tmpdir(), 'abhaya-sandbox-lab-'));
  try {
    const script = path.join(folder, 'plain.js');
    await writeFile(script, 'process.stdin.pipe(process.stdout);\n');
    const peers = peersOf({
      ...{ probe, dynamicProbe: native('sandbox-probe-dynamic'), node: toolchain.node, script },
      find: (name) => (name === 'bwrap' ? toolchain.find('bwrap') : undefined) ?? onPath(name),
    });
    return await measureSandbox({
      ask: options.ask,
      open: (spares, opening) =>
        startSandbox({
          command: [
            toolchain.need('java'),
            ...JVM_FLAGS,
            ...['-cp', path.join(toolchain.dist, 'shim', 'supervisor.jar'), SUPERVISOR],
          ],
          launcherPath: native('abhaya-launcher'),
          limits: { ...LIMITS, maxOutputBytes: outputMost() },
          ...runtimesHere(toolchain, spares),
          logger: options.logger,
          signal: opening,
        }),
      probe,
      peers: peers.commands,
      notes: peers.notes,
      tmp: folder,
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      signal,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const outputMost = (): number =>
  Math.max(...Object.values(probeServices).map(({ echoBytes }) => echoBytes)) + MIB;

/** What this machine's virtual phones would offer. */
function runtimesHere(toolchain: Toolchain, spares: number): Pick<SandboxOptions, 'runtimes'> {
  const folder = path.join(toolchain.dist, 'phone', hostAbi(), 'runtime');
  return { runtimes: { nodejs: { folder, spares } } };
}
