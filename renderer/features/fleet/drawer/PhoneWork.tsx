// What the phone holds and did: services with its verdict, and the last tasks that it asked for or ran.

import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { useLab } from '../../../lab/lab-store.ts';
import { tasksOf, useLabEvery } from '../../../lab/use-lab-every.ts';
import { timeOfDay } from '../../../parts/format.ts';
import { StateChip } from '../../../parts/StateChip.tsx';
import { verdictTone, verdictWord } from '../../services/verdict-words.ts';
import { taskTone, taskWord } from '../../tasks/task-words.ts';
import { lastTasks } from './last-tasks.ts';
import { Nothing } from './Section.tsx';

const SHOWN_TASKS = 8;
const REDRAW_MS = 500;

export function PhoneServices({ serial }: { readonly serial: string }) {
  const services = useLab((data) => data.services);
  const held = useMemo(
    () =>
      services.flatMap((service) => {
        const here = service.phones.find((phone) => phone.serial === serial);
        return here ? [{ service, here }] : [];
      }),
    [services, serial],
  );
  if (held.length === 0)
    return <Nothing>None. It fetches a package over the mesh when it takes a task for it.</Nothing>;
  return (
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {held.map(({ service, here }) => (
        <Box
          component="li"
          key={service.manifestSha256}
          sx={{ display: 'flex', alignItems: 'center', gap: 1, py: 0.5, fontSize: 12.5 }}
        >
          <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
            {service.serviceName}{' '}
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {service.version}
            </Box>
          </Box>
          <StateChip
            tone={verdictTone(here.verdict)}
            label={verdictWord(here.verdict)}
            {...(here.reasons.length > 0 ? { title: here.reasons.join('\n') } : {})}
          />
        </Box>
      ))}
    </Box>
  );
}

export function PhoneTasks({ serial }: { readonly serial: string }) {
  const tasks = useLabEvery(tasksOf, REDRAW_MS);
  const last = useMemo(() => lastTasks(tasks.values(), serial, SHOWN_TASKS), [tasks, serial]);
  const navigate = useNavigate();
  if (last.length === 0) return <Nothing>None in this run of the lab host.</Nothing>;
  return (
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {last.map((task) => (
        <li key={task.taskId}>
          <ButtonBase
            onClick={() => void navigate(`/tasks/${encodeURIComponent(task.taskId)}`)}
            sx={{
              width: 'calc(100% + 12px)',
              font: 'inherit',
              gap: 1,
              py: 0.5,
              px: 0.75,
              mx: -0.75,
              borderRadius: 1,
              fontSize: 12.5,
              textAlign: 'left',
              '&:hover': { bgcolor: 'action.hover' },
              '&.Mui-focusVisible': { outline: 2, outlineColor: 'primary.main' },
            }}
          >
            <Box component="span" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {task.packageId}{' '}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {task.device === serial
                  ? task.from === serial
                    ? 'asked and ran'
                    : 'ran it'
                  : 'asked for it'}
              </Box>
            </Box>
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {timeOfDay(task.startedAt)}
            </Box>
            <StateChip tone={taskTone(task.state)} label={taskWord(task.state)} />
          </ButtonBase>
        </li>
      ))}
    </Box>
  );
}
