// Two measurements beside each other: what got worse or better, by how much, and how sure that is.

import { useState } from 'react';
import type { SandboxComparison } from '#schemas';
import { get } from '../../api/client.ts';
import { dateAndTime } from '../../parts/format.ts';
import { LabelledSwitch } from '../../parts/LabelledSwitch.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { Comparison } from './Comparison.tsx';
import { comparisonSentence, intervalText, ratioText, shownDifferences, subjectOf } from './compare-model.ts';
import { PlainTable } from './PlainTable.tsx';
import { figureName, figureText, verdictOf } from './sandbox-words.ts';

export const ComparePanel = (chosen: {
  readonly a: string;
  readonly b: string;
  readonly onClose: () => void;
}) => (
  <Comparison
    title="Two measurements"
    {...chosen}
    ask={ask}
    textOf={(comparison) => ({
      of: `A is of ${dateAndTime(comparison.a.startedAt)}, B of ${dateAndTime(comparison.b.startedAt)}.`,
      sentence: comparisonSentence(comparison),
      more: <Differences comparison={comparison} />,
    })}
  />
);

const ask = (a: string, b: string, signal: AbortSignal) =>
  get('sandboxComparison', `/sandbox/compare?a=${a}&b=${b}`, { signal });

function Differences({ comparison }: { readonly comparison: SandboxComparison }) {
  const [all, setAll] = useState(false);
  const shown = shownDifferences(comparison, all);
  return (
    <>
      <LabelledSwitch name="Show what stayed the same too" on={all} onChange={setAll} />
      {shown.length > 0 && (
        <PlainTable
          label="Differences"
          numbersFrom={3}
          head={['Change', 'Figure', 'Of', 'A', 'B', 'B / A', '95 % sure']}
          rows={shown.map((it) => ({
            key: [it.place, it.what, it.runtime, it.phase, it.peer].join('|'),
            cells: [
              <StateChip key="verdict" tone={verdictOf(it).tone} label={verdictOf(it).word} />,
              figureName(it.what),
              subjectOf(it),
              figureText(it.a, it.unit),
              figureText(it.b, it.unit),
              ratioText(it),
              intervalText(it),
            ],
          }))}
        />
      )}
    </>
  );
}
