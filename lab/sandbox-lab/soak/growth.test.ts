import { expect, test } from 'vitest';
import { growthOf } from './growth.ts';

test('growth is that of the second half', () => {
  const warm = [0, 100, 200, 300].map((runs) => [runs, 1_000 + runs * 50] as const);
  const flat = [400, 500, 600, 700].map((runs) => [runs, 16_000] as const);
  expect(growthOf([...warm, ...flat])).toEqual({
    ...{ startBytes: 1_000, endBytes: 16_000, bytesPerThousandRuns: 0 },
  });
  expect(growthOf(warm).bytesPerThousandRuns).toBe(50_000);
});
