// Measurements that were kept, the latest first: one is shown, another one can be put beside it.

import { mdiCompareHorizontal } from '@mdi/js';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Skeleton from '@mui/material/Skeleton';
import ToggleButton from '@mui/material/ToggleButton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import type { SandboxRunView } from '#schemas';
import { count, dateAndTime, duration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { placeName, runState } from './sandbox-words.ts';

interface RunListProps {
  readonly runs: readonly SandboxRunView[] | undefined;
  readonly shown: string | undefined;
  readonly other: string | undefined;
  readonly onChoose: (name: 'run' | 'with', runId: string | undefined) => void;
}

export const RunList = memo(function RunList({ runs, shown, other, onChoose }: RunListProps) {
  return (
    <Panel title="History">
      {runs === undefined ? (
        <Skeleton variant="rounded" height={80} />
      ) : runs.length === 0 ? (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
          Measurements are kept here, with every value.
        </Typography>
      ) : (
        <Box
          component="ul"
          sx={{
            m: 0,
            p: 0.25,
            listStyle: 'none',
            display: 'grid',
            gap: 0.5,
            maxHeight: 420,
            overflowY: 'auto',
          }}
        >
          {runs.map((run) => (
            <Box component="li" key={run.runId} sx={{ display: 'flex', gap: 0.5, alignItems: 'stretch' }}>
              <Run run={run} chosen={run.runId === shown} onChoose={() => onChoose('run', run.runId)} />
              <Tooltip title="Compare with the one that is shown">
                <span>
                  <ToggleButton
                    size="small"
                    value="with"
                    selected={run.runId === other}
                    disabled={run.runId === shown || run.state === 'running'}
                    aria-label={`Compare with the run of ${dateAndTime(run.startedAt)}`}
                    onChange={() => onChoose('with', run.runId === other ? undefined : run.runId)}
                    sx={{ height: '100%', px: 0.75 }}
                  >
                    <Icon path={mdiCompareHorizontal} sx={{ fontSize: 18 }} />
                  </ToggleButton>
                </span>
              </Tooltip>
            </Box>
          ))}
        </Box>
      )}
    </Panel>
  );
});

function Run({
  run,
  chosen,
  onChoose,
}: {
  readonly run: SandboxRunView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  const { tone, word } = runState(run);
  const { places, rounds } = run.request;
  return (
    <ButtonBase
      focusRipple
      aria-pressed={chosen}
      onClick={onChoose}
      sx={({ palette }) => ({
        ...{ flex: 1, minWidth: 0, display: 'block', textAlign: 'left', px: 1, py: 0.75, borderRadius: 1 },
        border: `1px solid ${chosen ? palette.primary.main : palette.divider}`,
        bgcolor: chosen ? palette.action.selected : 'transparent',
      })}
    >
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1, alignItems: 'center' }}>
        <Typography component="span" sx={{ flex: 1, fontSize: 12.5, fontWeight: 550, whiteSpace: 'nowrap' }}>
          {dateAndTime(run.startedAt)}
        </Typography>
        <StateChip tone={tone} label={word} />
      </Box>
      <Typography
        component="span"
        sx={{
          display: 'block',
          fontSize: 12,
          color: chosen ? 'text.primary' : 'text.secondary',
          overflowWrap: 'anywhere',
        }}
      >
        {places.length > 3 ? count(places.length, 'place') : places.map(placeName).join(', ')},{' '}
        {count(rounds, 'round')}
        {run.tookMs === undefined ? '' : `, ${duration(run.tookMs)}`}
      </Typography>
    </ButtonBase>
  );
}
