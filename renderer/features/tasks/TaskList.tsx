// Every task of this run and of earlier ones: sorted, filtered, live.

import { mdiPlay, mdiTimelineClockOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useCallback, useMemo } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useLab } from '../../lab/lab-store.ts';
import { tasksOf, useLabEvery } from '../../lab/use-lab-every.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { count } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { usePastTasks } from './past-tasks.ts';
import { TaskGrid } from './TaskGrid.tsx';
import { groupOf, rowMaker, type StateFilter, servicesOf, shownRows, stateFilters } from './task-rows.ts';

/** Tasks change many times a second; a list that is read needs less. */
const REDRAW_MS = 250;
const MANY = 300;
const REDRAW_MANY_MS = 750;

export function TaskList() {
  const many = useLab((data) => data.tasks.size > MANY);
  const tasks = useLabEvery(tasksOf, many ? REDRAW_MANY_MS : REDRAW_MS);
  const loaded = useLab((data) => data.loaded);
  const past = usePastTasks();
  const navigate = useNavigate();
  const open = useCallback(
    (taskId: string) => void navigate(`/tasks/${encodeURIComponent(taskId)}`),
    [navigate],
  );
  const [search, setSearch] = useSearchParams();
  const make = useMemo(rowMaker, []);
  const rows = useMemo(() => make(tasks.values(), past.tasks), [make, tasks, past.tasks]);
  const state = stateFilters.find(({ id }) => id === search.get('state'))?.id ?? 'all';
  const service = search.get('service') ?? '';
  const shown = useMemo(() => shownRows(rows, state, service), [rows, state, service]);
  const services = useMemo(() => servicesOf(rows), [rows]);
  const active = useMemo(() => rows.filter((row) => groupOf(row) === 'active').length, [rows]);
  const choose = (name: 'state' | 'service', value: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '' || value === 'all') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );

  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <Box sx={{ display: 'flex', gap: 1.5, px: 2.5, py: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <TextField
          select
          label="State"
          value={state}
          onChange={({ target }) => choose('state', target.value as StateFilter)}
          sx={{ width: 170 }}
        >
          {stateFilters.map(({ id, label }) => (
            <MenuItem key={id} value={id}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          label="Service"
          value={services.includes(service) ? service : ''}
          onChange={({ target }) => choose('service', target.value)}
          sx={{ width: 240 }}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        >
          <MenuItem value="">All services</MenuItem>
          {services.map((name) => (
            <MenuItem key={name} value={name}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <Typography role="status" sx={{ fontSize: 13, color: 'text.secondary' }}>
          {loaded ? count(shown.length, 'task') : ''}
          {active > 0 ? `, ${active} under way` : ''}
        </Typography>
        <Box sx={{ flex: 1 }} />
        {past.more && <Button onClick={past.more}>Load older</Button>}
        <Button
          variant="contained"
          startIcon={<Icon path={mdiPlay} />}
          onClick={() => void navigate('/services')}
        >
          Run a service
        </Button>
      </Box>
      {past.problem && (
        <Typography sx={{ px: 2.5, pb: 1, fontSize: 12.5, color: 'text.secondary' }}>
          Tasks of earlier runs can’t be shown: {past.problem}.
        </Typography>
      )}
      {loaded && rows.length === 0 ? (
        <EmptyState icon={mdiTimelineClockOutline} title="No tasks yet">
          Run a service: its task shows up here with every offer, its way through the mesh and its result.
        </EmptyState>
      ) : (
        <Box sx={{ flex: 1, minHeight: 0 }}>
          <TaskGrid rows={shown} loading={!loaded} onOpen={open} />
        </Box>
      )}
    </Box>
  );
}
