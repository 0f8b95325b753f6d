// Small schema parts that many definitions share.

import { Type } from 'typebox';

/** Ed25519 public key, lower-case hex. */
export const NodeIdText = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** SHA-256, lower-case hex. */
export const HexHash = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** Random 32-byte secret, lower-case hex. */
export const SecretText = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const Millis = Type.Number({ minimum: 0 });
export const Bytes = Type.Integer({ minimum: 0 });
export const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
/** A name that is safe as one path component on every platform. */
export const SafeName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' });

/** A Uint8Array in a CBOR message, of min to max bytes. */
export const ByteString = (max: number, min = 0) => Type.Unsafe<Uint8Array>({ byteLength: { min, max } });
/** A Uint8Array of exactly n bytes. */
export const FixedBytes = (n: number) => ByteString(n, n);
