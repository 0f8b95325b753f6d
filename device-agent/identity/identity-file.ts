// Keeps a node's identity in one file that only its owner can read. Made once; never replaced by itself.

import { link, lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AbhayaError, type Random, systemRandom } from '#base';
import { generateIdentity, identityFromSeed, type NodeIdentity, seedOf } from './node-identity.ts';

const TEXT = /^abhaya-node-key-1 ([0-9a-f]{64})\n$/;

/**
 * The identity in `path`, created with mode 0600 where there is none. A file that others can read, or that is
 * damaged, is refused with `identity.invalid`: a new identity instead would silently be another node.
 */
export async function loadOrCreateIdentity(
  path: string,
  options: { random?: Random } = {},
): Promise<NodeIdentity> {
  const existing = await read(path);
  if (existing) return existing;
  const identity = generateIdentity();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written beside and linked into place: a crash leaves no half key, and of two starters one wins.
  const suffix = Buffer.from((options.random ?? systemRandom).bytes(8)).toString('hex');
  const temporary = `${path}.${suffix}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`abhaya-node-key-1 ${Buffer.from(seedOf(identity)).toString('hex')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(temporary, path);
      return identity;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  } finally {
    await rm(temporary, { force: true });
  }
  const winner = await read(path);
  if (!winner) throw new AbhayaError('identity.invalid', `${path} vanished while it was read`);
  return winner;
}

async function read(path: string): Promise<NodeIdentity | undefined> {
  try {
    const info = await lstat(path);
    if (!info.isFile()) throw new AbhayaError('identity.invalid', `${path} is not a plain file`);
    if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
      throw new AbhayaError('identity.invalid', `${path} can be read by others; its mode must be 0600`);
    }
    const [, seed] = TEXT.exec(await readFile(path, 'utf8')) ?? [];
    if (seed === undefined) throw new AbhayaError('identity.invalid', `${path} holds no node key`);
    return identityFromSeed(Buffer.from(seed, 'hex'));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
