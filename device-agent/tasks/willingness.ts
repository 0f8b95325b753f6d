// Whether this device takes a task, and the offer that it makes (spec 04, step 3). Pure but for what it is given.

import type { ServiceLibrary } from '#agent/services';
import type { AcceptingOffer, TaskRequest } from '#schemas';
import { lacksFor } from './core/cards.ts';
import type { DeviceSnapshot, TrustVerdict } from './port.ts';

export interface WillingnessFacts {
  readonly device: DeviceSnapshot;
  readonly library: ServiceLibrary;
  readonly trust: (author: string) => TrustVerdict;
  readonly attended: boolean;
  readonly runningTasks: number;
  readonly maxTasks: number;
  readonly maxWaiting: number;
  /** Why nothing can be run here now, in a sentence. */
  readonly unavailable: string | undefined;
  readonly requester: { readonly own: boolean };
  /** The requester asked for this very device. */
  readonly direct: boolean;
}

export type Willingness =
  | { readonly takes: true; readonly offer: Omit<AcceptingOffer, 'taskId' | 'round' | 'accept'> }
  | { readonly takes: false; readonly reason: string };

export function willingnessFor(
  task: Pick<TaskRequest, 'service' | 'needs' | 'privacy'>,
  facts: WillingnessFacts,
): Willingness {
  const { device, library } = facts;
  const no = (reason: string): Willingness => ({ takes: false, reason: reason.slice(0, 300) });
  if (facts.unavailable !== undefined) return no(facts.unavailable);
  const { accepts, except, reason } = device.participation;
  if (!facts.requester.own && !accepts && !except?.includes(task.service.packageId))
    return no(reason ?? 'the owner of this device takes no tasks now');
  if (device.thermal === 'critical') return no('this device is too hot');
  // No device is trusted with sensitive data yet but the requester's own, or one that it names.
  if (task.privacy === 'sensitive' && !facts.requester.own && !facts.direct)
    return no('sensitive tasks run only on devices that the requester names');
  if (facts.runningTasks >= facts.maxTasks + facts.maxWaiting) return no('all places for tasks are taken');

  const trust = facts.trust(task.service.author);
  const entry = library.get(task.service.manifestSha256);
  if (entry) {
    if (trust === 'refuse') return no('the author is refused here');
    const { key } = entry;
    const { author, packageId, version } = task.service;
    if (key.author !== author || key.packageId !== packageId || key.version !== version)
      return no('the manifest hash belongs to another service');
    const verdict = library.verdict(entry.manifest);
    if (verdict.verdict === 'reject') return no(verdict.reasons.join(' '));
  } else {
    if (trust === 'refuse' || (trust === 'ask' && !facts.attended))
      return no("the author's services are not installed here without being asked");
    const lack = lacksFor(device, task.needs);
    if (lack !== undefined) return no(lack);
  }
  return {
    takes: true,
    offer: {
      hasService: entry !== undefined,
      profile: device.profile,
      freeMemoryMB: Math.max(0, Math.floor(device.freeMemoryMB)),
      cpuLoad: Math.min(1, Math.max(0, device.cpuLoad)),
      runningTasks: facts.runningTasks,
      maxTasks: facts.maxTasks,
      battery: Math.min(1, Math.max(0, device.battery)),
      charging: device.charging,
      thermal: device.thermal,
    },
  };
}
