// Measures this machine as a phone would measure itself, with the same programs, and the peers that it has.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureSandbox } from '#agent/sandbox-bench';
import type { SandboxBenchAsk, SandboxBenchProgress, SandboxMeasured } from '#schemas';
import { findRuntimeFolders } from '../local/runtime-folders.ts';
import { onPath, peersOf } from './peers.ts';
import { type HereOptions, nativeHere, openSandboxHere } from './sandbox-here.ts';

export interface MeasureHereOptions extends HereOptions {
  readonly ask: SandboxBenchAsk;
  readonly onProgress?: (progress: SandboxBenchProgress) => void;
}

/** Throws what `openSandboxHere` throws, `cancelled`, and `input.invalid` for runtimes that are not offered. */
export async function measureHere(options: MeasureHereOptions): Promise<SandboxMeasured> {
  const { toolchain, signal } = options;
  const probe = nativeHere(toolchain, 'sandbox-probe');
  const folder = await mkdtemp(path.join(tmpdir(), 'abhaya-sandbox-lab-'));
  try {
    const script = path.join(folder, 'plain.js');
    await writeFile(script, 'process.stdin.pipe(process.stdout);\n');
    const peers = peersOf({
      ...{ probe, dynamicProbe: nativeHere(toolchain, 'sandbox-probe-dynamic') },
      ...{
        node: toolchain.node,
        script,
        java: toolchain.find('java'),
        jar: nativeHere(toolchain, 'probe.jar'),
      },
      find: (name) => (name === 'bwrap' ? toolchain.find('bwrap') : undefined) ?? onPath(name),
    });
    return await measureSandbox({
      ask: options.ask,
      open: async (spares, opening) =>
        (await openSandboxHere({ ...options, signal: opening }, spares)).sandbox,
      probe,
      peers: peers.commands,
      notes: peers.notes,
      tmp: folder,
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      lacks: findRuntimeFolders(toolchain).missing,
      signal,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
