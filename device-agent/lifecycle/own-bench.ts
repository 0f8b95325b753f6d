// How this phone measures its own sandbox: with supervisors of its own, started as the phone's own is, so that services
// that run meanwhile keep theirs.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '#agent/sandbox';
import {
  type BenchDesk,
  type BenchDeskOptions,
  createBenchDesk,
  measureSandbox,
  nativeProbe,
  withSpares,
} from '#agent/sandbox-bench';
import type { AgentStartConfig, SandboxPlaces } from '#schemas';
import type { RuntimesOffer } from './runtimes-offer.ts';

export interface OwnBenchOptions {
  readonly config: Pick<AgentStartConfig, 'root' | 'launcher'>;
  /** What is offered now, and why other runtimes have no place. */
  readonly runtimes: () => Pick<RuntimesOffer, 'offered' | 'lacking'>;
  readonly open: (places: SandboxPlaces, signal: AbortSignal | undefined) => Promise<Sandbox>;
  readonly onProgress: BenchDeskOptions['onProgress'];
  readonly now: () => number;
}

export function ownBench({ config, runtimes, open, onProgress, now }: OwnBenchOptions): BenchDesk {
  return createBenchDesk({
    onProgress,
    now,
    async measure(ask, how) {
      const { offered: places, lacking } = runtimes();
      const tmp = path.join(config.root, 'tmp');
      await mkdir(tmp, { recursive: true });
      // It is pushed together with the launcher.
      const probe = path.join(path.dirname(config.launcher), 'sandbox-probe');
      return measureSandbox({
        ...{ ask, tmp, probe, lacks: lacking, ...how },
        open: (spares, signal) => open(withSpares(places, spares, nativeProbe.waits), signal),
        peers: [{ name: 'fork+exec', runtime: 'native', command: [probe] }],
      });
    },
  });
}
