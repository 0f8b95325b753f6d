// Phones that the user connects by address, on an adb server that is the user's: never started or ended by us.

import { AbhayaError, isAbhayaError } from '#base';
import type { AdbServer } from '#lab/adb';

const ADB_PORT = 5037;
/** Where a phone listens after `adb tcpip`, and what adb takes when no port is named. */
const PHONE_PORT = 5555;

/** `host:port`; port 5555 where none is named. */
export function addressOf(text: string): string {
  const address = text.trim();
  return address.includes(':') ? address : `${address}:${PHONE_PORT}`;
}

export const listed = (server: AdbServer, adbSerial: string): boolean =>
  server.devices().some((device) => device.adbSerial === adbSerial);

/** Says what to type when no server answers. */
export async function withServerAdvice<T>(
  server: Pick<AdbServer, 'host' | 'port'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAbhayaError(error, 'adb.server')) throw error;
    const port = server.port === ADB_PORT ? '' : `-P ${server.port} `;
    throw new AbhayaError(
      'adb.server',
      `no adb server answers at ${server.host}:${server.port}; start it with: adb ${port}start-server`,
      { cause: error },
    );
  }
}
