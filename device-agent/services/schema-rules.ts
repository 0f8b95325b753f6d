// Which JSON Schemas a package may bring: a closed list of keywords, small, shallow, no outside references, and
// patterns that a linear-time engine knows. Pure; compiling and running them is schema-judge.ts's.

import { RE2JS } from 're2js';
import { AbhayaError } from '#base';

export const schemaLimits = { bytes: 64 * 1024, depth: 32, nodes: 4_000, patternBytes: 512 } as const;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** What stands under a keyword: plain data, one schema, a list of schemas, or schemas by name. */
type Under = 'data' | 'schema' | 'schemas' | 'named';

const keywords: Readonly<Record<string, Under>> = {
  $schema: 'data',
  $comment: 'data',
  $defs: 'named',
  $ref: 'data',
  title: 'data',
  description: 'data',
  default: 'data',
  examples: 'data',
  deprecated: 'data',
  readOnly: 'data',
  writeOnly: 'data',
  type: 'data',
  enum: 'data',
  const: 'data',
  multipleOf: 'data',
  minimum: 'data',
  maximum: 'data',
  exclusiveMinimum: 'data',
  exclusiveMaximum: 'data',
  minLength: 'data',
  maxLength: 'data',
  pattern: 'data',
  format: 'data',
  contentMediaType: 'data',
  contentEncoding: 'data',
  minItems: 'data',
  maxItems: 'data',
  uniqueItems: 'data',
  minContains: 'data',
  maxContains: 'data',
  minProperties: 'data',
  maxProperties: 'data',
  required: 'data',
  dependentRequired: 'data',
  items: 'schema',
  contains: 'schema',
  additionalProperties: 'schema',
  propertyNames: 'schema',
  not: 'schema',
  if: 'schema',
  // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
  then: 'schema',
  else: 'schema',
  prefixItems: 'schemas',
  allOf: 'schemas',
  anyOf: 'schemas',
  oneOf: 'schemas',
  properties: 'named',
  patternProperties: 'named',
  dependentSchemas: 'named',
};

/** Throws `package.schema-hostile` for a schema that may not come in a package. */
export function assertTameSchema(schema: unknown, what: string): void {
  const refuse = (why: string, cause?: unknown) =>
    new AbhayaError(
      'package.schema-hostile',
      `the schema of ${what} is refused: ${why}`,
      cause === undefined ? {} : { cause },
    );
  const bytes = Buffer.byteLength(JSON.stringify(schema) ?? '');
  if (bytes > schemaLimits.bytes) throw refuse(`it has ${bytes} bytes, at most ${schemaLimits.bytes}`);
  let nodes = 0;

  const visit = (node: unknown, depth: number): void => {
    nodes += 1;
    if (nodes > schemaLimits.nodes) throw refuse(`it has more than ${schemaLimits.nodes} parts`);
    if (depth > schemaLimits.depth) throw refuse(`it is deeper than ${schemaLimits.depth} levels`);
    if (typeof node === 'boolean') return;
    if (!isRecord(node)) throw refuse('a schema is an object or a boolean');
    for (const [keyword, value] of Object.entries(node)) visitKeyword(keyword, value, depth);
  };

  const visitKeyword = (keyword: string, value: unknown, depth: number): void => {
    const under = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
    if (under === undefined) throw refuse(`the keyword ${JSON.stringify(keyword)} is not allowed`);
    if (
      keyword === '$ref' &&
      !(typeof value === 'string' && /^#(?:\/\$defs\/[A-Za-z0-9_-]{1,64})?$/.test(value))
    )
      throw refuse('$ref may only point to its own $defs');
    if (keyword === '$schema' && value !== DIALECT) throw refuse('only JSON Schema 2020-12 is known');
    if (keyword === 'pattern') assertPattern(value);
    if (keyword === 'patternProperties' && isRecord(value)) Object.keys(value).forEach(assertPattern);
    if (under === 'data') assertShallow(value, depth);
    else if (under === 'schema') visit(value, depth + 1);
    else if (under === 'schemas') {
      if (!Array.isArray(value)) throw refuse(`${keyword} is a list`);
      for (const item of value) visit(item, depth + 1);
    } else {
      if (!isRecord(value)) throw refuse(`${keyword} is an object`);
      for (const item of Object.values(value)) visit(item, depth + 1);
    }
  };

  const assertShallow = (value: unknown, depth: number): void => {
    nodes += 1;
    if (nodes > schemaLimits.nodes) throw refuse(`it has more than ${schemaLimits.nodes} parts`);
    if (depth > schemaLimits.depth) throw refuse(`it is deeper than ${schemaLimits.depth} levels`);
    if (typeof value !== 'object' || value === null) return;
    for (const item of Object.values(value)) assertShallow(item, depth + 1);
  };

  const assertPattern = (pattern: unknown): void => {
    if (typeof pattern !== 'string' || pattern.length > schemaLimits.patternBytes)
      throw refuse(`a pattern is text of at most ${schemaLimits.patternBytes} characters`);
    try {
      RE2JS.compile(pattern);
    } catch (cause) {
      throw refuse(`the linear-time engine doesn't know the pattern ${JSON.stringify(pattern)}`, cause);
    }
  };

  visit(schema, 0);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
