// The one function that says whether a device may run a service, with one sentence per reason (spec 01, Device
// profiles). Pure. CLI and app get its answer through the API.

import {
  type DeviceProfile,
  entryFileFor,
  type Manifest,
  memoryCeilingMB,
  memoryLimitMB,
  needsAbi,
  profileSuffices,
  sandboxRuntimeOf,
} from '#schemas';
import type { Verdict } from './port.ts';

/** What the verdict needs to know of a device: measured, never guessed from a model's name. */
export interface DeviceFacts {
  readonly profile: DeviceProfile;
  /** Such as `arm64-v8a` or `x86_64`. */
  readonly abi: string;
  /** Of `android`, `linux`, `wasm`. */
  readonly platforms: readonly string[];
  /** Runtimes that the sandbox offers; empty: the device can't sandbox. */
  readonly runtimes: readonly string[];
  /** Why runtimes is empty, in a sentence. */
  readonly sandboxUnavailable?: string | undefined;
  /** Why a runtime is not among them, in a sentence, by its name. */
  readonly runtimesLacking?: Readonly<Record<string, string>> | undefined;
  readonly memoryMB: number;
  readonly freeStorageMB: number;
  readonly hasGpu: boolean;
  readonly specialHardware: readonly string[];
}

export function installVerdict(device: DeviceFacts, manifest: Manifest): Verdict {
  const rejected: string[] = [];
  const warned: string[] = [];
  judgeRuntimes(device, manifest, rejected, warned);
  judgeResources(device, manifest, rejected, warned);
  judgeFeatures(manifest, rejected);
  if (rejected.length > 0) return { verdict: 'reject', reasons: [...rejected, ...warned] };
  return { verdict: warned.length > 0 ? 'warn' : 'ok', reasons: warned };
}

function judgeRuntimes(device: DeviceFacts, manifest: Manifest, rejected: string[], warned: string[]): void {
  if (device.runtimes.length === 0) {
    rejected.push(`The device can't sandbox: ${device.sandboxUnavailable ?? 'it offers no runtime'}.`);
    return;
  }
  for (const runtime of manifest.runtimeRequired) {
    if (!device.runtimes.includes(sandboxRuntimeOf(runtime)))
      rejected.push(
        `The service needs the runtime ${runtime}; the device offers ${device.runtimes.join(', ')}${whyNot(device, runtime)}.`,
      );
  }
  for (const runtime of manifest.runtimeOptional ?? []) {
    if (!device.runtimes.includes(sandboxRuntimeOf(runtime)))
      warned.push(`The service could use the runtime ${runtime}, which the device does not offer.`);
  }
  if (!manifest.platformSupport.some((platform) => device.platforms.includes(platform)))
    rejected.push(
      `The service is for ${manifest.platformSupport.join(', ')}; the device is ${device.platforms.join(', ')}.`,
    );
  if (needsAbi(manifest) && entryFileFor(manifest, device.abi) === undefined)
    rejected.push(`The package has no program for the device's ABI ${device.abi}.`);
}

function whyNot({ runtimesLacking }: DeviceFacts, runtime: string): string {
  const why = Object.hasOwn(runtimesLacking ?? {}, runtime) ? runtimesLacking?.[runtime] : undefined;
  return why === undefined ? '' : ` (${why})`;
}

function judgeResources(device: DeviceFacts, manifest: Manifest, rejected: string[], warned: string[]): void {
  const needs = manifest.resourceRequirements;
  if (!profileSuffices(device.profile, manifest.deviceProfile))
    rejected.push(`The service needs a ${manifest.deviceProfile} device; this one is ${device.profile}.`);
  const ceiling = memoryCeilingMB[device.profile];
  if (needs.minMemoryMB > ceiling)
    rejected.push(
      `The service needs ${needs.minMemoryMB} MB; a ${device.profile} device gives at most ${ceiling} MB.`,
    );
  else if (memoryLimitMB(manifest) > ceiling)
    warned.push(`The service may want ${memoryLimitMB(manifest)} MB and gets ${ceiling} MB here.`);
  if (needs.minMemoryMB > device.memoryMB)
    rejected.push(`The service needs ${needs.minMemoryMB} MB; the device has ${device.memoryMB} MB.`);
  if (needs.storageRequiredMB > device.freeStorageMB)
    rejected.push(
      `The service needs ${needs.storageRequiredMB} MB of storage; ${device.freeStorageMB} MB are free.`,
    );
  if (needs.requiresGPU && !device.hasGpu) rejected.push('The service needs a GPU.');
  for (const hardware of needs.requiresSpecialHardware ?? []) {
    if (!device.specialHardware.includes(hardware)) rejected.push(`The service needs ${hardware}.`);
  }
}

/** What no device of this version does yet; said here, so that it isn't found out in the middle of a task. */
function judgeFeatures(manifest: Manifest, rejected: string[]): void {
  if (manifest.inputs.length > 1 || manifest.outputs.length > 1)
    rejected.push('The service has several inputs or outputs: framed pipes are not there yet.');
  if (manifest.storage) rejected.push('The service needs a storage pipe, which is not there yet.');
  if (manifest.serviceType === 'WORKFLOW') rejected.push('Workflow packages are not run yet.');
  if (manifest.externalDependencies?.length)
    rejected.push('The service needs files from the network, which agents do not fetch yet.');
}
