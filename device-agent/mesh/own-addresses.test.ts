import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { pickAddresses } from './own-addresses.ts';

const v4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  netmask: '255.255.255.0',
  family: 'IPv4',
  mac: '02:00:00:00:00:00',
  internal,
  cidr: null,
});
const v6 = (address: string): NetworkInterfaceInfo => ({
  ...v4(address),
  family: 'IPv6',
  netmask: 'ffff:ffff:ffff:ffff::',
  scopeid: 0,
});

test('Wi-Fi comes first, IPv4 before IPv6, then Ethernet', () => {
  expect(
    pickAddresses({
      lo: [v4('127.0.0.1', true)],
      eth0: [v4('10.0.0.5')],
      wlan0: [v6('fe80::1'), v6('fd00::7'), v4('192.168.1.20')],
    }),
  ).toEqual(['192.168.1.20', 'fd00::7', '10.0.0.5']);
});

test.each([
  'rmnet_data0',
  'rmnet0',
  'ccmni1',
  'tun0',
  'ppp0',
  'dummy0',
  'v4-rmnet_data0',
  'p2p-wlan0-1',
  'lo',
])('%s opens no door', (name) => {
  expect(pickAddresses({ [name]: [v4('100.64.3.2')] })).toEqual([]);
});
