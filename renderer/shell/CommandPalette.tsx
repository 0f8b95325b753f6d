// Everything by typing: pages, phones, tasks, and what the page that is open can do.

import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import TextField from '@mui/material/TextField';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { useLab } from '../lab/lab-store.ts';
import { pages } from './pages.tsx';
import { type Action, closePalette, usePalette } from './palette-store.ts';

const TASKS = 20;

export function CommandPalette() {
  const open = usePalette((data) => data.open);
  return (
    <Dialog
      open={open}
      onClose={closePalette}
      fullWidth
      maxWidth="sm"
      aria-label="Command palette"
      slotProps={{ paper: { sx: { alignSelf: 'flex-start', mt: 8 } } }}
    >
      {open && <Search />}
    </Dialog>
  );
}

function Search() {
  const actions = useActions();
  return (
    <Autocomplete<Action, false, false, false>
      open
      autoHighlight
      options={actions}
      groupBy={({ group }) => group}
      getOptionLabel={({ label }) => label}
      getOptionKey={({ id }) => id}
      onChange={(_event, action) => {
        closePalette();
        action?.run();
      }}
      onClose={(_event, reason) => reason === 'escape' && closePalette()}
      noOptionsText="Nothing of this name"
      slotProps={{
        popper: {
          disablePortal: true,
          sx: { position: 'static !important', transform: 'none !important', width: '100% !important' },
        },
        paper: { variant: 'elevation', elevation: 0 },
        listbox: { sx: { maxHeight: 420 } },
      }}
      renderInput={(params) => (
        <TextField
          {...params}
          autoFocus
          placeholder="Go to a page, a phone, a task, or do something"
          slotProps={{
            ...params.slotProps,
            htmlInput: { ...params.slotProps.htmlInput, 'aria-label': 'Find or do' },
          }}
          sx={{ p: 1.5 }}
        />
      )}
      renderOption={({ key, ...props }, { label, keys }) => (
        <Box component="li" key={key} {...props} sx={{ display: 'flex', gap: 1 }}>
          <span>{label}</span>
          {keys && (
            <Box
              component="kbd"
              sx={{ ml: 'auto !important', fontFamily: 'inherit', fontSize: 11, color: 'text.secondary' }}
            >
              {keys}
            </Box>
          )}
        </Box>
      )}
    />
  );
}

function useActions(): readonly Action[] {
  const navigate = useNavigate();
  const offered = usePalette((data) => data.actions);
  const phones = useLab((data) => data.phones);
  const tasks = useLab((data) => data.tasks);
  return useMemo(
    () => [
      ...[...offered.values()].flat(),
      ...pages.map(({ path, name, keys }) => ({
        id: path,
        label: name,
        group: 'Go to',
        keys,
        run: () => void navigate(path),
      })),
      ...[...phones.values()].map(({ serial, model }) => ({
        id: `phone ${serial}`,
        label: `${serial}${model ? `, ${model}` : ''}`,
        group: 'Phones',
        run: () => void navigate(`/fleet/${encodeURIComponent(serial)}`),
      })),
      ...[...tasks.values()]
        .slice(-TASKS)
        .reverse()
        .map(({ taskId, packageId, state }) => ({
          id: `task ${taskId}`,
          label: `${packageId}, ${state} (${taskId.slice(0, 8)})`,
          group: 'Tasks',
          run: () => void navigate(`/tasks/${encodeURIComponent(taskId)}`),
        })),
    ],
    [offered, phones, tasks, navigate],
  );
}
