// The soak, short: every runtime, one run of ten hostile. `npm run bench soak` does it with ten thousand.

import { expect, test } from 'vitest';
import { loadToolchain } from '#lab/toolchain';
import { runSoak } from './run-soak.ts';

const RUNS = 300;
const MIB = 1024 ** 2;

test('three hundred mixed runs: every report is right, nothing is left', { timeout: 300_000 }, async () => {
  const result = await runSoak({ toolchain: loadToolchain(), runs: RUNS });
  expect(result).toMatchObject({
    ...{ runs: RUNS, hostile: RUNS / 10, wrong: [], wrongCount: 0, processesLeft: 0 },
    descriptorsLeft: { launcher: 0, supervisor: 0 },
  });
  expect(result.launcher.endBytes - result.launcher.startBytes).toBeLessThan(MIB);
});
