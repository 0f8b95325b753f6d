import { describe, expect, test } from 'vitest';
import { appVerbs, parserOf, type SandboxAttackComparison, type SandboxAttackResult } from '#schemas';
import { attackComparisonSentence, changeState, endText } from './attack-compare-words.ts';
import { attackExportOf, attackSentence, attackState, progressText } from './sandbox-words.ts';

const result = (more: Partial<SandboxAttackResult> = {}): SandboxAttackResult => ({
  ...{ name: 'socket', control: 'ok', outcome: 'denied', reported: true },
  ...{ reason: 'syscall-denied', syscall: 'socket' },
  ...more,
});
const counted = { runtime: 'native', arch: 'x86_64', kernel: '6', attacks: 60, escapes: 0 };
const held = { ...counted, unreported: 0, failedControls: 0 };

describe('how an attack ended', () => {
  test('what got out stands above all else', () => {
    expect(attackState({ state: 'done', reports: [held] })).toEqual({ tone: 'ok', word: 'Held' });
    const wrong = { ...held, escapes: 2, failedControls: 1 };
    expect(attackState({ state: 'cancelled', reports: [held, wrong] })).toEqual({
      ...{ tone: 'bad', word: '2 escaped' },
    });
    expect(attackState({ state: 'done', reports: [{ ...held, failedControls: 1 }] }).word).toBe(
      '1 control failed',
    );
  });

  test('while it runs nothing is promised', () => {
    const attacks = [result(), result()];
    const report = { ...held, attacks };
    const progress = { runtime: 'jvm', attack: 'exec', done: 3, total: 60, wrong: 0 };
    expect(attackSentence({ state: 'running', reports: [report], progress })).toBe(
      '5 attacks so far, and it holds.',
    );
    expect(attackSentence({ state: 'running', reports: [], progress: { ...progress, wrong: 1 } })).toContain(
      'not all of them',
    );
    expect(attackSentence({ state: 'cancelled', reports: [report] })).toMatch(/^2 attacks, then it was/);
    expect(attackSentence({ state: 'cancelled', reports: [] })).toContain('before the first attack');
  });

  test('in words', () => {
    expect(endText(result())).toBe('denied, syscall-denied socket');
    expect(endText(result({ reported: false, control: 'failed' }))).toBe(
      'not reported as it should, syscall-denied socket, its control failed',
    );
    expect(endText(undefined)).toBe('–');
  });
});

test('two attacks in a sentence', () => {
  const empty = { a: {}, b: {}, changes: [], same: 0, onlyA: [], onlyB: [] } as unknown;
  const both = empty as SandboxAttackComparison;
  expect(attackComparisonSentence(both)).toContain('nothing in common');
  expect(attackComparisonSentence({ ...both, same: 60, onlyB: ['jvm'] })).toBe(
    'All 60 attacks ended the same way. Only B attacked JVM.',
  );
  const changes = (['worse', 'other', 'gone'] as const).map((verdict) => ({
    ...{ runtime: 'native', name: verdict, verdict },
  }));
  expect(attackComparisonSentence({ ...both, same: 5, changes })).toBe(
    '1 attack got further in B, 1 held in both, but ended in another way, 1 is in one of them only; 5 ended the same way.',
  );
  expect(changeState({ verdict: 'worse' }).tone).toBe('bad');
});

test('exports are paths that the main process takes', () => {
  const parse = parserOf(appVerbs['exports.save'].params, 'parameters');
  for (const format of ['csv', 'json', 'junit'] as const)
    expect(() => parse(attackExportOf('0123456789abcdef', format))).not.toThrow();
  expect(() => parse({ path: '/sandbox/try/output', suggestedName: 'a.out' })).not.toThrow();
  for (const path of ['/sandbox/try/output?x', '/sandbox/try', '/sandbox/attacks/x/export?format=csv'])
    expect(() => parse({ path, suggestedName: 'a.out' })).toThrow();
});

test('progress names runtimes as people do', () => {
  expect(progressText('start: nodejs, cold')).toBe('start: JavaScript, cold');
});
