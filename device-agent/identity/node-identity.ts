// The identity of a node: one Ed25519 key for life. Signs for the mesh, and stands behind its TLS certificate.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { AbhayaError } from '#base';
import { parseNodeId } from './node-key.ts';

export interface NodeIdentity {
  /** Lower-case hex of the public key. */
  readonly nodeId: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  sign(message: Uint8Array): Uint8Array;
}

const SEED_BYTES = 32;
// RFC 8410: an Ed25519 private key in PKCS#8 is this prefix and the seed.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function identityFromKey(privateKey: KeyObject): NodeIdentity {
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new AbhayaError('identity.invalid', 'a node identity is an Ed25519 key');
  const publicKey = createPublicKey(privateKey);
  const { x } = publicKey.export({ format: 'jwk' });
  const nodeId = parseNodeId(Buffer.from(String(x), 'base64url').toString('hex'));
  return { nodeId, publicKey, privateKey, sign: (message) => sign(null, message, privateKey) };
}

export const generateIdentity = (): NodeIdentity =>
  identityFromKey(generateKeyPairSync('ed25519').privateKey);

/** For tests and stored keys: the same 32 bytes give the same node. Throws `identity.invalid`. */
export function identityFromSeed(seed: Uint8Array): NodeIdentity {
  if (seed.length !== SEED_BYTES) throw new AbhayaError('identity.invalid', 'a seed has 32 bytes');
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  return identityFromKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
}

/** The 32 bytes that identityFromSeed takes. A secret. */
export function seedOf(identity: NodeIdentity): Uint8Array {
  const { d } = identity.privateKey.export({ format: 'jwk' });
  return Buffer.from(String(d), 'base64url');
}
