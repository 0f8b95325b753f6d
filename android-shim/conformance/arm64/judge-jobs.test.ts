// What a guest says, or doesn't: silence, half a report and a program that died must not look like success.

import { expect, test } from 'vitest';
import type { JobEnd } from '#lab/arm64-machine';
import { judgeAttacks, judgeTap } from './judge-jobs.ts';

const end = (lines: readonly string[], more: Partial<JobEnd> = {}): JobEnd => ({
  ...{ lines, code: 0, signal: null, words: '', ms: 1_000 },
  ...more,
});
const attack = (name: string, problem?: string) => ({
  ...{
    name,
    control: 'ok',
    outcome: 'denied',
    reported: problem === undefined,
    ms: 5,
    reason: 'syscall-denied',
  },
  ...(problem !== undefined && { problem }),
});
const report = (...attacks: object[]): string =>
  JSON.stringify({
    ...{
      runtime: 'native',
      arch: 'aarch64',
      kernel: '6.1',
      attacks,
      escapes: 0,
      unreported: 0,
      failedControls: 0,
    },
  });
const progress = JSON.stringify({
  progress: { runtime: 'native', name: 'open-file', done: 1, of: 2, ms: 5 },
});
const problems = (judged: ReturnType<typeof judgeAttacks>) => judged.rows.map(({ problem }) => problem);

test('attacks: each is a row; progress is none', () => {
  const judged = judgeAttacks('native', end([progress, report(attack('open-file'), attack('connect'))]));
  expect(judged.rows).toEqual([{ name: 'native: open-file' }, { name: 'native: connect' }]);
  expect(judged.summary).toContain('2 attacks, 0 escapes, 0 unreported, 0 failed controls');
  const wrong = judgeAttacks(
    'native',
    end([report(attack('open-file', 'the call was "read"'))], { code: 1 }),
  );
  expect(problems(wrong)).toEqual(['the call was "read"']);
});

test.each<[string, JobEnd, RegExp]>([
  ['nothing said', end([]), /^0 reports/],
  ['only progress', end([progress], { code: 1, words: 'no memory' }), /^0 reports.*no memory/],
  ['two reports', end([report(attack('a')), report(attack('a'))]), /^2 reports/],
  ['a report of nothing', end([report()]), /ended with 0/],
  ['a bad end without a reason', end([report(attack('a'))], { code: null, signal: 'SIGKILL' }), /SIGKILL/],
  [
    'a runtime that is not offered',
    end([JSON.stringify({ runtime: 'jvm', error: { code: 'sandbox.unavailable', message: 'not offered' } })]),
    /^not offered$/,
  ],
])('attacks: %s is a failure', (_what, ending, said) => {
  const judged = judgeAttacks('native', ending);
  expect(judged.rows).toHaveLength(1);
  expect(problems(judged)[0]).toMatch(said);
});

test('attacks: a line that is none is refused', () => {
  expect(() => judgeAttacks('native', end(['{"attacks":[]}']))).toThrow();
});

test('unit tests: TAP, of one program after the other', () => {
  const judged = judgeTap(
    'unit',
    end(['ok 1 - a', '1..1', '# 1 passed, 0 failed', 'ok 1 - b', 'not ok 2 - c']),
  );
  expect(problems(judged)).toEqual([undefined, undefined, 'not ok']);
});

test.each<[string, JobEnd]>([
  ['nothing said', end(['1..0'])],
  ['a shell that can not be started', end(['ok 1 - a'], { code: 127 })],
])('unit tests: %s is a failure', (_what, ending) => {
  expect(problems(judgeTap('unit', ending))).toHaveLength(1);
  expect(problems(judgeTap('unit', ending))[0]).toBeDefined();
});

test('unit tests: a skipped one is a failure', () => {
  expect(problems(judgeTap('unit', end(['ok 1 - a # SKIP no'])))).toEqual(['it was skipped']);
});
