// Sets what virtual phones report of their battery, charger and heat.

import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { PhoneView } from '#schemas';
import { count } from '../../../parts/format.ts';
import { startCommands } from './batch-store.ts';
import { heatChoices, powerCommands } from './power-commands.ts';

export function PowerDialog({
  phones,
  onClose,
}: {
  readonly phones: readonly PhoneView[];
  readonly onClose: () => void;
}) {
  const [battery, setBattery] = useState('');
  const [charger, setCharger] = useState<'' | 'on' | 'off'>('');
  const [heat, setHeat] = useState('');
  const commands = powerCommands({ battery, charger, heat });
  const [only] = phones;
  const now = phones.length === 1 ? only : undefined;
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth aria-labelledby="power-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!commands || commands.length === 0) return;
          startCommands(
            'Setting battery and heat',
            commands,
            phones.map(({ serial }) => serial),
          );
          onClose();
        }}
      >
        <DialogTitle id="power-title">
          Battery and heat: {now?.serial ?? count(phones.length, 'virtual phone')}
        </DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField
              label="Battery, %"
              type="number"
              autoFocus
              value={battery}
              onChange={({ target }) => setBattery(target.value)}
              error={commands === undefined}
              helperText={
                commands === undefined
                  ? 'A whole number from 0 to 100'
                  : `Empty: as it is${now?.batteryPercent === undefined ? '' : ` (${now.batteryPercent} %)`}`
              }
              slotProps={{ htmlInput: { min: 0, max: 100 } }}
            />
            <Choice
              label="Charger"
              value={charger}
              onChange={(value) => setCharger(value as typeof charger)}
              choices={[
                ['on', 'USB charger'],
                ['off', 'None'],
              ]}
            />
            <Choice label="Heat" value={heat} onChange={setHeat} choices={heatChoices} />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={!commands || commands.length === 0}>
            Set
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Choice({
  label,
  value,
  onChange,
  choices,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly (readonly [string, string])[];
}) {
  return (
    <Box>
      <TextField
        select
        fullWidth
        label={label}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">As it is</MenuItem>
        {choices.map(([id, text]) => (
          <MenuItem key={id} value={id}>
            {text}
          </MenuItem>
        ))}
      </TextField>
    </Box>
  );
}
