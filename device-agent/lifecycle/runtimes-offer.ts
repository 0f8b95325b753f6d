// Which runtimes this device is asked to offer services: `jvm` wherever it is, the optional ones on flagships by
// themselves, elsewhere by the user's choice (spec 01, Device profiles; runtimes-desk.ts keeps it), and none where its attacks
// have not passed. Pure. Whether a runtime really works is found out by the launcher's canaries.

import { passesAttacks } from '#agent/sandbox';
import {
  type AgentStartConfig,
  type DeviceProfile,
  isDirectRuntime,
  type SandboxPlaces,
  type SandboxRuntime,
  sandboxRuntimes,
} from '#schemas';

/**
 * Processes that wait ready where a runtime is offered. One of Node.js holds about 8 MB while idle, for WASM too, Python
 * 10, the JVM 18: they come with the first service of their runtime. A native one is next to nothing.
 */
const NATIVE_SPARES = 2;
const RUNTIME_SPARES = 1;
const everywhere: readonly SandboxRuntime[] = ['native', 'jvm'];

export interface RuntimesOffer {
  readonly offered: SandboxPlaces;
  /** Why not, in a sentence, by the runtime's name. */
  readonly lacking: Readonly<Partial<Record<SandboxRuntime, string>>>;
}

export interface OfferingDevice {
  readonly profile: DeviceProfile;
  readonly abi: string;
  readonly flavours?: AgentStartConfig['flavours'];
  /** Its user wants all of them offered. */
  readonly optional: boolean;
}

/** Why it is not to be offered, wherever it is; undefined: it is. */
export function whyNotOffered(
  runtime: SandboxRuntime,
  { profile, abi, flavours, optional }: OfferingDevice,
): string | undefined {
  const flavour = runtime === 'jvm' ? flavours?.jvm : undefined;
  if (!passesAttacks(runtime, abi, flavour))
    return flavour === undefined
      ? `its attacks have not passed on ${abi}`
      : `this phone runs it by ${flavour.toUpperCase()}, on which its attacks have not been made`;
  if (profile === 'flagship' || optional || everywhere.includes(runtime)) return undefined;
  return `a ${profile} device offers it only when its user chose so`;
}

export function runtimesOffer(config: AgentStartConfig['runtimes'], device: OfferingDevice): RuntimesOffer {
  const offered: SandboxPlaces = { native: { spares: NATIVE_SPARES } };
  const lacking: Partial<Record<SandboxRuntime, string>> = {};
  for (const runtime of sandboxRuntimes) {
    // What a device has by itself: their services are programs for its processor.
    if (isDirectRuntime(runtime)) continue;
    const place = config?.[runtime];
    const why = whyNotOffered(runtime, device);
    if (why !== undefined) lacking[runtime] = why;
    else if (!place) lacking[runtime] = 'the runtime is not on this device';
    else
      offered[runtime] = {
        ...{ folder: place.folder, spares: RUNTIME_SPARES, onDemand: true },
        ...(place.proven ? { proven: true } : {}),
      };
  }
  return { offered, lacking };
}
