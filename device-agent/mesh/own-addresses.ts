// The addresses under which other phones could reach this one. Wi-Fi and Ethernet only: a name that isn't known, mobile
// data or a tunnel among them, leads to networks that nobody meant to open a door to.

import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** Best first: Wi-Fi, a hotspot of the phone's own, Ethernet. */
const LOCAL_NETWORKS = [/^s?wlan\d+$/, /^wl[pxo]\w+$/, /^(?:soft)?ap\d+$/, /^eth\d+$/, /^en[opsx]\w+$/];

export function pickAddresses(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  return LOCAL_NETWORKS.flatMap((pattern) =>
    Object.keys(interfaces)
      .filter((name) => pattern.test(name))
      .sort()
      .flatMap((name) => interfaces[name] ?? [])
      // A link-local IPv6 address means nothing without the name of an interface of the one who dials.
      .filter(
        ({ internal, family, address }) => !internal && !(family === 'IPv6' && /^fe[89ab]/i.test(address)),
      )
      .sort((a, b) => a.family.localeCompare(b.family))
      .map(({ address }) => address),
  );
}

/** None where the platform refuses to tell. */
export function ownAddresses(): string[] {
  try {
    return pickAddresses(networkInterfaces());
  } catch {
    return [];
  }
}
