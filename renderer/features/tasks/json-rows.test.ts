import { expect, test } from 'vitest';
import { branchesOf, sizeWord, tableOf } from './json-rows.ts';

test('a list of alike objects is a table', () => {
  expect(
    tableOf([
      { word: 'a', count: 2 },
      { count: 1, word: 'b' },
    ]),
  ).toEqual({
    columns: ['word', 'count'],
    rows: [
      ['a', 2],
      ['b', 1],
    ],
  });
});

test.each([
  ['one object', [{ a: 1 }]],
  ['other fields', [{ a: 1 }, { b: 1 }]],
  ['more fields', [{ a: 1 }, { a: 1, b: 2 }]],
  ['something inside', [{ a: 1 }, { a: [1] }]],
  ['no objects', [1, 2]],
  ['no list', { a: 1 }],
  ['empty objects', [{}, {}]],
])('%s: no table', (_name, value) => {
  expect(tableOf(value)).toBeUndefined();
});

test('branches are named by field or place', () => {
  expect(branchesOf({ a: 1 })).toEqual([['a', 1]]);
  expect(branchesOf(['x'])).toEqual([['0', 'x']]);
  expect(branchesOf('text')).toEqual([]);
  expect([sizeWord([1, 2]), sizeWord({ a: 1 })]).toEqual(['[ 2 ]', '{ 1 }']);
});
