// A phone's measurements of its own sandbox, as the lab host asks for them: one at a time, ended when the one who asked
// goes away. Owns the one that runs.

import { AbhayaError } from '#base';
import type { SandboxBenchAsk, SandboxBenchProgress, SandboxMeasured } from '#schemas';

export interface BenchDesk {
  /** Throws `conflict` while another one runs, `cancelled`. */
  run(benchId: string, ask: SandboxBenchAsk, options: { signal: AbortSignal }): Promise<SandboxMeasured>;
  /** Resolves when it has ended; an unknown one is none of ours. */
  cancel(benchId: string): Promise<void>;
  close(): Promise<void>;
}

export interface BenchDeskOptions {
  readonly measure: (
    ask: SandboxBenchAsk,
    how: { onProgress: (progress: SandboxBenchProgress) => void; signal: AbortSignal },
  ) => Promise<SandboxMeasured>;
  readonly onProgress: (progress: SandboxBenchProgress & { benchId: string }) => void;
  /** Milliseconds, never going back. */
  readonly now: () => number;
}

const PROGRESS_EVERY_MS = 250;

export function createBenchDesk({ measure, onProgress, now }: BenchDeskOptions): BenchDesk {
  let running: { benchId: string; stop: AbortController; ended: Promise<unknown> } | undefined;

  async function end(): Promise<void> {
    running?.stop.abort();
    await running?.ended.catch(() => undefined);
  }

  return {
    async run(benchId, ask, { signal }) {
      if (running) throw new AbhayaError('conflict', 'this phone is being measured');
      const stop = new AbortController();
      let saidAt = Number.NEGATIVE_INFINITY;
      const measuring = measure(ask, {
        signal: AbortSignal.any([stop.signal, signal]),
        onProgress(progress) {
          if (now() - saidAt < PROGRESS_EVERY_MS) return;
          saidAt = now();
          onProgress({ benchId, ...progress });
        },
      });
      running = { benchId, stop, ended: measuring };
      try {
        return await measuring;
      } finally {
        running = undefined;
      }
    },
    async cancel(benchId) {
      if (running?.benchId === benchId) await end();
    },
    close: end,
  };
}
