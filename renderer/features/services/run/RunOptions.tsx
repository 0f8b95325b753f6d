// Who asks, who runs it, and by when.

import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMemo } from 'react';
import type { ServiceDetail } from '#schemas';
import { useLab } from '../../../lab/lab-store.ts';
import type { RunChoices } from './form-model.ts';

export function RunOptions({
  service,
  choices,
  onChange,
}: {
  readonly service: ServiceDetail;
  readonly choices: RunChoices;
  readonly onChange: (choices: RunChoices) => void;
}) {
  const phones = useLab((data) => data.phones);
  const running = useMemo(
    () =>
      [...phones.values()]
        .filter(({ state }) => state === 'running')
        .map(({ serial, profile }) => ({ serial, profile }))
        .sort((a, b) => a.serial.localeCompare(b.serial)),
    [phones],
  );
  const known = (serial: string) => (running.some((phone) => phone.serial === serial) ? serial : '');
  const verdictOf = (serial: string) => {
    const here = service.phones.find((phone) => phone.serial === serial);
    if (service.others.some((phone) => phone.serial === serial && phone.verdict === 'reject'))
      return 'refuses it';
    if (!here) return 'fetches it first';
    return here.verdict === 'reject'
      ? 'refuses it'
      : here.verdict === 'warn'
        ? 'has it, with a warning'
        : 'has it';
  };
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(150px, 1fr))', gap: 1.5 }}>
      <TextField
        select
        label="Requested by"
        value={known(choices.from)}
        onChange={({ target }) => onChange({ ...choices, from: target.value })}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">The first that runs</MenuItem>
        {running.map(({ serial, profile }) => (
          <MenuItem key={serial} value={serial}>
            {serial}
            {profile ? `, ${profile}` : ''}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        select
        label="Runs on"
        value={known(choices.on)}
        onChange={({ target }) => onChange({ ...choices, on: target.value })}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">The fittest phone</MenuItem>
        {running.map(({ serial }) => (
          <MenuItem key={serial} value={serial}>
            {serial}, {verdictOf(serial)}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        select
        label="Deadline"
        value={String(choices.deadlineMs ?? '')}
        onChange={({ target }) =>
          onChange({ ...choices, deadlineMs: target.value === '' ? undefined : Number(target.value) })
        }
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">2 minutes</MenuItem>
        {deadlines.map(([ms, text]) => (
          <MenuItem key={ms} value={String(ms)}>
            {text}
          </MenuItem>
        ))}
      </TextField>
    </Box>
  );
}

const deadlines = [
  [10_000, '10 seconds'],
  [30_000, '30 seconds'],
  [600_000, '10 minutes'],
  [3_600_000, '1 hour'],
] as const;
