// Two attacks beside each other: which attempts ended otherwise, and whether that is worse.

import type { SandboxAttackComparison, SandboxAttackSummary } from '#schemas';
import { get } from '../../api/client.ts';
import { dateAndTime } from '../../parts/format.ts';
import { StateChip } from '../../parts/StateChip.tsx';
import { attackComparisonSentence, changeState, endText } from './attack-compare-words.ts';
import { Comparison, type ComparisonText } from './Comparison.tsx';
import { PlainTable } from './PlainTable.tsx';
import { placeName, runtimeName } from './sandbox-words.ts';

export const AttackCompare = (chosen: {
  readonly a: string;
  readonly b: string;
  readonly onClose: () => void;
}) => <Comparison title="Two attacks" {...chosen} ask={ask} textOf={textOf} />;

const ask = (a: string, b: string, signal: AbortSignal) =>
  get('sandboxAttackComparison', `/sandbox/compare-attacks?a=${a}&b=${b}`, { signal });

const textOf = (comparison: SandboxAttackComparison): ComparisonText => ({
  of: `A: ${sideText(comparison.a)}. B: ${sideText(comparison.b)}.`,
  sentence: attackComparisonSentence(comparison),
  more: comparison.changes.length > 0 && (
    <PlainTable
      label="Attacks that ended otherwise"
      head={['Change', 'Runtime', 'Attack', 'A', 'B']}
      rows={comparison.changes.map((it) => ({
        key: `${it.runtime} ${it.name}`,
        cells: [
          <StateChip key="verdict" tone={changeState(it).tone} label={changeState(it).word} />,
          runtimeName(it.runtime),
          <code key="name">{it.name}</code>,
          endText(it.a),
          endText(it.b),
        ],
      }))}
    />
  ),
});

const sideText = ({ place, startedAt }: SandboxAttackSummary): string =>
  `${placeName(place)}, ${dateAndTime(startedAt)}`;
