// Two attacks beside each other: which attempts ended otherwise, and whether that is worse.

import { mdiClose } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { SandboxAttackComparison, SandboxAttackSummary } from '#schemas';
import { get } from '../../api/client.ts';
import { dateAndTime } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { attackComparisonSentence, changeState, endText } from './attack-compare-words.ts';
import { PlainTable } from './PlainTable.tsx';
import { placeName, runtimeName } from './sandbox-words.ts';

export function AttackCompare({
  a,
  b,
  onClose,
}: {
  readonly a: string;
  readonly b: string;
  readonly onClose: () => void;
}) {
  const [state, setState] = useState<{ comparison?: SandboxAttackComparison; problem?: string }>({});
  useEffect(() => {
    const stop = new AbortController();
    setState({});
    get('sandboxAttackComparison', `/sandbox/compare-attacks?a=${a}&b=${b}`, { signal: stop.signal }).then(
      (comparison) => setState({ comparison }),
      (error: Error) => {
        if (!stop.signal.aborted) setState({ problem: error.message });
      },
    );
    return () => stop.abort();
  }, [a, b]);
  const { comparison, problem } = state;
  return (
    <Panel
      title="Two attacks"
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
            A: {sideText(comparison.a)}. B: {sideText(comparison.b)}.
          </Typography>
          <Typography role="status" sx={{ fontSize: 13.5 }}>
            {attackComparisonSentence(comparison)}
          </Typography>
          {comparison.changes.length > 0 && (
            <PlainTable
              label="Attacks that ended otherwise"
              head={['', 'Runtime', 'Attack', 'A', 'B']}
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
          )}
        </Box>
      )}
    </Panel>
  );
}

const sideText = ({ place, startedAt }: SandboxAttackSummary): string =>
  `${placeName(place)}, ${dateAndTime(startedAt)}`;
