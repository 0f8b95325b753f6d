// kill -9 of launcher, supervisor and agent: no service, no process that waits and no helper runs on. How soon is
// measured by `npm run bench soak`.

import { expect, test } from 'vitest';
import { killAndWatch, victims } from './outlive-tester.ts';

test.each(victims)('nothing outlives the %s', { timeout: 120_000 }, async (victim) => {
  const { below } = await killAndWatch(victim);
  expect(below.length).toBeGreaterThanOrEqual(5);
});
