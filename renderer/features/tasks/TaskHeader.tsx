// What the task is, where it stands, and what can be done with it.

import { mdiArrowLeft, mdiRefresh, mdiStop } from '@mdi/js';
import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import type { TaskView } from '#schemas';
import { post } from '../../api/client.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { dateAndTime, duration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { showError } from '../../shell/messages-store.ts';
import { isFinal, problemAdvice, taskDurationMs, taskMeans, taskTone, taskWord } from './task-words.ts';

export function TaskHeader({
  task,
  past,
  interrupted,
  nowMs,
}: {
  readonly task: TaskView;
  readonly past: boolean;
  readonly interrupted: boolean;
  readonly nowMs: number;
}) {
  const { taskId, packageId, version, state, from, device, startedAt } = task;
  const took = taskDurationMs(task);
  return (
    <>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, flexWrap: 'wrap' }}>
        <IconButton component={Link} to="/tasks" aria-label="All tasks">
          <Icon path={mdiArrowLeft} />
        </IconButton>
        <Box sx={{ minWidth: 0, flex: '1 1 280px' }}>
          <Typography variant="h1" component="h2" sx={{ overflowWrap: 'anywhere' }}>
            {packageId}{' '}
            <Box component="span" sx={{ color: 'text.secondary', fontWeight: 450 }}>
              {version}
            </Box>
          </Typography>
          <Box
            sx={{
              display: 'flex',
              alignItems: 'center',
              flexWrap: 'wrap',
              columnGap: 1.5,
              color: 'text.secondary',
              fontSize: 12.5,
            }}
          >
            <span>
              {from} → {device ?? 'not chosen yet'}
            </span>
            <span>{dateAndTime(startedAt)}</span>
            <span>
              {taskId.slice(0, 12)}… <CopyButton text={taskId} what="the task’s id" />
            </span>
          </Box>
        </Box>
        <Box role="status" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
          <StateChip
            tone={interrupted ? 'warn' : taskTone(state)}
            label={interrupted ? 'Interrupted' : taskWord(state)}
            title={taskMeans(state)}
          />
        </Box>
        <Typography variant="body2" sx={{ minWidth: 64, fontWeight: 600 }}>
          {took !== undefined ? duration(took) : past ? '' : duration(nowMs)}
        </Typography>
        {!isFinal(task) && !past && <Cancel taskId={taskId} />}
        <Button
          component={Link}
          to={`/services/${encodeURIComponent(packageId)}/run?again=${encodeURIComponent(taskId)}`}
          variant="outlined"
          startIcon={<Icon path={mdiRefresh} />}
        >
          Run again
        </Button>
      </Box>
      {interrupted && (
        <Alert severity="warning" variant="outlined">
          The lab host ended while this task was {taskWord(state).toLowerCase()}: how it went on is not known.
        </Alert>
      )}
      <Problem task={task} />
    </>
  );
}

function Cancel({ taskId }: { readonly taskId: string }) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      color="error"
      variant="outlined"
      loading={asked}
      loadingPosition="start"
      startIcon={<Icon path={mdiStop} />}
      onClick={() => {
        setAsked(true);
        post('task', `/tasks/${encodeURIComponent(taskId)}/cancel`, undefined)
          .catch(showError)
          .finally(() => setAsked(false));
      }}
    >
      Cancel
    </Button>
  );
}

/** What went wrong, with its code, and what to do. */
export function Problem({ task }: { readonly task: TaskView }) {
  const { problem, state } = task;
  if (!problem) return null;
  const advice = problemAdvice(task);
  return (
    <Alert severity={state === 'cancelled' ? 'info' : 'error'} variant="outlined">
      <AlertTitle sx={{ fontSize: 13, fontWeight: 650, mb: 0.25 }}>
        {problem.message.charAt(0).toUpperCase() + problem.message.slice(1)}
      </AlertTitle>
      {advice}
      <Typography component="div" sx={{ fontSize: 11, color: 'text.secondary', mt: advice ? 0.5 : 0 }}>
        {problem.code}
      </Typography>
    </Alert>
  );
}
