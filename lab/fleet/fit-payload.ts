// A phone with ART runs `jvm` services by that, as dex; any other by HotSpot, which is pushed to it.

import type { Payload } from './payload.ts';
import type { PhoneStatus } from './phone-status.ts';

/** What is there decides, as for the supervisor. Without its flavour a phone gets no `jvm`. */
export function fitPayload(payload: Payload, { art }: Pick<PhoneStatus, 'art'>): Payload {
  const { art: bootstrap, ...rest } = payload;
  if (art === undefined) return rest;
  const { jvm: _hotSpot, ...modules } = rest.modules;
  return { ...rest, modules: bootstrap ? { ...modules, jvm: bootstrap } : modules };
}
