// What an attempt's end means. Pure. Fails closed: whatever ended by itself in another way than its row says has escaped.

import type { ExitReport } from '#agent/sandbox';
import type { AttackResult, AttackRow, Control } from './attack-suite.ts';

/** What was seen of one attempt inside. */
export interface Seen {
  /** Absent: none came. */
  readonly report?: ExitReport | undefined;
  readonly output: string;
  /** What was still there afterwards, in words. */
  readonly left: readonly string[];
}

/** How the same program ended outside. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** We ended it, since it had no end. */
  readonly ended: boolean;
  readonly bytes: number;
  /** The first of them. */
  readonly output: string;
}

const fits = (expected: string | RegExp | undefined, seen: string | undefined): boolean =>
  expected instanceof RegExp ? expected.test(seen ?? '') : expected === seen;

const mandatory = ['no-new-privs', 'seccomp', 'rlimits', 'descriptors'];

/** What differs from the row, in words; empty when nothing does. */
export function differences(row: AttackRow, seen: Seen): string[] {
  const { report, output } = seen;
  if (!report) return ['no report came'];
  const found: string[] = [];
  const expect = (name: string, fine: boolean, was: unknown) => {
    if (!fine) found.push(`${name} was ${was === '' || was === undefined ? 'absent' : JSON.stringify(was)}`);
  };
  expect('the reason', report.reason === row.reason, report.reason);
  expect('the call', fits(row.syscall, report.syscall), report.syscall);
  expect('the signal', report.signal === row.signal, report.signal);
  if (row.exitCode !== undefined) expect('the exit code', report.exitCode === row.exitCode, report.exitCode);
  if (row.message) expect('the message', row.message.test(report.message ?? ''), report.message);
  if (row.output !== undefined) expect('the output', output === row.output, output.slice(0, 40));
  const missing = mandatory.filter((layer) => !report.layers.includes(layer));
  if (missing.length > 0) found.push(`not in force: ${missing.join(', ')}`);
  return found;
}

export function judgeControl(row: AttackRow, ending: Ending): boolean {
  return [row.control].flat().some((control) => controlHolds(control as Control, ending));
}

function controlHolds(control: Control, { code, signal, ended, bytes, output }: Ending): boolean {
  if (control === 'endless') return ended;
  if (control === 'did') return code === 0 && bytes === 3 && output === 'did';
  if (control === 'reached') return code === 3 && output.startsWith('reached ');
  if ('signal' in control) return !ended && signal === control.signal;
  if ('code' in control) return code === control.code;
  return code === 0 && bytes === control.bytes;
}

export function judge(row: AttackRow, seen: Seen, ending: Ending): Omit<AttackResult, 'ms'> {
  const { report, left } = seen;
  const wrong = differences(row, seen);
  const endedItself = report === undefined || report.reason === 'completed' || report.reason === 'failed';
  const escaped = left.length > 0 || (wrong.length > 0 && endedItself);
  const control = judgeControl(row, ending);
  const problems = [...left.map((what) => `${what} was left behind`), ...wrong];
  if (!control) problems.push(`the control ended with ${describe(ending)}`);
  return {
    name: row.attempt,
    control: control ? 'ok' : 'failed',
    outcome: escaped ? 'escaped' : row.harmless ? 'harmless' : 'denied',
    reported: wrong.length === 0,
    reason: report?.reason ?? 'no-report',
    ...(report?.syscall === undefined ? {} : { syscall: report.syscall }),
    ...(report?.signal === undefined ? {} : { signal: report.signal }),
    ...(report?.exitCode === undefined ? {} : { exitCode: report.exitCode }),
    ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
  };
}

const describe = ({ code, signal, ended, output }: Ending): string =>
  `${ended ? 'no end' : (signal ?? `code ${code}`)}, saying ${JSON.stringify(output.slice(0, 40))}`;
