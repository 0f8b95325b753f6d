// Between manifests and what the wire says of them. Pure.

import semver from 'semver';
import type { DeviceFacts, LibraryEntry } from '#agent/services';
import {
  type DeviceProfile,
  entryFiles,
  type Manifest,
  memoryCeilingMB,
  memoryLimitMB,
  type PrivacyClass,
  privacyClasses,
  privacyOf,
  profileSuffices,
  type ServiceCard,
  type ServiceNeeds,
  type ServicePort,
  type ServiceQuery,
  type WirePort,
} from '#schemas';

export function needsOf(manifest: Manifest): ServiceNeeds {
  const needs = manifest.resourceRequirements;
  const abis = entryFiles(manifest)
    .map((path) => path.split('/'))
    .filter((parts) => parts.length === 3 && parts.join('/') !== manifest.entryPoint)
    .map((parts) => parts[1] ?? '');
  return {
    profile: manifest.deviceProfile,
    runtimes: manifest.runtimeRequired,
    platforms: manifest.platformSupport,
    abis: entryFiles(manifest).includes(manifest.entryPoint) ? [] : abis,
    minMemoryMB: needs.minMemoryMB,
    maxMemoryMB: memoryLimitMB(manifest),
    storageMB: needs.storageRequiredMB,
    gpu: needs.requiresGPU,
    hardware: needs.requiresSpecialHardware ?? [],
    timeoutMs: Math.round(manifest.executionTimeoutSeconds * 1000),
  };
}

export function cardOf(entry: LibraryEntry): ServiceCard {
  const { manifest } = entry;
  return {
    key: entry.key,
    serviceName: manifest.serviceName,
    description: manifest.description.slice(0, 256),
    serviceType: manifest.serviceType,
    capabilities: manifest.capabilities.slice(0, 16),
    inputs: manifest.inputs.map(wirePort),
    outputs: manifest.outputs.map(wirePort),
    privacyClass: privacyOf(manifest),
    needs: needsOf(manifest),
    packedBytes: entry.packedBytes,
  };
}

const wirePort = ({ name, mediaType, required, maxBytes }: ServicePort): WirePort => ({
  name,
  mediaType,
  required,
  maxBytes,
});

/** Whether a service answers a query: every field that stands there must match. */
export function matches(card: ServiceCard, query: Omit<ServiceQuery, 'queryId'>): boolean {
  const { key } = card;
  return (
    (query.manifestSha256 ?? key.manifestSha256) === key.manifestSha256 &&
    (query.author ?? key.author) === key.author &&
    (query.packageId ?? key.packageId) === key.packageId &&
    (query.version ?? key.version) === key.version &&
    (query.serviceType ?? card.serviceType) === card.serviceType &&
    (query.name === undefined || card.serviceName.toLowerCase().includes(query.name.toLowerCase())) &&
    (query.capability === undefined || card.capabilities.includes(query.capability)) &&
    (query.versionRange === undefined || semver.satisfies(key.version, query.versionRange))
  );
}

/** Why a device can't run what needs say, or undefined: the verdict before the manifest itself is here. */
export function lacksFor(device: DeviceFacts, needs: ServiceNeeds): string | undefined {
  const missing = needs.runtimes.find((runtime) => !device.runtimes.includes(runtime));
  if (missing !== undefined) return device.sandboxUnavailable ?? `the runtime ${missing} is missing`;
  if (!needs.platforms.some((platform) => device.platforms.includes(platform))) return 'another platform';
  if (needs.abis.length > 0 && !needs.abis.includes(device.abi)) return `no program for ${device.abi}`;
  if (!profileSuffices(device.profile, needs.profile)) return `a ${needs.profile} device is needed`;
  if (needs.minMemoryMB > Math.min(memoryCeilingMB[device.profile as DeviceProfile], device.memoryMB))
    return 'too little memory';
  if (needs.storageMB > device.freeStorageMB) return 'too little storage';
  if (needs.gpu && !device.hasGpu) return 'no GPU';
  const hardware = needs.hardware.find((name) => !device.specialHardware.includes(name));
  return hardware === undefined ? undefined : `no ${hardware}`;
}

/** The stricter of two. */
export const strictest = (a: PrivacyClass, b: PrivacyClass): PrivacyClass =>
  privacyClasses.indexOf(a) > privacyClasses.indexOf(b) ? a : b;
