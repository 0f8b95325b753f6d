import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorsDocument } from './errors.mjs';

test('docs/ERRORS.md is what the table of codes says', () => {
  const written = readFileSync(new URL('../../docs/ERRORS.md', import.meta.url), 'utf8');
  expect(written).toBe(errorsDocument());
});
