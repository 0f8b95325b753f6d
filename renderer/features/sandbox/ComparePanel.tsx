// Two measurements beside each other: what got worse or better, by how much, and how sure that is.

import { mdiClose } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { SandboxComparison } from '#schemas';
import { get } from '../../api/client.ts';
import { dateAndTime } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { LabelledSwitch } from '../../parts/LabelledSwitch.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { comparisonSentence, intervalText, ratioText, shownDifferences, subjectOf } from './compare-model.ts';
import { PlainTable } from './PlainTable.tsx';
import { figureName, figureText, verdictOf } from './sandbox-words.ts';

export function ComparePanel({
  a,
  b,
  onClose,
}: {
  readonly a: string;
  readonly b: string;
  readonly onClose: () => void;
}) {
  const [state, setState] = useState<{ comparison?: SandboxComparison; problem?: string }>({});
  const [all, setAll] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    setState({});
    get('sandboxComparison', `/sandbox/compare?a=${a}&b=${b}`, { signal: stop.signal }).then(
      (comparison) => setState({ comparison }),
      (error: Error) => {
        if (!stop.signal.aborted) setState({ problem: error.message });
      },
    );
    return () => stop.abort();
  }, [a, b]);
  const { comparison, problem } = state;
  const shown = comparison ? shownDifferences(comparison, all) : [];
  return (
    <Panel
      title="Two measurements"
      aside={
        <IconButton aria-label="Close the comparison" onClick={onClose}>
          <Icon path={mdiClose} sx={{ fontSize: 18 }} />
        </IconButton>
      }
    >
      {problem && <Alert severity="error">{problem}</Alert>}
      {!comparison && !problem && <Skeleton variant="rounded" height={120} />}
      {comparison && (
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
          <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
            A is of {dateAndTime(comparison.a.startedAt)}, B of {dateAndTime(comparison.b.startedAt)}.
          </Typography>
          <Typography role="status" sx={{ fontSize: 13.5 }}>
            {comparisonSentence(comparison)}
          </Typography>
          <LabelledSwitch name="Show what stayed the same too" on={all} onChange={setAll} />
          {shown.length > 0 && (
            <PlainTable
              label="Differences"
              numbersFrom={3}
              head={['', 'Figure', 'Of', 'A', 'B', 'B / A', '95 % sure']}
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
        </Box>
      )}
    </Panel>
  );
}
