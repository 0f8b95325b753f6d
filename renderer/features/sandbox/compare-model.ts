// Two runs beside each other: what is shown of it, and in which order. Pure.

import type { SandboxComparison, SandboxDifference } from '#schemas';
import { count } from '../../parts/format.ts';
import { placeName, runtimeName } from './sandbox-words.ts';

const order: readonly SandboxDifference['verdict'][] = ['worse', 'better', 'same'];

/** What got worse first, by how much; what stayed the same last, or not at all. */
export function shownDifferences(
  { differences }: Pick<SandboxComparison, 'differences'>,
  all: boolean,
): SandboxDifference[] {
  return differences
    .filter(({ verdict }) => all || verdict !== 'same')
    .sort(
      (a, b) =>
        order.indexOf(a.verdict) - order.indexOf(b.verdict) ||
        Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)),
    );
}

export function comparisonSentence({ differences, unmatched }: SandboxComparison): string {
  if (differences.length === 0) return 'The two runs have nothing in common.';
  const of = (verdict: SandboxDifference['verdict']) =>
    differences.filter((it) => it.verdict === verdict && it.peer === undefined).length;
  const peers = differences.filter(({ verdict, peer }) => verdict === 'worse' && peer !== undefined).length;
  const [worse, better] = [of('worse'), of('better')];
  const ours =
    worse + better === 0
      ? 'Nothing of ours differs by more than noise'
      : `Of ours ${worse} got worse and ${better} better`;
  const machine =
    peers > 0 ? `; ${count(peers, 'figure')} of the peers got worse too, so it may be the machine` : '';
  const alone =
    unmatched > 0 ? ` ${count(unmatched, 'figure')} ${unmatched === 1 ? 'is' : 'are'} in one run only.` : '';
  return `${ours}${machine}.${alone}`;
}

export const subjectOf = ({ place, placeB, runtime, phase, peer }: SandboxDifference): string =>
  [
    placeB ? `${placeName(place)} and ${placeName(placeB)}` : placeName(place),
    runtimeName(runtime),
    peer ?? phase,
  ]
    .filter(Boolean)
    .join(', ');

/** `1.25 ×`, and how sure that is. */
export const ratioText = ({ ratio }: Pick<SandboxDifference, 'ratio'>): string => `${ratio.toFixed(2)} ×`;
export const intervalText = ({ low, high }: Pick<SandboxDifference, 'low' | 'high'>): string =>
  `${low.toFixed(2)} to ${high.toFixed(2)}`;
