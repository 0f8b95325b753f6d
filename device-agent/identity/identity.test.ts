import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Point } from '@noble/ed25519';
import { describe, expect, test } from 'vitest';
import { isAbhayaError, seededRandom } from '#base';
import {
  checkSignedKey,
  createHpkeKeys,
  createTlsIdentity,
  createVerifier,
  generateIdentity,
  identityFromSeed,
  isNodeId,
  loadOrCreateIdentity,
  mayBeNodeId,
  nodeIdOfCertificate,
  seedOf,
} from './index.ts';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (isAbhayaError(error) ? error.code : `bug: ${String(error)}`),
  );

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'abhaya-identity-'));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a node identity', () => {
  test('comes from its seed: RFC 8032, test 1', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const identity = identityFromSeed(seed);
    expect(identity.nodeId).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(Buffer.from(identity.sign(new Uint8Array())).toString('hex')).toMatch(/^e5564300c360ac729086e2cc/);
    expect(Buffer.from(seedOf(identity))).toEqual(seed);
  });

  test.each([
    ['neutral element', `01${'00'.repeat(31)}`],
    ['small order', `${'00'.repeat(32)}`],
    ['small order, 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['not canonical', `ed${'ff'.repeat(30)}7f`],
    ['off the curve', `02${'00'.repeat(31)}`],
    ['upper case', 'D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A'],
    ['short', 'ab'],
  ])('no id: %s', (_, id) => {
    expect(isNodeId(id)).toBe(false);
    expect(createVerifier()(id, new Uint8Array(), new Uint8Array(64))).toBe(false);
  });

  test('is told from a weak key by its text as by the curve', () => {
    const order8 = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', false);
    const weak: string[] = [];
    for (let at = order8; weak.length < 8; at = at.add(order8)) weak.push(at.toHex());
    expect(new Set(weak).size).toBe(8);
    for (let low = 0xed; low <= 0xff; low++)
      for (const high of ['7f', 'ff']) weak.push(low.toString(16) + 'ff'.repeat(30) + high);
    expect(weak.filter(mayBeNodeId)).toEqual([]);
    const random = seededRandom(3);
    for (let round = 0; round < 40; round++) {
      expect(mayBeNodeId(generateIdentity().nodeId)).toBe(true);
      const id = Buffer.from(random.bytes(32)).toString('hex');
      // Half of all texts are no point of the curve: these the fast check leaves to the signature.
      if (isNodeId(id)) expect(mayBeNodeId(id)).toBe(true);
      expect(createVerifier()(id, new Uint8Array(1), random.bytes(64))).toBe(false);
      expect(createVerifier()(id, new Uint8Array(1), new Uint8Array(64))).toBe(false);
    }
  });

  test('shows itself in its certificate', async () => {
    const identity = generateIdentity();
    const { cert } = createTlsIdentity(identity);
    expect(nodeIdOfCertificate(new X509Certificate(cert))).toBe(identity.nodeId);
  });

  test('is made once and kept from other eyes', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'keys', 'node.key');
      const [first, second] = await Promise.all([loadOrCreateIdentity(path), loadOrCreateIdentity(path)]);
      expect(second.nodeId).toBe(first.nodeId);
      expect((await loadOrCreateIdentity(path)).nodeId).toBe(first.nodeId);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await chmod(path, 0o644);
      expect(await codeOf(loadOrCreateIdentity(path))).toBe('identity.invalid');
    }));

  test('a damaged file is refused, not replaced', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'node.key');
      await writeFile(path, 'abhaya-node-key-1 12', { mode: 0o600 });
      expect(await codeOf(loadOrCreateIdentity(path))).toBe('identity.invalid');
      expect(await readFile(path, 'utf8')).toBe('abhaya-node-key-1 12');
    }));

  test('signs its encryption keys, rotates them, and keeps the one before', async () => {
    const identity = identityFromSeed(seededRandom(1).bytes(32));
    const verify = createVerifier();
    const keys = await createHpkeKeys(identity, 1_000);
    const first = keys.current;
    checkSignedKey(identity.nodeId, first.statement, verify);
    const second = await keys.rotate(500);
    expect(second.statement[0]).toBe(1_001);
    expect(keys.find(first.name)).toBe(first);
    await keys.rotate(2_000);
    expect(keys.find(first.name)).toBeUndefined();
    const [epoch, key, signature] = second.statement;
    expect(() => checkSignedKey(identity.nodeId, [epoch + 1, key, signature], verify)).toThrow();
    expect(() => checkSignedKey(generateIdentity().nodeId, second.statement, verify)).toThrow();
  });
});
