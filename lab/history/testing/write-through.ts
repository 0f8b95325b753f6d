// Writes batches straight to the history's thread, as fast as it takes them: for the benchmark.

import type { Measurement, TaskView } from '#schemas';
import { DEFAULT_MAX_BYTES, defaultRetention } from '../retention.ts';
import { startHistoryThread } from '../thread-client.ts';

export async function openWriteThrough(file: string) {
  const thread = startHistoryThread({ onMovedAside: (aside) => process.stderr.write(`damaged: ${aside}\n`) });
  const run = { startedAt: Date.now(), version: 'bench' };
  await thread.call('open', { file, maxBytes: DEFAULT_MAX_BYTES, retention: defaultRetention, run });
  return {
    async write(phones: readonly Measurement[], tasks: readonly TaskView[] = []): Promise<void> {
      const nowMs = Date.now();
      const records = tasks.map((task) => ({ atMs: nowMs, task }));
      await thread.call('write', {
        batch: { tasks: records, events: [], phones, links: [], taskSamples: [] },
        nowMs,
      });
    },
    async close(): Promise<void> {
      await thread.call('close', { nowMs: Date.now(), dropped: { tasks: 0, events: 0, samples: 0 } });
      await thread.exited;
    },
  };
}
