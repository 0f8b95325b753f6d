// One door for bytes from outside: a schema becomes a parser that returns typed data or throws a coded error.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Static, TSchema } from 'typebox';
import { AbhayaError, type ErrorCode } from '#base';

// Values are never coerced, defaulted or stripped: what was sent is what is judged.
const ajv = new Ajv2020({
  strict: true,
  allErrors: false,
  coerceTypes: false,
  useDefaults: false,
  removeAdditional: false,
  allowUnionTypes: true,
  // Ours are judged by a test: compiling the meta-schema would cost every process that starts a fifth of a second.
  validateSchema: false,
  meta: false,
  // Most schemas judge a few values in a process's life: polishing their code takes longer than it saves.
  code: { optimize: false },
});
addFormats.default(ajv, ['uri', 'date-time']);
// Byte strings of CBOR messages (ByteString in common.ts); JSON has none, there it is an annotation.
ajv.addKeyword({
  keyword: 'byteLength',
  schemaType: 'object',
  compile:
    ({ min = 0, max }: { min?: number; max: number }) =>
    (data: unknown) =>
      data instanceof Uint8Array && data.length >= min && data.length <= max,
});

export interface Parser<T> {
  (value: unknown): T;
  readonly check: (value: unknown) => value is T;
}

/** A parser for values of the schema. Throws AbhayaError with `code` (default `wire.malformed`) and the place. */
export function parserOf<S extends TSchema>(
  schema: S,
  what: string,
  code: ErrorCode = 'wire.malformed',
): Parser<Static<S>> {
  let compiled: ValidateFunction | undefined;
  const validate = (): ValidateFunction => (compiled ??= ajv.compile(schema));
  const check = (value: unknown): value is Static<S> => validate()(value) === true;
  const parse = (value: unknown): Static<S> => {
    if (check(value)) return value;
    const [first] = validate().errors ?? [];
    const place = first?.instancePath ? ` at ${first.instancePath}` : '';
    throw new AbhayaError(code, `${what} is not valid${place}: ${first?.message ?? 'does not match'}`, {
      details: { what, path: first?.instancePath ?? '', keyword: first?.keyword ?? '' },
    });
  };
  return Object.assign(parse, { check });
}

/** Parses JSON text of at most maxBytes with the schema. */
export function jsonParserOf<S extends TSchema>(
  schema: S,
  what: string,
  options: { maxBytes: number; code?: ErrorCode },
): (text: string | Uint8Array) => Static<S> {
  const parse = parserOf(schema, what, options.code);
  return (text) => {
    const length = typeof text === 'string' ? new TextEncoder().encode(text).length : text.byteLength;
    if (length > options.maxBytes) {
      throw new AbhayaError(
        'wire.too-large',
        `${what} has ${length} bytes; at most ${options.maxBytes} are allowed`,
      );
    }
    let value: unknown;
    try {
      value = JSON.parse(
        typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text),
      );
    } catch (cause) {
      throw new AbhayaError(options.code ?? 'wire.malformed', `${what} is not JSON`, { cause });
    }
    return parse(value);
  };
}
