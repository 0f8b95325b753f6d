// Tasks and measurements for the history's tests and benchmark.

import type { Measurement, TaskView } from '#schemas';

export const sampleTask = (number: number, more: Partial<TaskView> = {}): TaskView => ({
  taskId: `task-${number}`,
  packageId: 'org.abhaya.wordcount',
  version: '1.0.0',
  state: 'acknowledged',
  from: 'VP0001',
  device: 'VP0002',
  deviceNode: 'b'.repeat(64),
  hops: 1,
  attempts: 1,
  outputs: [
    { name: 'result', bytes: 12, sha256: 'c'.repeat(64), mediaType: 'application/json', value: { lines: 1 } },
  ],
  timeline: [
    { state: 'queued', atMs: 0 },
    { state: 'running', atMs: 40 },
    { state: 'acknowledged', atMs: 100 + number },
  ],
  offers: [
    {
      nodeId: 'b'.repeat(64),
      score: 0.8,
      parts: { resources: 1, network: 0.5, load: 1, specialisation: 0, reliability: 1 },
      atMs: 12,
      chosen: true,
    },
  ],
  report: {
    ...{ reason: 'completed', exitCode: 0, cpuMs: 3, peakMemoryBytes: 1_000_000 + number, wallMs: 5 },
    ...{ bytesIn: 10, bytesOut: 12, layers: ['seccomp'] },
  },
  startedAt: 1_700_000_000_000 + number,
  ...more,
});

export const sampleMeasurement = (
  atMs: number,
  serial = 'VP0001',
  more: Partial<Measurement> = {},
): Measurement => ({
  ...{ serial, atMs, batteryPercent: 80, charging: false, thermal: 0, celsius: 25.5, cpuLoad: 0.25 },
  ...{ availableMemoryBytes: 1_000_000, memoryBytes: 2_000_000 },
  ...more,
});
