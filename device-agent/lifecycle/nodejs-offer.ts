// Whether this device offers services the Node.js runtime: flagships by themselves, others by the user's choice (spec 01,
// Device profiles). Pure. Whether it really works is found out by the launcher's canaries.

import type { AgentStartConfig, DeviceProfile } from '#schemas';

/** One process waits ready where it was offered: about 8 MB while idle. */
const SPARES = 1;

export interface NodejsOffer {
  readonly offered?: { readonly folder: string; readonly spares: number } | undefined;
  /** Why not, in a sentence that begins with the runtime's name. */
  readonly lacking?: string | undefined;
}

export function nodejsOffer(config: AgentStartConfig['nodejs'], profile: DeviceProfile): NodejsOffer {
  if (!config) return { lacking: 'nodejs: the runtime is not on this device' };
  if (profile !== 'flagship' && !config.optIn)
    return { lacking: `nodejs: a ${profile} device offers it only when its user chose so` };
  return { offered: { folder: config.folder, spares: SPARES } };
}
