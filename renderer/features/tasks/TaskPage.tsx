// One task in full, live or from the history.

import { mdiArrowLeft, mdiHelpCircleOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { TaskView } from '#schemas';
import { useLab } from '../../lab/lab-store.ts';
import { useServiceDetail } from '../../lab/service-details.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { useNow } from '../../parts/use-now.ts';
import { ExitPanel } from './ExitPanel.tsx';
import { Gantt } from './Gantt.tsx';
import { OffersPanel } from './OffersPanel.tsx';
import { OutputsPanel } from './OutputsPanel.tsx';
import { usePastTask } from './past-tasks.ts';
import { type Sample, sinceRequest } from './progress-store.ts';
import { ReceiptPanel } from './ReceiptPanel.tsx';
import { TaskHeader } from './TaskHeader.tsx';
import { isFinal } from './task-words.ts';
import { UsagePanel } from './UsagePanel.tsx';
import { WayPanel } from './WayPanel.tsx';

export function TaskPage() {
  const { taskId = '' } = useParams();
  const live = useLab(({ tasks }) => tasks.get(taskId));
  const loaded = useLab((data) => data.loaded);
  const past = usePastTask(loaded && !live ? taskId : undefined);
  if (live) return <Task task={live} />;
  if (past.phase === 'there')
    return (
      <Task
        task={past.past.task}
        past={{ interrupted: past.past.interrupted, samples: sinceRequest(past.past) }}
      />
    );
  if (past.phase === 'loading')
    return (
      <Box sx={{ p: 2.5 }} aria-busy aria-label="Loading the task">
        <Skeleton variant="rounded" height={60} sx={{ mb: 2 }} />
        <Skeleton variant="rounded" height={220} />
      </Box>
    );
  return (
    <EmptyState
      icon={mdiHelpCircleOutline}
      title="This task is not known"
      action={
        <Button component={Link} to="/tasks" startIcon={<Icon path={mdiArrowLeft} />}>
          All tasks
        </Button>
      }
    >
      Neither this run nor the history has it: {past.message}.
    </EmptyState>
  );
}

interface Past {
  readonly interrupted: boolean;
  readonly samples: readonly Sample[];
}

function Task({ task, past }: { readonly task: TaskView; readonly past?: Past }) {
  const running = !isFinal(task) && !past;
  const now = useNow(running);
  const nowMs = running ? Math.max(0, now - task.startedAt) : 0;
  const detail = useServiceDetail(past ? undefined : task.manifestSha256);
  const manifest = detail?.phase === 'there' ? detail.detail.manifest : undefined;
  return (
    <Box sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
      <TaskHeader
        task={task}
        past={past !== undefined}
        interrupted={past?.interrupted ?? false}
        nowMs={nowMs}
      />
      <Panel title="Timeline">
        <Gantt task={task} nowMs={nowMs} />
      </Panel>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'flex-start' }}>
        <Column>
          <OutputsPanel task={task} gone={past !== undefined} />
          <UsagePanel task={task} manifest={manifest} recorded={past?.samples} />
          <WayPanel task={task} past={past !== undefined} />
        </Column>
        <Column>
          <OffersPanel task={task} />
          <ExitPanel report={task.report} ended={isFinal(task) || past !== undefined} />
          <ReceiptPanel task={task} past={past !== undefined} />
        </Column>
      </Box>
    </Box>
  );
}

function Column({ children }: { readonly children: ReactNode }) {
  return (
    <Box sx={{ flex: '1 1 400px', minWidth: 0, display: 'flex', flexDirection: 'column', gap: 2 }}>
      {children}
    </Box>
  );
}
