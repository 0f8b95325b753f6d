// Who may use the phone: adb's RSA challenge. The 20-byte token is itself the SHA-1 digest that the host signs.
// Source: AOSP packages/modules/adb/protocol.txt "AUTH"; key format: crypto/include/crypto/rsa_2048_key.h.

import {
  constants,
  createHash,
  createPublicKey,
  type KeyObject,
  publicDecrypt,
  timingSafeEqual,
} from 'node:crypto';
import { AbhayaError } from '#base';
import { type HostKey, TOKEN_BYTES } from '../core/index.ts';

const MODULUS_BYTES = 256;
const KEY_STRUCT_BYTES = 4 + 4 + MODULUS_BYTES + MODULUS_BYTES + 4;
const SHA1_DIGEST_INFO = Buffer.from('3021300906052b0e03021a05000414', 'hex');

/** Reads one line of adbkey.pub, or the payload of AUTH type 3. Throws `wire.malformed`. */
export function parseHostKey(line: string): HostKey {
  const [encoded = '', ...comment] = line.replace(/\0.*$/s, '').trim().split(' ');
  if (!/^[A-Za-z0-9+/]{1,1000}={0,2}$/.test(encoded)) throw malformed('not base64');
  const struct = Buffer.from(encoded, 'base64');
  if (struct.length !== KEY_STRUCT_BYTES) throw malformed(`${struct.length} bytes, not ${KEY_STRUCT_BYTES}`);
  if (struct.readUInt32LE(0) !== MODULUS_BYTES / 4) throw malformed('not a 2048-bit key');
  const modulus = Buffer.from(struct.subarray(8, 8 + MODULUS_BYTES)).reverse();
  const exponent = struct.readUInt32LE(KEY_STRUCT_BYTES - 4);
  if ((modulus[0] ?? 0) < 0x80 || ((modulus.at(-1) ?? 0) & 1) === 0) throw malformed('impossible modulus');
  if (exponent !== 3 && exponent !== 65_537) throw malformed(`exponent ${exponent}`);
  const e = Buffer.alloc(4);
  e.writeUInt32BE(exponent);
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'RSA', n: modulus.toString('base64url'), e: trimZeros(e).toString('base64url') },
  });
  return hostKey(key, createHash('sha256').update(struct).digest('hex'), comment.join(' ').slice(0, 256));
}

export const hostKey = (key: KeyObject, fingerprint: string, comment: string): HostKey => ({
  fingerprint,
  comment,
  verify: (token, signature) => verifyToken(key, token, signature),
});

function verifyToken(key: KeyObject, token: Uint8Array, signature: Uint8Array): boolean {
  if (token.length !== TOKEN_BYTES || signature.length !== MODULUS_BYTES) return false;
  try {
    const signed = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    const expected = Buffer.concat([SHA1_DIGEST_INFO, token]);
    return signed.length === expected.length && timingSafeEqual(signed, expected);
  } catch {
    return false;
  }
}

function trimZeros(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  return bytes.subarray(start);
}

const malformed = (why: string): AbhayaError => new AbhayaError('wire.malformed', `adb public key: ${why}`);
