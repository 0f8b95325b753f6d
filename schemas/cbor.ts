// Deterministic CBOR (RFC 8949, section 4.2) through cborg: one encoding per value, and only that one is read.

import { decode, decodeFirst, encode, rfc8949EncodeOptions } from 'cborg';
import { AbhayaError } from '#base';

const strict = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;

/** Throws a bug (plain Error) for values that CBOR can't carry: senders only encode their own data. */
export const encodeCbor = (value: unknown): Uint8Array => encode(value, rfc8949EncodeOptions);

function read<T>(bytes: Uint8Array, maxBytes: number, decodeIt: () => T): T {
  if (bytes.length > maxBytes) {
    throw new AbhayaError(
      'wire.too-large',
      `a message of ${bytes.length} bytes; at most ${maxBytes} are allowed`,
    );
  }
  try {
    return decodeIt();
  } catch (cause) {
    throw new AbhayaError('wire.malformed', 'not deterministic CBOR', { cause });
  }
}

/**
 * The value of bytes that are exactly one deterministic CBOR item. Throws `wire.too-large`, `wire.malformed`.
 * Map order and float width, which cborg doesn't judge, are judged by encoding the value again.
 */
export function decodeCbor(bytes: Uint8Array, maxBytes: number): unknown {
  const value: unknown = read(bytes, maxBytes, () => decode(bytes, strict));
  const again = encodeCbor(value);
  if (again.length !== bytes.length || !again.every((byte, at) => byte === bytes[at])) {
    throw new AbhayaError('wire.malformed', 'CBOR in another than its deterministic form');
  }
  return value;
}

/**
 * The first item of bytes and what follows it, as a view. For packed headers, whose fields have one form each
 * (fixed arrays of integers and byte strings), so that no second encoding is needed to judge them.
 */
export function decodeCborHead(bytes: Uint8Array, maxBytes: number): [unknown, Uint8Array] {
  return read(bytes, maxBytes, () => decodeFirst(bytes, strict));
}
