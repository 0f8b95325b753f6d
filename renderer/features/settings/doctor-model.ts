// The doctor's checks as the page shows them: what is broken first, and commands apart from words. Pure.

import type { DoctorCheck } from '#schemas';

/** How a command begins; what stands before it in a fix are words for people. */
const COMMAND = /(?:^|: )((?:sudo |npm |node |abhaya |adb |sysctl |apt(?:-get)? )\S.*)$/;

/** The commands of a fix, in order: each can be copied. */
export const commandsOf = (fix: string): readonly string[] =>
  fix.split(/;\s*/).flatMap((part) => {
    const [, command] = COMMAND.exec(part.trim()) ?? [];
    return command === undefined ? [] : [command.trim()];
  });

/** Broken ones first, otherwise as the lab host names them. */
export const inOrder = (checks: readonly DoctorCheck[]): readonly DoctorCheck[] => [
  ...checks.filter(({ ok }) => !ok),
  ...checks.filter(({ ok }) => ok),
];

export function summaryOf(checks: readonly DoctorCheck[]): string {
  const broken = checks.filter(({ ok }) => !ok).length;
  if (broken === 0) return `All ${checks.length} checks are fine`;
  return `${broken} of ${checks.length} checks ${broken === 1 ? 'needs' : 'need'} a look`;
}

export const userAdbCheck = (checks: readonly DoctorCheck[]): DoctorCheck | undefined =>
  checks.find(({ name }) => name === 'your adb server');
export const nodeCheck = (checks: readonly DoctorCheck[]): DoctorCheck | undefined =>
  checks.find(({ name }) => name === 'pinned Node');
