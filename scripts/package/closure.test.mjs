import { expect, test } from 'vitest';
import { closureOf } from './closure.mjs';

const packages = {
  '': { dependencies: { a: '1' } },
  'node_modules/a': { dependencies: { b: '1', c: '1' } },
  'node_modules/b': { dependencies: { c: '2' }, optionalDependencies: { d: '1', gone: '1' } },
  'node_modules/b/node_modules/c': { dependencies: { a: '1' } },
  'node_modules/c': {},
  'node_modules/d': {},
  'node_modules/e': {},
  'node_modules/@s/p': { dependencies: { e: '1' } },
};

test('what a package needs, nested versions where they lie, circles and missing ones passed', () => {
  expect(closureOf(packages, ['a'])).toEqual([
    'node_modules/a',
    'node_modules/b',
    'node_modules/b/node_modules/c',
    'node_modules/c',
    'node_modules/d',
  ]);
});

test('scoped packages', () => {
  expect(closureOf(packages, ['@s/p'])).toEqual(['node_modules/@s/p', 'node_modules/e']);
});
