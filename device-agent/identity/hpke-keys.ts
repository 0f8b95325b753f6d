// The X25519 keys that others seal messages to: signed by the identity, replaced from time to time.

import { createHash, type webcrypto } from 'node:crypto';
import { AbhayaError } from '#base';
import { type CipherSuite, createSuite } from './hpke-suite.ts';
import type { NodeIdentity } from './node-identity.ts';
import type { Verify } from './node-key.ts';

/** [epoch: ms of the node's clock as the key was made, X25519 public key, signature by the identity] */
export type SignedKey = [number, Uint8Array, Uint8Array];

export interface HpkeKey {
  readonly statement: SignedKey;
  /** First 8 bytes of SHA-256 over the public key, hex. */
  readonly name: string;
  readonly pair: webcrypto.CryptoKeyPair;
}

export interface HpkeKeys {
  readonly current: HpkeKey;
  /** The current key or one that it replaced, by name; undefined when too old or never ours. */
  find(name: string): HpkeKey | undefined;
  /** Makes a new current key; the one before stays readable until the next rotation. */
  rotate(epoch: number): Promise<HpkeKey>;
}

const domain = Buffer.from('abhaya-mesh.1 x25519 key\0');
const KEPT = 2;

export const hpkeKeyName = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

function toSign(nodeId: string, epoch: number, publicKey: Uint8Array): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(epoch));
  return Buffer.concat([domain, Buffer.from(nodeId, 'hex'), number, publicKey]);
}

/** Throws `wire.forged` for a key that this node never signed, or that no Diffie-Hellman may use. */
export function checkSignedKey(
  nodeId: string,
  [epoch, publicKey, signature]: SignedKey,
  verify: Verify,
): void {
  if (!verify(nodeId, toSign(nodeId, epoch, publicKey), signature))
    throw new AbhayaError('wire.forged', 'an encryption key that its node did not sign');
}

export async function createHpkeKeys(
  identity: NodeIdentity,
  epoch: number,
  suite: CipherSuite = createSuite(),
): Promise<HpkeKeys> {
  const make = async (at: number): Promise<HpkeKey> => {
    const pair = await suite.kem.generateKeyPair();
    const publicKey = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
    const signature = identity.sign(toSign(identity.nodeId, at, publicKey));
    return { statement: [at, publicKey, signature], name: hpkeKeyName(publicKey), pair };
  };
  let kept = [await make(epoch)];
  return {
    get current() {
      return kept[0] as HpkeKey;
    },
    find: (name) => kept.find((key) => key.name === name),
    async rotate(at) {
      const key = await make(Math.max(at, (kept[0] as HpkeKey).statement[0] + 1));
      kept = [key, ...kept].slice(0, KEPT);
      return key;
    },
  };
}
