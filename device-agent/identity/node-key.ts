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

/** The five y of the eight small-order points, in the key's byte order without its sign bit. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  `${'00'.repeat(32)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);
/** y of 2^255 - 19 and above: another name for a smaller one. */
const NOT_CANONICAL = /^(?:e[def]|f[0-9a-f])(?:ff){30}[7f]f$/;

/**
 * Whether isNodeId may hold, told from the text alone, in a hundredth of the time. What it lets pass beside sound
 * keys is no point of the curve: no signature holds under that.
 */
export function mayBeNodeId(id: string): boolean {
  if (!ID.test(id) || NOT_CANONICAL.test(id)) return false;
  const sign = Number.parseInt(id.slice(62), 16) & 0x7f;
  return !SMALL_ORDER_Y.has(id.slice(0, 62) + sign.toString(16).padStart(2, '0'));
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

/** A verifier that keeps the parsed keys of the ids it met last. Nothing holds under an id that is no node id. */
export function createVerifier(): Verify {
  const keys = new Map<string, KeyObject | undefined>();
  return (id, message, signature) => {
    let key = keys.get(id);
    if (key === undefined && !keys.has(id)) {
      key = mayBeNodeId(id) ? publicKeyOf(id) : undefined;
      if (keys.size >= CACHE) keys.delete(keys.keys().next().value ?? '');
      keys.set(id, key);
    }
    return key !== undefined && signature.length === 64 && verifySignature(null, message, key, signature);
  };
}
