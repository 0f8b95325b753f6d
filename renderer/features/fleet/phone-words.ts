// A phone's state and kind in words and tones, the same on every page; what its state means and what to do about it.

import { mdiCellphoneCog, mdiUsb, mdiWifi } from '@mdi/js';
import type { PhoneKind, PhoneState, PhoneView } from '#schemas';
import type { Tone } from '../../theme/theme.ts';

const states: Record<PhoneState, { readonly tone: Tone; readonly word: string; readonly advice: string }> = {
  starting: { tone: 'busy', word: 'Starting', advice: 'The virtual phone starts and is connected to adb.' },
  unauthorized: {
    tone: 'warn',
    word: 'Unauthorized',
    advice: 'The phone has not allowed this computer. Unlock it and confirm “Allow USB debugging”.',
  },
  offline: {
    tone: 'warn',
    word: 'Offline',
    advice: 'adb lists the phone, but it does not answer. Unlock it, or pull the cable and put it back.',
  },
  recovery: {
    tone: 'warn',
    word: 'Recovery',
    advice: 'The phone is in recovery or sideload mode. Start it into Android.',
  },
  ready: {
    tone: 'off',
    word: 'No agent',
    advice: 'adb reaches the phone; no agent of ours is attached. “Push agent” makes it part of the mesh.',
  },
  deploying: {
    tone: 'busy',
    word: 'Pushing agent',
    advice: 'What is missing is pushed, then the agent starts.',
  },
  running: { tone: 'ok', word: 'Running', advice: 'The agent runs and is attached.' },
  unplugged: {
    tone: 'warn',
    word: 'Unplugged',
    advice: 'adb does not see the phone. Its agent goes on, and is attached again when the phone is back.',
  },
  failed: { tone: 'bad', word: 'Failed', advice: 'The virtual phone has died. Stop it, and add a new one.' },
};

export const phoneStates = Object.keys(states) as readonly PhoneState[];
export const stateWord = (state: PhoneState): string => states[state].word;
export const stateTone = (state: PhoneState): Tone => states[state].tone;
/** A virtual phone has no screen and no cable to touch: its actions do that. */
const virtualAdvice: Partial<Record<PhoneState, string>> = {
  unauthorized:
    'The phone has forgotten this computer. “Allow this computer” in its actions lets it in again.',
  unplugged: 'Its cable is pulled; its agent goes on. “Plug in” in its actions puts it back.',
  offline: 'adb lists the phone, but it does not answer. “Resume” in its actions lets bytes pass again.',
};

/** What the phone's state means, and what to do about it. */
export const adviceFor = ({ kind, state }: Pick<PhoneView, 'kind' | 'state'>): string =>
  (kind === 'virtual' ? virtualAdvice[state] : undefined) ?? states[state].advice;

export const kindWord: Record<PhoneKind, string> = { usb: 'USB', wifi: 'Wi-Fi', virtual: 'Virtual' };
export const kindIcon: Record<PhoneKind, string> = { usb: mdiUsb, wifi: mdiWifi, virtual: mdiCellphoneCog };

export const thermalTone = (status: number): Tone => (status === 0 ? 'ok' : status <= 2 ? 'warn' : 'bad');
export const batteryTone = (phone: PhoneView): Tone =>
  phone.batteryPercent === undefined
    ? 'off'
    : phone.batteryPercent > 30 || phone.charging
      ? 'ok'
      : phone.batteryPercent > 15
        ? 'warn'
        : 'bad';

export const androidText = ({ android, apiLevel }: PhoneView): string | undefined =>
  android === undefined ? undefined : apiLevel === undefined ? android : `${android} (API ${apiLevel})`;
