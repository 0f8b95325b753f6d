// Starts virtual phones: how many, of which profile, linked how.

import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { AddPhones } from '#schemas';
import { post } from '../../api/client.ts';
import { count } from '../../parts/format.ts';
import { showDone, showError } from '../../shell/messages-store.ts';

const topologies = [
  ['ring', 'Ring: each to the next, the last to the first'],
  ['chain', 'Chain: each to the next'],
  ['random', 'Random: connected, three links a phone on average'],
  ['full', 'Full: each to each'],
] as const;

const profiles = [
  ['', 'In turn: flagship, mid-range, budget'],
  ['flagship', 'Flagship: 12 GiB, 8 cores'],
  ['mid-range', 'Mid-range: 6 GiB, 8 cores'],
  ['budget', 'Budget: 3 GiB, 4 cores'],
] as const;

export function AddPhonesDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const [number, setNumber] = useState('5');
  const [topology, setTopology] = useState<NonNullable<AddPhones['topology']>>('ring');
  const [profile, setProfile] = useState<'' | NonNullable<AddPhones['profile']>>('');
  const wanted = Number(number);
  const valid = Number.isInteger(wanted) && wanted >= 1 && wanted <= 200;

  function add(): void {
    onClose();
    post('phones', '/phones', { count: wanted, topology, ...(profile ? { profile } : {}) }).then(
      (phones) => showDone(`${count(phones.length, 'phone')} starting`),
      showError,
    );
  }

  return (
    <Dialog open={open} onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="add-phones">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) add();
        }}
      >
        <DialogTitle id="add-phones">Add virtual phones</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField
              label="How many"
              type="number"
              value={number}
              onChange={({ target }) => setNumber(target.value)}
              autoFocus
              error={!valid}
              helperText={
                valid ? 'Each costs about one second of a core and 100 MB' : 'A whole number from 1 to 200'
              }
              slotProps={{ htmlInput: { min: 1, max: 200 } }}
            />
            <TextField
              select
              label="Profile"
              value={profile}
              onChange={({ target }) => setProfile(target.value as typeof profile)}
            >
              {profiles.map(([value, text]) => (
                <MenuItem key={value} value={value}>
                  {text}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              select
              label="Links"
              value={topology}
              onChange={({ target }) => setTopology(target.value as typeof topology)}
            >
              {topologies.map(([value, text]) => (
                <MenuItem key={value} value={value}>
                  {text}
                </MenuItem>
              ))}
            </TextField>
            <Typography variant="body2" color="text.secondary">
              They join the phones that are there by one link.
            </Typography>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={!valid}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
