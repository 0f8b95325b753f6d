// What can be done to a phone, when, and what is waited for. Pure; carried out by run-batch.ts.

import {
  mdiCellphoneRemove,
  mdiLanDisconnect,
  mdiLockOpenOutline,
  mdiLockOutline,
  mdiPause,
  mdiPlay,
  mdiPowerPlugOffOutline,
  mdiPowerPlugOutline,
  mdiPuzzlePlusOutline,
  mdiPuzzleRemoveOutline,
  mdiRestart,
  mdiSkullOutline,
  mdiStop,
  mdiTrashCanOutline,
  mdiUpload,
} from '@mdi/js';
import type { PhoneCommand, PhoneView } from '#schemas';

export type ActionId =
  | 'attach'
  | 'restart-agent'
  | 'stop-agent'
  | 'kill-agent'
  | 'remove-agent'
  | 'offer-optional'
  | 'end-optional'
  | 'unplug'
  | 'plug-in'
  | 'stall'
  | 'resume'
  | 'deny-auth'
  | 'allow-auth'
  | 'disconnect'
  | 'stop-phone';

export interface PhoneAction {
  readonly id: ActionId;
  readonly group: 'Agent' | 'Cable' | 'Phone';
  readonly label: string;
  readonly icon: string;
  /** How a list of what is being done is headed: "Pushing the agent". */
  readonly doing: string;
  /** What a person is asked first; nothing for what is easily undone. */
  readonly confirm?: string;
  /** Done when the phone runs (again), not when the order has arrived. */
  readonly until?: 'running' | 'running-again';
  /** Why it can't be done to this phone now; undefined when it can. */
  refuse(phone: PhoneView): string | undefined;
}

const reached = new Set<PhoneView['state']>(['ready', 'deploying', 'running']);
const needsAgent = ({ state }: PhoneView) => (state === 'running' ? undefined : 'No agent is attached.');
const needsAdb = ({ state }: PhoneView) => (reached.has(state) ? undefined : 'adb does not reach it.');
const needsVirtual = ({ kind }: PhoneView) =>
  kind === 'virtual' ? undefined : 'Virtual phones only: do it by hand.';
const alive = (phone: PhoneView) =>
  needsVirtual(phone) ?? (phone.state === 'failed' ? 'The virtual phone has died.' : undefined);

