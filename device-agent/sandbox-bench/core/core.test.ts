import { describe, expect, test } from 'vitest';
import { memoryFloor } from './memory-floor.ts';
import { createSeriesBook, seriesKey } from './series-book.ts';
import { withSpares } from './with-spares.ts';

describe('the smallest memory', () => {
  test.each([1, 2, 10, 17, 63, 64])('of %i steps is found', async (least) => {
    let asked = 0;
    const passes = async (bytes: number) => {
      asked += 1;
      return bytes >= least * 100;
    };
    expect(await memoryFloor(passes, { step: 100, most: 6_400 })).toBe(least * 100);
    expect(asked).toBeLessThanOrEqual(8);
  });

  test('is unknown where the most is not enough', async () => {
    expect(await memoryFloor(async () => false, { step: 100, most: 6_400 })).toBeUndefined();
    expect(await memoryFloor(async () => true, { step: 100, most: 50 })).toBeUndefined();
  });
});

describe('series', () => {
  test('are kept apart by what, runtime, phase and peer', () => {
    const book = createSeriesBook();
    const cold = { what: 'start', runtime: 'native', phase: 'cold', unit: 'ms' } as const;
    book.add(cold, 1);
    book.add({ ...cold, peer: 'bubblewrap' }, 9);
    book.add({ ...cold, phase: 'warm' }, 2);
    book.add(cold, 3);
    expect(book.list().map(({ values }) => values)).toEqual([[1, 3], [9], [2]]);
    expect(new Set(book.list().map(seriesKey)).size).toBe(3);
  });
});

test('runtimes keep their folders and get as many processes that wait', () => {
  const places = { nodejs: { folder: '/r', spares: 1 }, native: { spares: 3 } };
  expect(withSpares(places, 0, false)).toEqual({ nodejs: { folder: '/r', spares: 0 } });
  expect(withSpares(places, 2, true)).toEqual({
    native: { spares: 2 },
    nodejs: { folder: '/r', spares: 2 },
  });
});
