import { expect, test } from 'vitest';
import { chosenRows, noneChosen } from './chosen-phones.ts';
import type { PhoneRow } from './phone-rows.ts';

const rows = ['C', 'A', 'B'].map((serial) => ({ serial }) as PhoneRow);
const names = (model: typeof noneChosen) => chosenRows(rows, model).map(({ serial }) => serial);

test('chosen are those that are named and shown', () => {
  expect(names(noneChosen)).toEqual([]);
  expect(names({ type: 'include', ids: new Set(['B', 'hidden']) })).toEqual(['B']);
  expect(names({ type: 'exclude', ids: new Set(['B']) })).toEqual(['A', 'C']);
});
