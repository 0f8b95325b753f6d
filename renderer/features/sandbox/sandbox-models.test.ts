import { describe, expect, test } from 'vitest';
import type { SandboxDifference, SandboxOffer, SandboxRunView, SandboxStartRow } from '#schemas';
import { comparisonSentence, shownDifferences, subjectOf } from './compare-model.ts';
import { nextAt } from './list-keys.ts';
import { attackSentence, figureText, offerOf, percentDone } from './sandbox-words.ts';
import { shownRun } from './shown-run.ts';
import { startCharts, timesPlain } from './start-chart-model.ts';

const row = (more: Partial<SandboxStartRow>): SandboxStartRow => ({
  ...{ place: 'local', runtime: 'native', phase: 'cold', medianMs: 2, p95Ms: 4, lowMs: 1.5, highMs: 3, n: 9 },
  ...more,
});
const difference = (more: Partial<SandboxDifference>): SandboxDifference => ({
  ...{ place: 'local', what: 'start', runtime: 'native', phase: 'cold', unit: 'ms' },
  ...{ a: 1, b: 1, ratio: 1, low: 0.9, high: 1.1, verdict: 'same' },
  ...more,
});

describe('figures', () => {
  test.each([
    [0.5, 'ms', '0.50 ms'],
    [12.34, 'ms', '12.3 ms'],
    [123.4, 'ms', '123 ms'],
    [458_752, 'bytes', '459 kB'],
    [934.4, 'MB/s', '934 MB/s'],
    [312_000_000, 'ticks', '312.0 M ticks'],
  ] as const)('%d in %s', (value, unit, text) => {
    expect(figureText(value, unit)).toBe(text);
  });
});

describe('what a place offers', () => {
  const offer: SandboxOffer = {
    place: 'VP1',
    state: 'running',
    runtimes: ['native'],
    lacks: { jvm: 'no Java' },
    layers: [],
  };
  test('is said with why not', () => {
    expect(offerOf(offer, 'native')).toMatchObject({ tone: 'ok' });
    expect(offerOf(offer, 'jvm')).toMatchObject({ tone: 'off', why: 'no Java' });
    expect(offerOf({ ...offer, unavailable: 'old kernel', runtimes: [] }, 'native')).toMatchObject({
      tone: 'warn',
      why: 'old kernel',
    });
    expect(offerOf({ ...offer, state: 'unplugged' }, 'native')).toMatchObject({
      why: 'the phone is unplugged',
    });
  });
});

describe('starts', () => {
  const rows = [
    row({}),
    row({ phase: 'warm', medianMs: 0.4, lowMs: 0.3, highMs: 0.5 }),
    row({ peer: 'fork+exec', medianMs: 0.5 }),
    row({ runtime: 'nodejs', medianMs: 40 }),
    row({ place: 'VP1', medianMs: 3 }),
  ];
  test('make a chart for each place and runtime, with intervals around the medians', () => {
    const charts = startCharts({ rows });
    expect(charts.map(({ title, bars }) => [title, bars.map(({ name }) => name)])).toEqual([
      ['This machine: Native', ['cold start', 'warm start', 'fork+exec']],
      ['This machine: JavaScript', ['cold start']],
      ['VP1: Native', ['cold start']],
    ]);
    expect(charts[0]?.bars[0]).toMatchObject({ kind: 'cold', interval: [0.5, 1] });
    expect(charts[0]?.label).toContain('fork+exec 0.50 ms');
  });
  test('are told as multiples of plain fork+exec of the same place', () => {
    expect(timesPlain(rows, rows[0] as SandboxStartRow)).toBe(4);
    expect(timesPlain(rows, rows[2] as SandboxStartRow)).toBeUndefined();
    expect(timesPlain(rows, rows[4] as SandboxStartRow)).toBeUndefined();
  });
});

describe('two runs', () => {
  const differences = [
    difference({}),
    difference({ verdict: 'better', ratio: 0.5 }),
    difference({ verdict: 'worse', ratio: 1.2, what: 'teardown' }),
    difference({ verdict: 'worse', ratio: 3 }),
    difference({ verdict: 'worse', ratio: 1.1, peer: 'bubblewrap' }),
  ];
  test('what got worse comes first, by how much', () => {
    expect(shownDifferences({ differences }, false).map(({ ratio }) => ratio)).toEqual([3, 1.2, 1.1, 0.5]);
    expect(shownDifferences({ differences }, true)).toHaveLength(5);
  });
  test('a sentence tells ours from the machine', () => {
    const runs = { a: {} as SandboxRunView, b: {} as SandboxRunView };
    expect(comparisonSentence({ ...runs, differences, unmatched: 1 })).toBe(
      'Of ours 2 got worse and 1 better; 1 figure of the peers got worse too, so it may be the machine. 1 figure is in one run only.',
    );
    expect(comparisonSentence({ ...runs, differences: [difference({})], unmatched: 0 })).toBe(
      'Nothing of ours differs by more than noise.',
    );
    expect(comparisonSentence({ ...runs, differences: [], unmatched: 4 })).toContain('nothing in common');
  });
  test('places that differ are both named', () => {
    expect(subjectOf(difference({ placeB: 'VP1' }))).toBe('This machine and VP1, Native, cold');
  });
});

test('progress counts places', () => {
  const view: SandboxRunView = {
    runId: '0'.repeat(16),
    startedAt: 0,
    state: 'running',
    request: { places: ['local', 'VP1'], rounds: 3 },
  };
  expect(percentDone(view)).toBe(0);
  expect(percentDone({ ...view, progress: { place: 'VP1', nth: 2, done: 5, total: 10, what: 'x' } })).toBe(
    75,
  );
});

test('an attack that did not hold is never told as a pass', () => {
  const report = {
    runtime: 'native',
    arch: 'x86_64',
    kernel: '6',
    attacks: [],
    escapes: 0,
    unreported: 0,
    failedControls: 0,
  };
  const view = { state: 'done' as const, reports: [report], notOffered: [] };
  expect(attackSentence(view)).toBe('Nothing was attacked.');
  for (const wrong of [{ escapes: 1 }, { unreported: 1 }, { failedControls: 1 }])
    expect(attackSentence({ ...view, reports: [{ ...report, ...wrong }] })).toContain('did not hold');
});

test('the latest run that has ended is shown, however it ended; a chosen one before it', () => {
  const run = (runId: string, state: SandboxRunView['state']): SandboxRunView => ({
    ...{ runId, startedAt: 1, state, request: { places: ['local'], rounds: 1 } },
  });
  const runs = [run('c', 'running'), run('b', 'failed'), run('a', 'done')];
  expect(shownRun(runs, undefined)?.runId).toBe('b');
  expect(shownRun(runs, 'a')?.runId).toBe('a');
  expect(shownRun(runs.slice(0, 1), 'gone')?.runId).toBe('c');
  expect(shownRun([], undefined)).toBeUndefined();
});

test('keys lead through a list and not out of it', () => {
  const keys = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp', 'Enter', 'constructor'];
  expect(keys.map((key) => nextAt(key, 1, 300))).toEqual([2, 0, 0, 299, 7, 0, undefined, undefined]);
  expect([nextAt('ArrowDown', 299, 300), nextAt('ArrowUp', 0, 1)]).toEqual([299, 0]);
});
