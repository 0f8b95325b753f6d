// Ports for programs that must be told theirs.

import { createServer } from 'node:net';
import { AbhayaError, type Random } from '#base';

const LOWEST = 15_000;
const HIGHEST = 29_999;
const ATTEMPTS = 50;

/**
 * A free port below the range from which the kernel takes clients' ports. In that range any connection that is made
 * meanwhile may get it; and a client that dials a dead server can be given the very port that it dials, is then connected
 * to itself, and keeps the server from coming back. Throws `adb.server`.
 */
export async function freePort(random: Random): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(random.float() * (HIGHEST - LOWEST + 1));
    if (await isFree(port)) return port;
  }
  throw new AbhayaError('adb.server', 'no free port for adb');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
