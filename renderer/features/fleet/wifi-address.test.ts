import { expect, test } from 'vitest';
import { addressProblem } from './wifi-address.ts';

test.each(['192.168.1.20', '192.168.1.20:5555', ' phone.lan:37001 ', '127.0.0.1:1'])(
  '%s can be tried',
  (text) => {
    expect(addressProblem(text)).toBeUndefined();
  },
);

test.each([
  '',
  '192.168.1.20:',
  '192.168.1.20:0',
  '192.168.1.20:65536',
  'a b',
  'http://phone',
  '-s;reboot:1',
])('%s is refused', (text) => {
  expect(addressProblem(text)).toBeTruthy();
});
