// The agent's state as the control connection shows it.

import type { MeshNode } from '#agent/mesh';
import type { DeviceState } from '#agent/probes';
import type { LibraryEntry, ServiceLibrary } from '#agent/services';
import type { TaskEngine } from '#agent/tasks';
import { AbhayaError } from '#base';
import type { DeviceStateView, LibraryItem, TopologyView } from '#schemas';

export function topologyView(mesh: MeshNode): TopologyView {
  const { self, nodes } = mesh.topology();
  return {
    self,
    nodes: nodes.map(({ rttMs, nextHop, neighbours, ...node }) => ({
      ...node,
      neighbours: neighbours.map((neighbour) => ({ ...neighbour })),
      ...(rttMs === undefined ? {} : { rttMs }),
      ...(nextHop === undefined ? {} : { nextHop }),
    })),
  };
}

export const deviceStateView = (state: DeviceState): DeviceStateView => ({
  cores: state.cores,
  memoryBytes: state.memoryBytes,
  availableMemoryBytes: state.availableMemoryBytes,
  freeStorageBytes: state.freeStorageBytes,
  cpuLoad: state.cpuLoad,
  batteryPercent: Math.round(state.battery * 100),
  charging: state.charging,
  thermal: state.thermalStatus,
  ...(state.celsius === undefined ? {} : { celsius: state.celsius }),
});

export function libraryItem(
  library: ServiceLibrary,
  { key, manifest, packedBytes, packageSha256, signed }: LibraryEntry,
): LibraryItem {
  const { verdict, reasons } = library.verdict(manifest);
  const { serviceName, description } = manifest;
  const facts = { serviceName, description, packedBytes, packageSha256, signed };
  return { ...key, ...facts, verdict, reasons: [...reasons] };
}

/** Path of an output's file; throws `not-found`. */
export function outputFile(engine: TaskEngine, taskId: string, name: string): string {
  const output = engine.result(taskId).find((it) => it.name === name);
  if (!output) throw new AbhayaError('not-found', `the task has no output ${name}`);
  return output.path;
}
