import { describe, expect, test } from 'vitest';
import type { SandboxAttackReport, SandboxAttackResult, SandboxAttackRun } from '#schemas';
import { attackCsv } from './attack-csv.ts';
import { attackJunit } from './attack-junit.ts';
import { compareAttacks } from './compare-attacks.ts';
import { countWrong } from './partial-report.ts';

const attack = (name: string, more: Partial<SandboxAttackResult> = {}): SandboxAttackResult => ({
  ...{ name, control: 'ok', outcome: 'denied', reported: true, reason: 'syscall-denied', syscall: name },
  ...more,
});
const report = (
  runtime: string,
  attacks: SandboxAttackResult[],
  more: Partial<SandboxAttackReport> = {},
): SandboxAttackReport => ({
  ...{ runtime, arch: 'x86_64', kernel: '6', attacks, ...countWrong(attacks) },
  ...more,
});
const run = (...reports: SandboxAttackReport[]): SandboxAttackRun => ({
  ...{
    runId: '0'.repeat(16),
    place: 'local',
    startedAt: 1,
    tookMs: 2,
    state: 'done',
    notOffered: [],
    reports,
  },
});

const verdicts = (a: SandboxAttackRun, b: SandboxAttackRun) =>
  compareAttacks(a, b).changes.map(({ name, verdict }) => [name, verdict]);

describe('two attacks', () => {
  test('what got out comes first; what is stopped in another way is said', () => {
    const a = run(
      report('native', [attack('a'), attack('b', { reported: false }), attack('c'), attack('d')]),
    );
    const b = run(
      report('native', [
        ...[attack('a'), attack('b'), attack('c', { outcome: 'escaped' })],
        attack('d', { reason: 'crashed', signal: 'SIGSEGV' }),
      ]),
    );
    expect(verdicts(a, b)).toEqual([
      ['c', 'worse'],
      ['b', 'better'],
      ['d', 'other'],
    ]);
    expect(compareAttacks(a, b).same).toBe(1);
    expect(compareAttacks(a, a)).toMatchObject({ changes: [], same: 4 });
  });

  test('new and lost attacks are said, but not of a run that was broken off', () => {
    const whole = run(report('native', [attack('a'), attack('b')]));
    const other = run(report('native', [attack('a'), attack('c')]));
    const part = run(report('native', [attack('a')], { partial: true }));
    expect(verdicts(whole, other)).toEqual([
      ['b', 'gone'],
      ['c', 'added'],
    ]);
    expect(verdicts(whole, part)).toEqual([]);
    expect(verdicts(part, whole)).toEqual([]);
  });

  test('runtimes that one of them lacks are named, not counted', () => {
    const a = run(report('native', [attack('a')]), report('jvm', [attack('j')]));
    const b = run(report('native', [attack('a')]), report('wasm', [attack('w')]));
    expect(compareAttacks(a, b)).toMatchObject({ changes: [], same: 1, onlyA: ['jvm'], onlyB: ['wasm'] });
  });
});

test('as files: what a phone said stays text, what is wrong is a failure', async () => {
  const evil = run(report('native', [attack('a', { reported: false, problem: '=cmd() <&> "x"' })]));
  expect(attackCsv(evil)).toContain(`local,native,x86_64,6,a,ok,denied,no,syscall-denied,a,,,,"'=cmd()`);
  expect(await attackJunit(evil.reports)).toMatch(/<failure message="=cmd\(\) &lt;&amp;/);
});
