// Authors' keys: a normal seed signs through node:crypto; an expanded key of a Tor hidden service has no seed, so
// it signs with noble's curve (RFC 8032, section 5.1.6, from step 2 on).

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { etc, Point } from '@noble/ed25519';
import { AbhayaError } from '#base';
import { formatOnion, parseOnion } from './onion.ts';

/** Holds a private key for as long as it lives; never shows it. */
export interface Signer {
  readonly address: string;
  readonly publicKey: Uint8Array;
  /** 64-byte Ed25519 signature. */
  sign(message: Uint8Array): Uint8Array;
}

const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410, section 7
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410, section 4

/** A signer for a 32-byte RFC 8032 seed. */
export function signerFromSeed(seed: Uint8Array): Signer {
  if (seed.length !== 32) throw new AbhayaError('identity.invalid', 'a seed has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = Uint8Array.from(
    createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEADER.length),
  );
  return {
    address: formatOnion(publicKey),
    publicKey,
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  };
}

const TOR_HEADER = Buffer.from('== ed25519v1-secret: type0 ==\0\0\0', 'latin1');

/** A signer for the bytes of Tor's `hs_ed25519_secret_key` file (32-byte header, 64-byte expanded key). */
export function signerFromTorFile(bytes: Uint8Array): Signer {
  if (bytes.length !== 96 || !TOR_HEADER.equals(bytes.subarray(0, 32)))
    throw new AbhayaError('identity.invalid', 'this is not an hs_ed25519_secret_key file of a v3 service');
  return signerFromExpanded(bytes.subarray(32));
}

/** A signer for a 64-byte expanded key: scalar, then the prefix of the nonce hash. */
export function signerFromExpanded(expanded: Uint8Array): Signer {
  if (expanded.length !== 64) throw new AbhayaError('identity.invalid', 'an expanded key has 64 bytes');
  const scalar = littleEndian(expanded.subarray(0, 32));
  if (scalar === 0n) throw new AbhayaError('identity.invalid', 'the expanded key is empty');
  const prefix = Uint8Array.from(expanded.subarray(32));
  const publicKey = Uint8Array.from(Point.BASE.multiply(scalar).toBytes());
  return {
    address: formatOnion(publicKey),
    publicKey,
    sign(message) {
      const nonce = littleEndian(sha512(prefix, message));
      const commitment = Point.BASE.multiply(nonce).toBytes();
      const challenge = littleEndian(sha512(commitment, publicKey, message));
      const answer = etc.mod(nonce + challenge * scalar, order());
      return Uint8Array.from([...commitment, ...bytesOf(answer)]);
    },
  };
}

/** Whether the signature is the address's key over the message. Throws `identity.invalid` for a bad address. */
export function verifyByAddress(address: string, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verify(null, message, publicKeyObject(parseOnion(address)), signature);
}

const publicKeyObject = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_HEADER, publicKey]), format: 'der', type: 'spki' });

const order = (): bigint => Point.CURVE().n;
const littleEndian = (bytes: Uint8Array): bigint =>
  etc.mod(BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`), order());
const bytesOf = (scalar: bigint): Uint8Array =>
  Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
