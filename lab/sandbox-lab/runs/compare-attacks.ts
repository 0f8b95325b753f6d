// Two attacks side by side: which attempts ended otherwise, and whether that is worse. Pure.

import {
  attackSummary,
  type SandboxAttackChange,
  type SandboxAttackComparison,
  type SandboxAttackReport,
  type SandboxAttackResult,
  type SandboxAttackRun,
} from '#schemas';

/** What became of b, seen from a. Only runtimes that both attacked are compared. */
export function compareAttacks(a: SandboxAttackRun, b: SandboxAttackRun): SandboxAttackComparison {
  const names = (run: SandboxAttackRun) => run.reports.map(({ runtime }) => runtime);
  const changes: SandboxAttackChange[] = [];
  let same = 0;
  for (const report of a.reports) {
    const other = b.reports.find(({ runtime }) => runtime === report.runtime);
    if (!other) continue;
    const compared = compareReports(report, other);
    changes.push(...compared.changes);
    same += compared.same;
  }
  return {
    ...{ a: attackSummary(a), b: attackSummary(b), same },
    changes: changes.sort((one, two) => rank.indexOf(one.verdict) - rank.indexOf(two.verdict)),
    onlyA: names(a).filter((runtime) => !names(b).includes(runtime)),
    onlyB: names(b).filter((runtime) => !names(a).includes(runtime)),
  };
}

const rank: readonly SandboxAttackChange['verdict'][] = ['worse', 'better', 'other', 'gone', 'added'];

function compareReports(a: SandboxAttackReport, b: SandboxAttackReport) {
  const { runtime } = a;
  const others = new Map(b.attacks.map((it) => [it.name, it]));
  const changes: SandboxAttackChange[] = [];
  let same = 0;
  for (const one of a.attacks) {
    const other = others.get(one.name);
    others.delete(one.name);
    // One that was broken off says nothing of what it did not come to.
    if (!other && b.partial) continue;
    const verdict = other ? verdictOf(one, other) : 'gone';
    if (verdict === 'same') same += 1;
    else changes.push({ runtime, name: one.name, a: one, ...(other ? { b: other } : {}), verdict });
  }
  if (!a.partial)
    for (const other of others.values())
      changes.push({ runtime, name: other.name, b: other, verdict: 'added' });
  return { changes, same };
}

/** How bad it is: an escape is worse than a wrong report, that worse than a control that shows nothing. */
const badness = ({ outcome, reported, control }: SandboxAttackResult): number =>
  (outcome === 'escaped' ? 4 : 0) + (reported ? 0 : 2) + (control === 'failed' ? 1 : 0);

function verdictOf(a: SandboxAttackResult, b: SandboxAttackResult): SandboxAttackChange['verdict'] | 'same' {
  const difference = badness(b) - badness(a);
  if (difference !== 0) return difference > 0 ? 'worse' : 'better';
  const told = ({ outcome, reason, syscall, signal }: SandboxAttackResult) =>
    [outcome, reason, syscall, signal].join(' ');
  return told(a) === told(b) ? 'same' : 'other';
}
