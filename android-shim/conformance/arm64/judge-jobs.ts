// What became of the jobs of a guest, as rows that passed or have a problem. Pure. Fails closed: a job must end well and say
// what it did.

import type { JobEnd } from '#lab/arm64-machine';
import { parseAttackLine } from './attack-report.ts';

export interface Row {
  readonly name: string;
  /** Absent: it passed. */
  readonly problem?: string;
}

export interface Judged {
  /** One line for people. */
  readonly summary: string;
  readonly rows: readonly Row[];
}

const failed = (job: string, problem: string): Judged => ({
  summary: `${job}: FAILED`,
  rows: [{ name: job, problem }],
});
const seconds = ({ ms }: JobEnd): string => `${(ms / 1000).toFixed(1)} s`;
const ending = ({ code, signal, words }: JobEnd): string =>
  `it ended with ${code ?? signal}: ${words.trim().slice(-500)}`;

/** Of `attacks.mjs`: exactly one report. */
export function judgeAttacks(job: string, end: JobEnd): Judged {
  const lines = end.lines.map(parseAttackLine).flatMap((line) => ('progress' in line ? [] : [line]));
  const [report, ...more] = lines;
  if (report === undefined || more.length > 0) return failed(job, `${lines.length} reports: ${ending(end)}`);
  if ('error' in report) return failed(job, report.error.message);
  const rows = report.attacks.map(({ name, problem }) => ({
    name: `${job}: ${name}`,
    ...(problem !== undefined && { problem }),
  }));
  const wrong = rows.some(({ problem }) => problem !== undefined);
  if (rows.length === 0 || (end.code !== 0 && !wrong)) return failed(job, ending(end));
  const { escapes, unreported, failedControls, kernel } = report;
  const counts = `${escapes} escapes, ${unreported} unreported, ${failedControls} failed controls`;
  const slowest = [...report.attacks].sort((a, b) => b.ms - a.ms).slice(0, 3);
  return {
    summary: `${job}: ${rows.length} attacks, ${counts}, ${seconds(end)} (slowest: ${slowest.map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)} s`).join(', ')}), Linux ${kernel}`,
    rows,
  };
}

/** Of the C tests, program after program, and of real programs. */
export function judgeTap(job: string, end: JobEnd): Judged {
  const rows = end.lines.flatMap((line): Row[] => {
    const [, not, text] = /^(not )?ok\b(.*)$/.exec(line) ?? [];
    if (text === undefined) return [];
    const name = `${job}:${text}`;
    if (/#\s*(?:skip|todo)/i.test(text)) return [{ name, problem: 'it was skipped' }];
    return [not ? { name, problem: end.words.trim().slice(-500) || 'not ok' } : { name }];
  });
  if (rows.length === 0 || end.code !== 0) return failed(job, ending(end));
  const wrong = rows.filter(({ problem }) => problem !== undefined).length;
  return { summary: `${job}: ${rows.length} checks, ${wrong} failed, ${seconds(end)}`, rows };
}
