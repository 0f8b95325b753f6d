import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import * as schemas from './index.ts';

/** What was exported and looks like a schema of TypeBox's. */
const exported = Object.entries(schemas).filter(
  ([, value]) => typeof value === 'object' && value !== null && ('~kind' in value || '$id' in value),
);

describe('the schemas', () => {
  // The validator doesn't do this at run time: compiling the meta-schema would cost each process that starts.
  test('are JSON Schema, all of them', () => {
    const ajv = new Ajv2020({ strict: false });
    expect(exported.length).toBeGreaterThan(60);
    const wrong = exported.filter(([, schema]) => ajv.validateSchema(schema as object) !== true);
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  test('are compiled strictly: an unknown keyword is a bug, not a wish', () => {
    const parse = schemas.parserOf({ type: 'string', maxLenght: 3 } as never, 'text');
    expect(() => parse('long')).toThrow(/strict mode/);
  });
});
