import { expect, test } from 'vitest';
import { adviceFor, androidText, batteryTone, phoneStates, stateWord } from './phone-words.ts';

test('every state has a word of its own, and advice', () => {
  expect(new Set(phoneStates.map(stateWord)).size).toBe(phoneStates.length);
  for (const state of phoneStates) expect(adviceFor({ kind: 'usb', state })).toMatch(/\.$/);
});

test('a virtual phone is not told to be unlocked by hand', () => {
  expect(adviceFor({ kind: 'usb', state: 'unauthorized' })).toContain('Allow USB debugging');
  expect(adviceFor({ kind: 'virtual', state: 'unauthorized' })).toContain('Allow this computer');
  expect(adviceFor({ kind: 'virtual', state: 'running' })).toBe(adviceFor({ kind: 'usb', state: 'running' }));
});

const phone = { serial: 'A', adbSerial: 'A', kind: 'usb', state: 'running' } as const;

test.each([
  [31, false, 'ok'],
  [20, false, 'warn'],
  [15, false, 'bad'],
  [5, true, 'ok'],
] as const)('a battery of %i %%, charging %s: %s', (batteryPercent, charging, tone) => {
  expect(batteryTone({ ...phone, batteryPercent, charging })).toBe(tone);
});

test('the version of Android, with its API level where that is known', () => {
  expect(androidText(phone)).toBeUndefined();
  expect(androidText({ ...phone, android: '14' })).toBe('14');
  expect(androidText({ ...phone, android: '14', apiLevel: 34 })).toBe('14 (API 34)');
});
