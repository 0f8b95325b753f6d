// Lines of the server's list. These are synthetic: recorded ones are in adb-replies.it.test.ts.

import { expect, test } from 'vitest';
import { deviceOf } from './device-tracker.ts';

test.each([
  ['SYNTHETIC01', 'device', 'device', 'usb'],
  ['SYNTHETIC01', 'sideload', 'recovery', 'usb'],
  ['SYNTHETIC01', 'bootloader', 'offline', 'usb'],
  ['SYNTHETIC01', 'no permissions (user in plugdev group; are your udev rules wrong?)', 'offline', 'usb'],
  ['emulator-5554', 'device', 'device', 'usb'],
  ['[fe80::1]:5555', 'connecting', 'offline', 'wifi'],
  ['adb-SYNTHETIC01-abcdef._adb-tls-connect._tcp', 'device', 'device', 'wifi'],
  ['a serial with spaces', 'authorizing', 'offline', 'usb'],
])('%s\t%s', (adbSerial, type, state, kind) => {
  expect(deviceOf(adbSerial, type)).toEqual({ adbSerial, state, kind });
});
