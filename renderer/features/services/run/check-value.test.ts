import { expect, test } from 'vitest';
import { valueProblem } from './check-value.ts';

const size = {
  type: 'object',
  required: ['width'],
  additionalProperties: false,
  properties: {
    width: { type: 'integer', minimum: 1, maximum: 4096 },
    fit: { enum: ['cover', 'contain'] },
    tags: { type: 'array', maxItems: 2, items: { type: 'string', minLength: 1 } },
  },
};

test.each([
  [{ width: 100 }, undefined],
  [{ width: 100, fit: 'cover', tags: ['a'] }, undefined],
  [{}, 'The value lacks "width".'],
  [{ width: 0 }, '"width" must be at least 1.'],
  [{ width: 5000 }, '"width" must be at most 4096.'],
  [{ width: 1.5 }, '"width" must be a whole number.'],
  [{ width: '5' }, '"width" must be a whole number.'],
  [{ width: 1, fit: 'fill' }, '"fit" must be "cover" or "contain".'],
  [{ width: 1, tags: ['a', 'b', 'c'] }, '"tags" must have at most 2 items.'],
  [{ width: 1, tags: ['a', ''] }, '"tags", item 2, must not be empty.'],
  [{ width: 1, colour: 1 }, 'The value may not have "colour".'],
  [[], 'The value must be an object.'],
  [null, 'The value must be an object.'],
])('%j: %s', (value, problem) => {
  expect(valueProblem(size, value)).toBe(problem);
});

test('what a form can’t judge is left to the phone', () => {
  expect(
    valueProblem({ pattern: '^(a+)+$', $ref: '#/x' }, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'),
  ).toBeUndefined();
  expect(valueProblem({}, { anything: [1] })).toBeUndefined();
  expect(valueProblem({ type: ['string', 'null'] }, null)).toBeUndefined();
  expect(valueProblem({ type: ['string', 'null'] }, 1)).toBe('The value must be a text or null.');
  expect(valueProblem({ exclusiveMinimum: 0, exclusiveMaximum: 1 }, 1)).toBe(
    'The value must be less than 1.',
  );
  expect(valueProblem({ const: 3 }, 4)).toBe('The value must be 3.');
});

test('a schema that contains itself ends', () => {
  const endless: Record<string, unknown> = { type: 'array' };
  endless.items = endless;
  let value: unknown = [];
  for (let depth = 0; depth < 200; depth += 1) value = [value];
  expect(valueProblem(endless, value)).toBeUndefined();
});
