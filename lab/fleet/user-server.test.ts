import { expect, test } from 'vitest';
import { AbhayaError } from '#base';
import { addressOf, withServerAdvice } from './user-server.ts';

test.each([
  ['192.168.1.20', '192.168.1.20:5555'],
  [' 192.168.1.20:37001 ', '192.168.1.20:37001'],
  ['phone.lan', 'phone.lan:5555'],
])('%s is %s', (text, address) => {
  expect(addressOf(text)).toBe(address);
});

test.each([
  [5037, 'adb start-server'],
  [6000, 'adb -P 6000 start-server'],
])('without a server at port %i: %s', async (port, command) => {
  const refused = () => Promise.reject(new AbhayaError('adb.server', 'connect ECONNREFUSED'));
  await expect(withServerAdvice({ host: '127.0.0.1', port }, refused)).rejects.toMatchObject({
    code: 'adb.server',
    message: expect.stringMatching(new RegExp(`${command}$`)),
  });
});

test('what the phone says is left as it is', async () => {
  const offline = new AbhayaError('device.offline', 'it is asleep');
  await expect(
    withServerAdvice({ host: '127.0.0.1', port: 5037 }, () => Promise.reject(offline)),
  ).rejects.toBe(offline);
});
