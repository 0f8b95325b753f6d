// The agent's state as the control connection shows it.

import type { MeshNode } from '#agent/mesh';
import type { DeviceState } from '#agent/probes';
import type { LibraryEntry, ServiceLibrary } from '#agent/services';
import type { TaskEngine } from '#agent/tasks';
import { AbhayaError } from '#base';
import {
  type DeviceStateView,
  entryFiles,
  type LibraryItem,
  type Manifest,
  type ManifestView,
  memoryLimitMB,
  type Receipt,
  type ReceiptView,
  type ServiceAbout,
  type TopologyView,
} from '#schemas';

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
  return { ...key, ...facts, about: serviceAbout(manifest), verdict, reasons: [...reasons] };
}

/** Path of an output's file; throws `not-found`. */
export function outputFile(engine: TaskEngine, taskId: string, name: string): string {
  const output = engine.result(taskId).find((it) => it.name === name);
  if (!output) throw new AbhayaError('not-found', `the task has no output ${name}`);
  return output.path;
}

export const serviceAbout = (manifest: Manifest): ServiceAbout => ({
  serviceType: manifest.serviceType,
  language: manifest.language,
  runtimes: manifest.runtimeRequired,
  deviceProfile: manifest.deviceProfile,
  ...(manifest.privacyClass ? { privacyClass: manifest.privacyClass } : {}),
  inputSources: manifest.inputSources,
  capabilities: manifest.capabilities,
  maxMemoryMB: memoryLimitMB(manifest),
  inputs: manifest.inputs.map(({ name, mediaType, required, maxBytes }) => ({
    name,
    mediaType,
    required,
    maxBytes,
  })),
});

export function manifestView(manifest: Manifest): ManifestView {
  const { files } = manifest;
  const entries = new Set(entryFiles(manifest));
  const unpackedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    ...manifest,
    files: files.filter(({ path }) => entries.has(path)).slice(0, 64),
    fileCount: files.length,
    unpackedBytes,
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const receiptView = ({ body, executorSignature, requesterSignature }: Receipt): ReceiptView => ({
  body,
  executorSignature: hex(executorSignature),
  requesterSignature: hex(requesterSignature),
});
