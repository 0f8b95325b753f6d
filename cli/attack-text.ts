// What an attack looks like for people. Pure.

import type { Counted } from '#lab/sandbox-lab';
import type { SandboxAttackChange, SandboxAttackComparison, SandboxAttackResult } from '#schemas';
import type { NotOffered } from './attack-document.ts';
import { table } from './print.ts';

/** As what it ended: reason, call, signal. */
const endOf = (it: SandboxAttackResult): string =>
  `${it.reported ? '' : 'NOT AS EXPECTED: '}${[it.reason, it.syscall, it.signal].filter(Boolean).join(' ')}`;

export function attackText(reports: readonly Counted[], notOffered: readonly NotOffered[]): string {
  const rows = reports.flatMap(({ runtime, attacks }) =>
    attacks.map((it) => [runtime, it.name, it.control, it.outcome, endOf(it)]),
  );
  return [
    table(['runtime', 'attack', 'control', 'outcome', 'reported as'], rows),
    '',
    ...reports.map((it) => {
      const { attacks, escapes, unreported, failedControls } = it;
      const counts = `${escapes} escaped, ${unreported} not reported, ${failedControls} controls failed`;
      const partial = it.partial ? ' (broken off)' : '';
      return `${it.runtime} on ${it.arch}, Linux ${it.kernel}: ${attacks.length} attacks${partial}, ${counts}`;
    }),
    ...notOffered.map(({ runtime, why }) => `${runtime}: not attacked: ${why}`),
  ].join('\n');
}

const stateOf = (it: SandboxAttackResult | undefined): string => {
  if (!it) return 'not attacked';
  const control = it.control === 'failed' ? ', control failed' : '';
  return `${it.outcome}${control}: ${endOf(it)}`;
};

const changeRow = ({ verdict, runtime, name, a, b }: SandboxAttackChange): string[] => [
  ...[verdict, runtime, name, stateOf(a), stateOf(b)],
];

export function attackComparisonText({ changes, same, onlyA, onlyB }: SandboxAttackComparison): string {
  return [
    changes.length > 0
      ? table(['', 'RUNTIME', 'ATTACK', 'A', 'B'], changes.map(changeRow))
      : same > 0
        ? 'Every attack ended as before.'
        : 'The two have nothing in common.',
    ...(changes.length > 0 && same > 0 ? [`${same} ended as before.`] : []),
    ...(onlyA.length > 0 ? [`Only A attacked ${onlyA.join(', ')}.`] : []),
    ...(onlyB.length > 0 ? [`Only B attacked ${onlyB.join(', ')}.`] : []),
  ].join('\n');
}