export const phoneActions: readonly PhoneAction[] = [
  {
    id: 'attach',
    group: 'Agent',
    label: 'Push agent',
    icon: mdiUpload,
    doing: 'Pushing the agent',
    until: 'running',
    refuse: (phone) => (phone.state === 'running' ? 'Its agent runs already.' : needsAdb(phone)),
  },
  {
    id: 'restart-agent',
    group: 'Agent',
    label: 'Restart agent',
    icon: mdiRestart,
    doing: 'Restarting the agent',
    until: 'running-again',
    refuse: needsAgent,
  },
  {
    id: 'stop-agent',
    group: 'Agent',
    label: 'Stop agent',
    icon: mdiStop,
    doing: 'Stopping the agent',
    refuse: needsAgent,
  },
  {
    id: 'kill-agent',
    group: 'Agent',
    label: 'Kill agent',
    icon: mdiSkullOutline,
    doing: 'Killing the agent; it is started anew',
    until: 'running-again',
    refuse: needsAgent,
  },
  {
    id: 'remove-agent',
    group: 'Agent',
    label: 'Remove agent…',
    icon: mdiTrashCanOutline,
    doing: 'Removing the agent',
    confirm: 'The agent ends, and all of ours is deleted from the phone: runtime, services, results, logs.',
    refuse: needsAdb,
  },
  {
    id: 'offer-optional',
    group: 'Agent',
    label: 'Offer optional runtimes',
    icon: mdiPuzzlePlusOutline,
    doing: 'Having optional runtimes offered; what is lacking is sent after',
    refuse: (phone) =>
      needsAgent(phone) ??
      (phone.profile === 'flagship' || phone.sandbox?.optional ? 'It offers them already.' : undefined),
  },
  {
    id: 'end-optional',
    group: 'Agent',
    label: 'Offer them no longer',
    icon: mdiPuzzleRemoveOutline,
    doing: 'Ending the offer of optional runtimes',
    refuse: (phone) =>
      needsAgent(phone) ??
      (phone.profile === 'flagship'
        ? 'A flagship offers them by itself.'
        : phone.sandbox?.optional
          ? undefined
          : 'It doesn’t offer them.'),
  },
  {
    id: 'unplug',
    group: 'Cable',
    label: 'Unplug',
    icon: mdiPowerPlugOffOutline,
    doing: 'Unplugging',
    refuse: (phone) => alive(phone) ?? (phone.state === 'unplugged' ? 'It is unplugged.' : undefined),
  },
  {
    id: 'plug-in',
    group: 'Cable',
    label: 'Plug in',
    icon: mdiPowerPlugOutline,
    doing: 'Plugging in',
    refuse: (phone) => alive(phone) ?? (phone.state === 'unplugged' ? undefined : 'It is not unplugged.'),
  },
  {
    id: 'stall',
    group: 'Cable',
    label: 'Stall (no byte passes)',
    icon: mdiPause,
    doing: 'Stalling',
    refuse: alive,
  },
  { id: 'resume', group: 'Cable', label: 'Resume', icon: mdiPlay, doing: 'Resuming', refuse: alive },
  {
    id: 'deny-auth',
    group: 'Cable',
    label: 'Forget this computer',
    icon: mdiLockOutline,
    doing: 'Forgetting this computer',
    refuse: (phone) => alive(phone) ?? (phone.state === 'unauthorized' ? 'It has already.' : undefined),
  },
  {
    id: 'allow-auth',
    group: 'Cable',
    label: 'Allow this computer',
    icon: mdiLockOpenOutline,
    doing: 'Allowing this computer',
    refuse: (phone) => alive(phone) ?? (phone.state === 'unauthorized' ? undefined : 'It is allowed.'),
  },
  {
    id: 'disconnect',
    group: 'Phone',
    label: 'Disconnect from adb',
    icon: mdiLanDisconnect,
    doing: 'Disconnecting',
    refuse: ({ kind }) => (kind === 'wifi' ? undefined : 'Only phones on Wi-Fi are connected by adb.'),
  },
  {
    id: 'stop-phone',
    group: 'Phone',
    label: 'Stop virtual phone…',
    icon: mdiCellphoneRemove,
    doing: 'Stopping virtual phones',
    confirm: 'The virtual phone ends, and all that is on it is deleted. Its links are cut.',
    refuse: ({ kind }) => (kind === 'virtual' ? undefined : 'A real phone is switched off by hand.'),
  },
];

/** What the phones are asked to report of themselves; only virtual ones can be set. */
export const refusePower = alive;

export interface Offer {
  readonly action: PhoneAction;
  /** Phones that it can be done to. */
  readonly fits: readonly PhoneView[];
  /** Why it can be done to none, or how many are left out. */
  readonly note: string | undefined;
}

export function offerFor(action: PhoneAction, phones: readonly PhoneView[]): Offer {
  const fits = phones.filter((phone) => action.refuse(phone) === undefined);
  return { action, fits, note: noteOf(phones, fits.length, action.refuse) };
}

export function noteOf(
  phones: readonly PhoneView[],
  fitting: number,
  refuse: PhoneAction['refuse'],
): string | undefined {
  const [first] = phones;
  if (!first) return 'Choose phones first.';
  if (fitting === phones.length) return undefined;
  if (fitting > 0) return `${fitting} of ${phones.length}`;
  const reasons = new Set(phones.map(refuse));
  return reasons.size === 1 ? refuse(first) : 'None of the chosen phones is in a state for it.';
}

/** The orders of an action as the API takes them, but for those with calls of their own. */
export function commandOf(id: ActionId): PhoneCommand | undefined {
  switch (id) {
    case 'disconnect':
    case 'stop-phone':
      return undefined;
    case 'offer-optional':
    case 'end-optional':
      return { action: 'optional-runtimes', offered: id === 'offer-optional' };
    default:
      return { action: id };
  }
}
