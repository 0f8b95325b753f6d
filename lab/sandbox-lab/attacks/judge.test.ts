import { expect, test } from 'vitest';
import type { ExitReport } from '#agent/sandbox';
import type { AttackRow, Control } from './attack-suite.ts';
import { type Ending, judge, judgeControl } from './judge.ts';

const row: AttackRow = { attempt: 'open', reason: 'syscall-denied', syscall: /^open(at)?$/, control: 'did' };
const layers = ['no-new-privs', 'seccomp', 'rlimits', 'descriptors', 'landlock'];
const report = (more: Partial<ExitReport> = {}): ExitReport => ({
  ...{ reason: 'syscall-denied', syscall: 'openat', cpuMs: 0, peakMemoryBytes: 0, wallMs: 1 },
  ...{ bytesIn: 4, bytesOut: 0, layers },
  ...more,
});
const { syscall: _, ...completed } = report({ reason: 'completed', exitCode: 0 });
const did: Ending = { code: 0, signal: null, ended: false, bytes: 3, output: 'did' };

test('denied, named, nothing left, and possible outside', () => {
  expect(judge(row, { report: report(), output: '', left: [] }, did)).toEqual({
    ...{ name: 'open', control: 'ok', outcome: 'denied', reported: true },
    ...{ reason: 'syscall-denied', syscall: 'openat' },
  });
});

test.each([
  ['it ended by itself', { report: completed, output: 'did', left: [] }, 'escaped', false],
  ['no report came', { output: '', left: [] }, 'escaped', false],
  ['something was left', { report: report(), output: '', left: ['1 processes'] }, 'escaped', true],
  ['another call was named', { report: report({ syscall: 'read' }), output: '', left: [] }, 'denied', false],
  ['another reason', { report: report({ reason: 'crashed' }), output: '', left: [] }, 'denied', false],
  [
    'a signal nobody expects',
    { report: report({ signal: 'SIGSYS' }), output: '', left: [] },
    'denied',
    false,
  ],
  ['a layer was missing', { report: report({ layers: ['seccomp'] }), output: '', left: [] }, 'denied', false],
] as const)('%s', (_name, seen, outcome, reported) => {
  const result = judge(row, seen, did);
  expect(result).toMatchObject({ outcome, reported, control: 'ok' });
  expect(result.problem).not.toBe(undefined);
});

test('a program that must be let live', () => {
  const harmless: AttackRow = {
    ...{ attempt: 'success', reason: 'completed', harmless: true, output: 'did' },
    ...{ exitCode: 0, control: 'did' },
  };
  const seen = { report: completed, output: 'did', left: [] };
  expect(judge(harmless, seen, did).outcome).toBe('harmless');
  expect(judge(harmless, { ...seen, report: report() }, did)).toMatchObject({
    outcome: 'harmless',
    reported: false,
  });
});

test.each<[Control | readonly Control[], Partial<Ending>, boolean]>([
  ['did', {}, true],
  ['did', { output: 'didn’t', bytes: 8 }, false],
  ['did', { code: 1 }, false],
  ['reached', { code: 3, output: 'reached 13' }, true],
  ['reached', {}, false],
  ['endless', { ended: true, signal: 'SIGKILL', code: null }, true],
  ['endless', { signal: 'SIGKILL', code: null }, false],
  [{ signal: 'SIGSEGV' }, { signal: 'SIGSEGV', code: null }, true],
  [{ code: 7 }, { code: 7 }, true],
  [{ code: 7 }, {}, false],
  [{ bytes: 9 }, { bytes: 9 }, true],
  [['reached', 'did'], {}, true],
  [[], {}, false],
])('the control %j and the ending %j: %s', (control, ending, holds) => {
  expect(judgeControl({ ...row, control }, { ...did, ...ending })).toBe(holds);
});
