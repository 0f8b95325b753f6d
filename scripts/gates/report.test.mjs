// The summary must not call silence a success, and the counts are those that the runners wrote.

import { describe, expect, it } from 'vitest';
import { report } from './report.mjs';
import { surefireCounts, tapCounts, vitestCounts } from './runners.mjs';

const print = (results) => {
  let text = '';
  const code = report(results, { write: (part) => (text += part) });
  return { code, last: text.trimEnd().split('\n').at(-1), text };
};
const result = (extra) => ({ name: 'x', passed: 1, failed: 0, seconds: 0, ...extra });

describe('the summary', () => {
  it('adds up, and ends with one plain line', () => {
    expect(print([result({ passed: 3 }), result({ passed: 4 })])).toMatchObject({
      code: 0,
      last: '7 passed, 0 failed',
    });
    expect(print([result({ passed: 3 }), result({ failed: 2 })])).toMatchObject({
      code: 1,
      last: '4 passed, 2 failed',
    });
  });

  it('fails for a runner that executed nothing', () => {
    expect(print([result(), result({ passed: 0 })])).toMatchObject({ code: 1, last: '1 passed, 1 failed' });
    expect(print([]).code).toBe(1);
  });

  it('fails for what was skipped', () => {
    expect(print([result({ skipped: 2 })])).toMatchObject({ code: 1, last: '1 passed, 2 failed' });
  });
});

describe('counts', () => {
  const test = (status) => ({ status });
  const base = {
    numPassedTests: 2,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    success: true,
    testResults: [],
  };

  it('of Vitest', () => {
    expect(vitestCounts(base)).toMatchObject({ passed: 2, failed: 0, skipped: 0 });
    expect(vitestCounts({ ...base, numPendingTests: 1, numTodoTests: 1 })).toMatchObject({ skipped: 2 });
    const unloadable = { status: 'failed', assertionResults: [] };
    const failing = { status: 'failed', assertionResults: [test('failed')] };
    expect(vitestCounts({ ...base, success: false, testResults: [unloadable] })).toMatchObject({ failed: 1 });
    expect(
      vitestCounts({ ...base, success: false, numFailedTests: 1, testResults: [failing] }),
    ).toMatchObject({ failed: 1 });
    expect(vitestCounts({ ...base, success: false })).toMatchObject({ failed: 1 });
  });

  it('of surefire', () => {
    const suite = (attributes) =>
      `<?xml version="1.0"?>\n<testsuite xmlns:xsi="x" name="a.B" time="1.2" ${attributes}>\n</testsuite>`;
    expect(
      surefireCounts([
        suite('tests="5" errors="1" skipped="1" failures="1"'),
        suite('tests="2" errors="0" skipped="0" failures="0"'),
      ]),
    ).toEqual({
      passed: 4,
      failed: 2,
      skipped: 1,
    });
    expect(surefireCounts([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
    expect(() => surefireCounts(['<html>'])).toThrow();
  });

  it('of TAP', () => {
    expect(tapCounts('1..3\nok 1 - a\nnot ok 2 - b\nok 3 # SKIP no\n# 2 passed, 1 failed\n')).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
    });
    expect(tapCounts('frames: 12 checks passed, 1 failed\n')).toEqual({ passed: 12, failed: 1, skipped: 0 });
    expect(tapCounts('make: Nothing to be done.\n')).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});
