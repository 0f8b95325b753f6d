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

export interface OwnBenchOptions {
  readonly config: Pick<AgentStartConfig, 'root' | 'launcher'>;
  readonly places: SandboxPlaces;
  /** Why other runtimes have no place. */
  readonly lacking: Readonly<Record<string, string>>;
  readonly open: (places: SandboxPlaces, signal: AbortSignal | undefined) => Promise<Sandbox>;
  readonly onProgress: BenchDeskOptions['onProgress'];
  readonly now: () => number;
}

export function ownBench({ config, places, lacking, open, onProgress, now }: OwnBenchOptions): BenchDesk {
  return createBenchDesk({
    onProgress,
    now,
    async measure(ask, how) {
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
