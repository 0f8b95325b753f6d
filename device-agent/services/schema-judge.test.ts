// Schemas that packages bring: tame ones judge, hostile ones are refused or killed.

import { afterAll, describe, expect, it } from 'vitest';
import { createSchemaJudge } from './schema-judge.ts';
import { assertTameSchema } from './schema-rules.ts';

const hostile = expect.objectContaining({ code: 'package.schema-hostile' });
const nested = (depth: number): object => (depth === 0 ? {} : { items: nested(depth - 1) });

describe('tame schemas', () => {
  it.each<[string, unknown]>([
    ['a remote reference', { $ref: 'https://evil.example/schema' }],
    ['a reference to a file', { $ref: 'file:///etc/passwd' }],
    ['a reference into the data', { $ref: '#/properties/a' }],
    ['an unknown keyword', { $dynamicRef: '#x' }],
    ['an id', { $id: 'https://evil.example/' }],
    ['an inherited word', { constructor: {} }],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['a lookahead, which is not linear', { pattern: '(?=a)b' }],
    ['a back reference', { patternProperties: { '(a)\\1': {} } }],
    ['a pattern that is huge', { pattern: 'a'.repeat(600) }],
    ['a pattern that grows when compiled', { pattern: '((((a{100}){100}){100}){100})' }],
    ['too deep', nested(40)],
    ['too deep in data', { const: Array.from({ length: 50 }).reduce((inner) => [inner], 1) }],
    ['too many parts', { enum: Array.from({ length: 5000 }, (_, i) => i) }],
    ['too large', { description: 'x'.repeat(70_000) }],
    ['no schema', 'true'],
    ['a list for a schema', { properties: [] }],
  ])('refuses %s', (_what, schema) => {
    expect(() => assertTameSchema(schema, 'x')).toThrow(hostile);
  });

  it('takes an ordinary one', () => {
    assertTameSchema(
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { $ref: '#/$defs/b' } },
        required: ['a'],
        additionalProperties: false,
        $defs: { b: { type: 'array', items: { type: 'integer' } } },
      },
      'x',
    );
  });
});

describe('the judge', () => {
  const judge = createSchemaJudge({ deadlineMs: 500 });
  afterAll(() => judge.close());

  it('judges values', async () => {
    const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
    expect(await judge.check(schema, '{"n":1}', 'x')).toBeUndefined();
    expect(await judge.check(schema, '{"n":"1"}', 'x')).toBe('/n must be integer');
    expect(await judge.check(schema, '{n:1}', 'x')).toBe('is not JSON');
  });

  it('is quick with a pattern that blows up a backtracking engine', async () => {
    const schema = { type: 'string', pattern: '^(a+)+$' };
    expect(await judge.check(schema, JSON.stringify(`${'a'.repeat(5000)}!`), 'x')).toMatch(/pattern/);
  });

  it('keeps several patterns apart', async () => {
    const schema = { properties: { a: { pattern: '^x+$' }, b: { pattern: '^y+$' } } };
    expect(await judge.check(schema, '{"a":"xx","b":"yy"}', 'x')).toBeUndefined();
    expect(await judge.check(schema, '{"a":"xx","b":"xx"}', 'x')).toMatch(/^\/b /);
    expect(await judge.check(schema, '{"a":"yy","b":"yy"}', 'x')).toMatch(/^\/a /);
  });

  it('kills what takes too long, and judges on', async () => {
    // uniqueItems over objects compares each with each.
    const list = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ i })));
    await expect(judge.check({ uniqueItems: true }, list, 'x')).rejects.toThrow(hostile);
    expect(await judge.check({ type: 'null' }, 'null', 'x')).toBeUndefined();
  });

  it('survives endless recursion', async () => {
    await expect(judge.check({ allOf: [{ $ref: '#' }] }, '1', 'x')).rejects.toThrow(hostile);
    expect(await judge.check(true, '1', 'x')).toBeUndefined();
  });

  it('answers many callers at once, each its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => judge.check({ const: i }, String(i % 2 ? i : i + 1), 'x')),
    );
    expect(answers.map((answer) => answer === undefined)).toEqual(answers.map((_, i) => i % 2 === 1));
  });

  it('refuses after closing, and closing twice is harmless', async () => {
    const other = createSchemaJudge();
    const waiting = other.check(true, '1', 'x').catch((error: unknown) => error);
    await other.close();
    await other.close();
    expect(await waiting).toMatchObject({ code: 'closed' });
    await expect(other.check(true, '1', 'x')).rejects.toThrow(expect.objectContaining({ code: 'closed' }));
  });
});
