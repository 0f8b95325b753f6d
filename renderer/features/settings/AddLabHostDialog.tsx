// Name, address and token of a lab host; it is asked who it is before it is kept.

import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { type FormEvent, useState } from 'react';
import { toErrorShape } from '#base';
import type { LabHostEntry } from '#schemas';
import { call } from '../../api/bridge.ts';

export interface AddLabHostDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAdded: (hosts: readonly LabHostEntry[]) => void;
}

const empty = { name: '', apiUrl: 'http://127.0.0.1:', token: '' };

export function AddLabHostDialog({ open, onClose, onAdded }: AddLabHostDialogProps) {
  const [form, setForm] = useState(empty);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = (name: keyof typeof empty) => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const { hosts } = await call('labHosts.add', {
        ...form,
        name: form.name.trim(),
        token: form.token.trim(),
      });
      onAdded(hosts);
      setForm(empty);
      onClose();
    } catch (error) {
      setProblem(toErrorShape(error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open={open} onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="add-lab-host">
      <form onSubmit={(event) => void add(event)}>
        <DialogTitle id="add-lab-host">Add a lab host</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField label="Name" autoFocus required {...field('name')} />
            <TextField
              label="Address"
              required
              helperText="Such as http://127.0.0.1:40123"
              {...field('apiUrl')}
            />
            <TextField label="Token" required type="password" autoComplete="off" {...field('token')} />
            {problem && <Alert severity="error">{problem}</Alert>}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="contained"
            loading={busy}
            disabled={!form.name.trim() || !form.token.trim()}
          >
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
