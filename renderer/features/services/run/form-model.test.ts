import { describe, expect, test } from 'vitest';
import type { ManifestView } from '#schemas';
import {
  type FormField,
  fieldProblem,
  fieldsOf,
  fileDoubt,
  fileFieldFor,
  filesOf,
  formProblems,
  parseValue,
  requestOf,
} from './form-model.ts';

type Port = ManifestView['inputs'][number];
const port = (mediaType: string, schema: Port['schema'] = {}, more: Partial<Port> = {}): Port => ({
  name: 'in',
  schema,
  mediaType,
  required: true,
  maxBytes: 1_000,
  ...more,
});
const one = (inputSources: ManifestView['inputSources'], input: Port): FormField => {
  const [field] = fieldsOf({ inputs: [input], inputSources });
  if (!field) throw new Error('no field');
  return field;
};
const picked = (size: number, type = 'image/png') => ({
  source: 'file' as const,
  picked: { handle: 'a'.repeat(32), name: 'a.png', bytes: size, type, file: undefined },
});

describe('fields of a manifest', () => {
  test('sources that suit the media type, in the order of the manifest', () => {
    expect(one(['file', 'value'], port('application/octet-stream')).sources).toEqual(['file', 'value']);
    expect(one(['image', 'camera', 'value'], port('image/*')).sources).toEqual(['image', 'camera']);
    expect(one(['image', 'value'], port('application/json')).sources).toEqual(['value']);
  });
  test('a file can always be given where nothing else can be used', () => {
    expect(one([], port('text/plain')).sources).toEqual(['file']);
    expect(one(['url'], port('text/plain')).sources).toEqual(['url', 'file']);
  });
  test.each([
    ['text/plain', {}, 'text'],
    ['application/json', { type: 'string' }, 'string'],
    ['application/json', { type: 'integer' }, 'number'],
    ['application/json', { type: 'boolean' }, 'boolean'],
    ['application/json', { enum: ['a', 'b'] }, 'choice'],
    ['application/json', { type: 'object' }, 'json'],
    ['application/geo+json', {}, 'json'],
  ])('%s with %j is a %s widget', (mediaType, schema, widget) => {
    expect(one(['value'], port(mediaType, schema)).widget).toBe(widget);
  });
});

describe('values', () => {
  const parse = (schema: Port['schema'], raw: string, mediaType = 'application/json', maxBytes = 1_000) =>
    parseValue(one(['value'], port(mediaType, schema, { maxBytes })), raw);

  test('are read by their widget', () => {
    expect(parse({ type: 'number' }, ' 1,5 ')).toEqual({ ok: true, value: 1.5 });
    expect(parse({ type: 'boolean' }, 'true')).toEqual({ ok: true, value: true });
    expect(parse({ enum: [10, 20] }, '1')).toEqual({ ok: true, value: 20 });
    expect(parse({ type: 'object' }, '{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(parse({}, 'any {text', 'text/plain')).toEqual({ ok: true, value: 'any {text' });
  });
  test('are refused with a sentence', () => {
    expect(parse({ type: 'number' }, '')).toMatchObject({ ok: false });
    expect(parse({ type: 'number' }, 'ten')).toMatchObject({ ok: false });
    expect(parse({ enum: [10] }, '')).toEqual({ ok: false, problem: 'Choose one.' });
    expect(parse({ type: 'object' }, '{')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('no JSON'),
    });
    expect(parse({ type: 'integer', maximum: 3 }, '4')).toEqual({
      ok: false,
      problem: 'The value must be at most 3.',
    });
    expect(parse({}, 'ääää', 'text/plain', 7)).toEqual({
      ok: false,
      problem: 'It has 8 B; at most 7 B are taken.',
    });
  });
});

test('files are judged by size, and doubted by type', () => {
  const field = one(['file'], port('image/*'));
  expect(fieldProblem(field, picked(1_000))).toBeUndefined();
  expect(fieldProblem(field, picked(1_001))).toContain('at most 1.0 kB');
  expect(fileDoubt(field, 'image/jpeg')).toBeUndefined();
  expect(fileDoubt(field, 'text/plain')).toContain('image/*');
  expect(fileDoubt(field, '')).toBeUndefined();
});

test('what is missing is said for each field', () => {
  const fields = fieldsOf({
    inputSources: ['file', 'value'],
    inputs: [port('text/plain', {}, { name: 'a' }), port('text/plain', {}, { name: 'b', required: false })],
  });
  expect(formProblems(fields, {})).toEqual({ a: 'This input is needed.' });
  expect(formProblems(fields, { a: { source: 'value', raw: '' } })).toEqual({});
});

test('the request names uploads and values, and only what was chosen', () => {
  const fields = fieldsOf({
    inputSources: ['file', 'value'],
    inputs: [
      port('image/*', {}, { name: 'picture' }),
      port('application/json', { type: 'integer' }, { name: 'width' }),
    ],
  });
  const values = { picture: picked(10), width: { source: 'value' as const, raw: '64' } };
  expect(filesOf(fields, values).map(({ name, file }) => [name, file.name])).toEqual([['picture', 'a.png']]);
  const service = { packageId: 'org.abhaya.thumbnail', version: '1.0.0', author: 'x.onion' };
  const uploads = new Map([['picture', 'u1']]);
  expect(requestOf(service, fields, values, uploads, { from: '', on: 'VP2', deadlineMs: undefined })).toEqual(
    {
      ...service,
      on: 'VP2',
      inputs: { picture: { upload: 'u1' }, width: { value: 64 } },
    },
  );
});

test('a dropped file goes to the input of its type, else to the first that takes files', () => {
  const fields = fieldsOf({
    inputSources: ['file', 'value'],
    inputs: [port('text/plain', {}, { name: 'caption' }), port('image/*', {}, { name: 'picture' })],
  });
  expect(fileFieldFor(fields, 'image/jpeg')?.name).toBe('picture');
  expect(fileFieldFor(fields, 'audio/wav')?.name).toBe('caption');
  expect(
    fileFieldFor(fieldsOf({ inputSources: ['value'], inputs: [port('text/plain')] }), 'text/plain'),
  ).toBe(undefined);
});
