// The task of the form as it goes: states, offers, what the sandbox uses, then its results.

import { mdiOpenInNew } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { Link } from 'react-router';
import type { TaskState, TaskView } from '#schemas';
import { bytes, count, duration } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { StateChip } from '../../../parts/StateChip.tsx';
import { useNow } from '../../../parts/use-now.ts';
import { OutputCard } from '../../tasks/OutputCard.tsx';
import { score, scoredOffers } from '../../tasks/score-model.ts';
import { Problem } from '../../tasks/TaskHeader.tsx';
import {
  exitSentence,
  isFinal,
  taskDurationMs,
  taskMeans,
  taskTone,
  taskWord,
} from '../../tasks/task-words.ts';

const steps: readonly TaskState[] = [
  'queued',
  'offering',
  'starting',
  'retrieving',
  'running',
  'delivering',
  'acknowledged',
];

export function LiveTask({ task }: { readonly task: TaskView }) {
  const final = isFinal(task);
  const now = useNow(!final);
  const took = taskDurationMs(task) ?? Math.max(0, now - task.startedAt);
  const offers = scoredOffers(task);
  const { progress, report, state } = task;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, flexWrap: 'wrap' }}>
        <Box role="status">
          <StateChip tone={taskTone(state)} label={taskWord(state)} title={taskMeans(state)} />
        </Box>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {duration(took)}
        </Typography>
        <Typography sx={{ color: 'text.secondary', flex: 1, fontSize: 12.5 }}>
          {task.from} → {task.device ?? '…'}
          {task.device && task.device !== task.from ? `, ${count(task.hops, 'hop')}` : ''}
        </Typography>
        <Button
          component={Link}
          to={`/tasks/${encodeURIComponent(task.taskId)}`}
          startIcon={<Icon path={mdiOpenInNew} />}
        >
          Open the task
        </Button>
      </Box>
      <Steps task={task} />
      <Problem task={task} />
      {offers.length > 0 && (
        <Box>
          <Typography variant="h3" sx={{ mb: 0.5 }}>
            {count(offers.length, 'offer')}
          </Typography>
          {offers.slice(0, 5).map(({ nodeId, who, score: points, attempts }) => (
            <Box key={nodeId} sx={{ display: 'flex', gap: 1, alignItems: 'center', py: 0.25 }}>
              <Typography
                sx={{ width: 110, fontSize: 12.5, fontWeight: attempts.length > 0 ? 650 : 450 }}
                noWrap
              >
                {who}
              </Typography>
              <LinearProgress
                variant="determinate"
                value={Math.min(100, points * 100)}
                aria-label={`Score of ${who}`}
                sx={{ flex: 1, height: 6, borderRadius: 3 }}
              />
              <Typography sx={{ width: 96, fontSize: 12, textAlign: 'right', color: 'text.secondary' }}>
                {score(points)}
                {attempts.length > 0 ? ', chosen' : ''}
              </Typography>
            </Box>
          ))}
        </Box>
      )}
      {(report ?? progress) && (
        <Typography sx={{ fontSize: 12.5 }}>
          {report
            ? `${exitSentence(report)} ${duration(report.cpuMs)} of processor, ${bytes(report.peakMemoryBytes)} of memory at most.`
            : progress && progress.memoryBytes > 0
              ? `${final ? 'Used' : 'Uses'} ${bytes(progress.memoryBytes)} of memory and ${final ? '' : 'has used '}${duration(progress.cpuMs)} of processor.`
              : final
                ? 'The sandbox had not begun.'
                : 'The sandbox is being prepared.'}
        </Typography>
      )}
      {task.outputs.map((output) => (
        <OutputCard key={output.name} taskId={task.taskId} output={output} />
      ))}
    </Box>
  );
}

/** The way through the states; what was left out stays grey. */
function Steps({ task }: { readonly task: TaskView }) {
  const seen = new Set(task.timeline.map(({ state }) => state));
  return (
    <Box component="ol" aria-label="States" sx={{ m: 0, p: 0, display: 'flex', gap: 0.5, listStyle: 'none' }}>
      {steps.map((step) => {
        const current = step === task.state;
        const tone = current ? taskTone(step) : seen.has(step) ? 'ok' : 'off';
        return (
          <Box
            component="li"
            key={step}
            aria-current={current ? 'step' : undefined}
            sx={{ flex: 1, minWidth: 0 }}
          >
            <Box
              sx={({ palette }) => ({
                height: 5,
                borderRadius: 3,
                bgcolor: seen.has(step) ? palette.tones[tone].dot : palette.divider,
              })}
            />
            <Typography
              noWrap
              sx={{
                fontSize: 11,
                mt: 0.5,
                color: current ? 'text.primary' : 'text.secondary',
                fontWeight: current ? 650 : 450,
              }}
            >
              {taskWord(step)}
            </Typography>
          </Box>
        );
      })}
    </Box>
  );
}
