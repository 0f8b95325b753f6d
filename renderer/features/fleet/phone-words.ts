// A phone's state and kind in words and tones, the same on every page.

import type { PhoneKind, PhoneState, PhoneView } from '#schemas';
import type { Tone } from '../../theme/theme.ts';

const states: Record<PhoneState, { readonly tone: Tone; readonly word: string }> = {
  starting: { tone: 'busy', word: 'Starting' },
  unauthorized: { tone: 'warn', word: 'Unauthorized' },
  offline: { tone: 'warn', word: 'Offline' },
  recovery: { tone: 'warn', word: 'Recovery' },
  ready: { tone: 'off', word: 'No agent' },
  deploying: { tone: 'busy', word: 'Pushing agent' },
  running: { tone: 'ok', word: 'Running' },
  unplugged: { tone: 'warn', word: 'Unplugged' },
  failed: { tone: 'bad', word: 'Failed' },
};

export const stateWord = (state: PhoneState): string => states[state].word;
export const stateTone = (state: PhoneState): Tone => states[state].tone;

export const kindWord: Record<PhoneKind, string> = { usb: 'USB', wifi: 'Wi-Fi', virtual: 'Virtual' };

export const thermalTone = (status: number): Tone => (status === 0 ? 'ok' : status <= 2 ? 'warn' : 'bad');
export const batteryTone = (phone: PhoneView): Tone =>
  phone.batteryPercent === undefined
    ? 'off'
    : phone.batteryPercent > 30 || phone.charging
      ? 'ok'
      : phone.batteryPercent > 15
        ? 'warn'
        : 'bad';
