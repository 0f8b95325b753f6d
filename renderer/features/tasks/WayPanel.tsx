// The way of a task: attempts, where the package came from, how far it travelled.

import { mdiGraphOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import { Link } from 'react-router';
import type { TaskView } from '#schemas';
import { count, duration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { attemptsOf } from './score-model.ts';
import { isFinal } from './task-words.ts';

export const WayPanel = memo(function WayPanel({
  task,
  past,
}: {
  readonly task: TaskView;
  readonly past: boolean;
}) {
  const attempts = attemptsOf(task);
  const fetched = task.timeline.find(({ state }) => state === 'retrieving');
  const afterFetch = fetched && task.timeline[task.timeline.indexOf(fetched) + 1];
  return (
    <Panel
      title="Attempts and way"
      aside={
        past ? undefined : (
          <Button
            component={Link}
            to={`/mesh?task=${encodeURIComponent(task.taskId)}`}
            startIcon={<Icon path={mdiGraphOutline} />}
          >
            Show in the mesh
          </Button>
        )
      }
    >
      <Facts
        rows={[
          ['Way', task.device === undefined ? 'no phone chosen yet' : way(task)],
          [
            'Package',
            fetched
              ? `fetched from ${task.source ?? 'another phone'}${
                  afterFetch ? ` in ${duration(afterFetch.atMs - fetched.atMs)}` : ''
                }`
              : attempts.length > 0
                ? 'was on the phone already'
                : 'not needed yet',
          ],
        ]}
      />
      {attempts.length > 0 && (
        <Box component="ol" sx={{ m: 0, mt: 1.5, p: 0, listStyle: 'none' }}>
          {attempts.map(({ number, device, fromMs, toMs, gaveUp }) => (
            <Box
              component="li"
              key={number}
              sx={{
                display: 'flex',
                gap: 1,
                py: 0.5,
                alignItems: 'flex-start',
                borderTop: 1,
                borderColor: 'divider',
              }}
            >
              <Typography sx={{ width: 20, color: 'text.secondary', fontSize: 12.5 }}>{number}</Typography>
              <Box sx={{ flex: 1, minWidth: 0 }}>
                <Typography sx={{ fontSize: 12.5, fontWeight: 600 }} noWrap>
                  {device ?? task.device ?? 'unknown phone'}
                </Typography>
                <Typography sx={{ fontSize: 12, color: 'text.secondary', overflowWrap: 'anywhere' }}>
                  after {duration(fromMs)}
                  {toMs === undefined ? '' : `, for ${duration(toMs - fromMs)}`}
                  {gaveUp === undefined ? '' : `: ${gaveUp}`}
                </Typography>
              </Box>
              <StateChip
                tone={gaveUp !== undefined ? 'bad' : toMs === undefined && !isFinal(task) ? 'busy' : 'ok'}
                label={gaveUp !== undefined ? 'Gave up' : toMs === undefined ? 'Under way' : 'Took it'}
              />
            </Box>
          ))}
        </Box>
      )}
    </Panel>
  );
});

const way = ({ from, device, hops }: TaskView): string =>
  device === from ? `${from} ran it itself` : `${from} → ${device}, ${count(hops, 'hop')}`;
