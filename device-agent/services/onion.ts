// Tor v3 onion addresses as identities (rend-spec-v3, [ONIONADDRESS]): base32(pubkey | checksum | version).

import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';
import { base32 } from '@scure/base';
import { AbhayaError } from '#base';

const VERSION = 3;
const PREFIX = new TextEncoder().encode('.onion checksum');

/** The address of a 32-byte Ed25519 public key. Throws `identity.invalid` for a key that must not be one. */
export function formatOnion(publicKey: Uint8Array): string {
  assertUsableKey(publicKey);
  const bytes = new Uint8Array(35);
  bytes.set(publicKey, 0);
  bytes.set(checksumOf(publicKey), 32);
  bytes[34] = VERSION;
  return `${base32.encode(bytes).toLowerCase()}.onion`;
}

/** The 32-byte public key inside an address: exactly one spelling, right checksum, safe key; else `identity.invalid`. */
export function parseOnion(address: string): Uint8Array {
  if (!/^[a-z2-7]{56}\.onion$/.test(address))
    throw invalid('an onion address is 56 base32 letters and .onion');
  const bytes = base32.decode(address.slice(0, 56).toUpperCase());
  if (bytes[34] !== VERSION) throw invalid('the onion address is not of version 3');
  const publicKey = bytes.slice(0, 32);
  const checksum = checksumOf(publicKey);
  if (bytes[32] !== checksum[0] || bytes[33] !== checksum[1]) {
    throw invalid("the onion address's checksum is wrong: is a letter mistyped?");
  }
  assertUsableKey(publicKey);
  return publicKey;
}

function checksumOf(publicKey: Uint8Array): Uint8Array {
  return createHash('sha3-256')
    .update(PREFIX)
    .update(publicKey)
    .update(Uint8Array.of(VERSION))
    .digest()
    .subarray(0, 2);
}

/**
 * Refuses what OpenSSL lets pass: points that are encoded in a second way, and points with a torsion part, for
 * which a signature can be made without the key (the identity point verifies a trivial one).
 */
export function assertUsableKey(publicKey: Uint8Array): void {
  if (publicKey.length !== 32) throw invalid('a public key has 32 bytes');
  let point: Point;
  try {
    point = Point.fromBytes(publicKey, false);
  } catch (cause) {
    throw invalid('the key is not a canonical Ed25519 point', cause);
  }
  if (point.isSmallOrder() || !point.isTorsionFree()) throw invalid('the key has a small-order part');
}

const invalid = (message: string, cause?: unknown): AbhayaError =>
  new AbhayaError('identity.invalid', message, cause === undefined ? {} : { cause });
