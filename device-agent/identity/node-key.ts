// Node ids: which Ed25519 public keys may name a node, and signatures by them.

import { createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { Point } from '@noble/ed25519';
import { AbhayaError } from '#base';

const ID = /^[0-9a-f]{64}$/;
const CACHE = 8_192;

/**
 * Whether the hex text is a canonical Ed25519 key outside the small-order subgroup. OpenSSL takes small-order
 * keys, under which anybody can "sign": such an id would belong to everyone.
 */
export function isNodeId(id: string): boolean {
  if (!ID.test(id)) return false;
  try {
    return !Point.fromHex(id, false).isSmallOrder();
  } catch {
    return false;
  }
}

/** Throws `identity.invalid`. */
export function parseNodeId(id: string): string {
  if (!isNodeId(id))
    throw new AbhayaError('identity.invalid', 'a node id is a sound Ed25519 public key in lower-case hex');
  return id;
}

export const publicKeyOf = (id: string): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(id, 'hex').toString('base64url') },
    format: 'jwk',
  });

export type Verify = (id: string, message: Uint8Array, signature: Uint8Array) => boolean;

/** A verifier that keeps the parsed keys of the ids it met last. */
export function createVerifier(): Verify {
  const keys = new Map<string, KeyObject | undefined>();
  return (id, message, signature) => {
    let key = keys.get(id);
    if (key === undefined && !keys.has(id)) {
      key = isNodeId(id) ? publicKeyOf(id) : undefined;
      if (keys.size >= CACHE) keys.delete(keys.keys().next().value ?? '');
      keys.set(id, key);
    }
    return key !== undefined && signature.length === 64 && verifySignature(null, message, key, signature);
  };
}
