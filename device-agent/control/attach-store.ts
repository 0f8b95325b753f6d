// Who may attach: secrets that the lab host wrote into run/attach/ over adb, which only the shell user can do.
// A phone's loopback is open to every app on it, so a port alone proves nothing (DESIGN, Trust).

import { timingSafeEqual } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AbhayaError, type Clock } from '#base';
import { AttachFile, jsonParserOf } from '#schemas';

const parseAttachFile = jsonParserOf(AttachFile, 'attach file', { maxBytes: 4096, code: 'auth.refused' });
const AUTHORIZATION = /^Abhaya ([0-9a-f]{16})\.([0-9a-f]{64})$/;

export interface AttachStore {
  /** Checks `Abhaya <attachId>.<secret>` and throws `auth.missing` or `auth.refused`. Returns the attach id. */
  authorize(header: string | undefined): Promise<string>;
  /** Forgets a secret: later requests with it are refused. */
  revoke(attachId: string): void;
}

export function createAttachStore(options: { dir: string; clock: Clock }): AttachStore {
  const secrets = new Map<string, Buffer>();

  /** The file is read once and removed: from then on the secret lives in memory only. */
  async function load(attachId: string): Promise<void> {
    const file = path.join(options.dir, `${attachId}.json`);
    const text = await readFile(file).catch(() => undefined);
    if (!text) return;
    await rm(file, { force: true });
    const { secret, expiresAt } = parseAttachFile(text);
    if (expiresAt > options.clock.now()) secrets.set(attachId, Buffer.from(secret, 'hex'));
  }

  return {
    async authorize(header) {
      if (!header) throw new AbhayaError('auth.missing', 'the agent wants a secret of this attach');
      const [, attachId, secret] = AUTHORIZATION.exec(header) ?? [];
      if (!attachId || !secret) throw new AbhayaError('auth.refused', 'the authorization is malformed');
      if (!secrets.has(attachId)) await load(attachId);
      const known = secrets.get(attachId);
      if (!known || !timingSafeEqual(known, Buffer.from(secret, 'hex'))) {
        throw new AbhayaError('auth.refused', 'the agent does not know this secret');
      }
      return attachId;
    },
    revoke: (attachId) => {
      secrets.delete(attachId);
    },
  };
}

/** Removes secrets that nobody came for. */
export async function clearAttachFiles(dir: string): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) await rm(path.join(dir, name), { force: true });
}
