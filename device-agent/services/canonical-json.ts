// RFC 8785 bytes, and the check that bytes are just that.

import serialize from 'canonicalize';
import { AbhayaError } from '#base';

/** The RFC 8785 bytes of a JSON value. */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = serialize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return new TextEncoder().encode(text);
}

/** Parses bytes that must be the canonical bytes of what they say; else `package.not-canonical`. */
export function parseCanonical(bytes: Uint8Array, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new AbhayaError('package.not-canonical', `${what} is not JSON in UTF-8`, { cause });
  }
  let again: Uint8Array;
  try {
    again = canonicalBytes(value);
  } catch (cause) {
    throw new AbhayaError('package.not-canonical', `${what} has no canonical form`, { cause });
  }
  if (Buffer.compare(again, bytes) !== 0)
    throw new AbhayaError('package.not-canonical', `${what} is not in its RFC 8785 form`);
  return value;
}
