// Starts a simulated mesh: the same routing code as on phones, without the phones.

import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import LinearProgress from '@mui/material/LinearProgress';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { SimulationView, StartSimulation } from '#schemas';
import { post } from '../../../api/client.ts';
import { showError } from '../../../shell/messages-store.ts';

const sizes = [100, 500, 2_000] as const;
const topologies = [
  ['near', 'Near: each to its nearest, as radio does'],
  ['random', 'Random: three links a node on average'],
  ['ring', 'Ring'],
  ['chain', 'Chain'],
] as const satisfies readonly (readonly [StartSimulation['topology'], string])[];

export interface SimulateDialogProps {
  readonly onClose: () => void;
  readonly onStarted: (simulation: SimulationView) => void;
}

export function SimulateDialog({ onClose, onStarted }: SimulateDialogProps) {
  const [nodes, setNodes] = useState<number>(500);
  const [topology, setTopology] = useState<StartSimulation['topology']>('near');
  const [breaks, setBreaks] = useState<number>(30);
  const [busy, setBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  async function start(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    stop.current = new AbortController();
    try {
      const request: StartSimulation = { nodes, topology, seed: 1, breaksPerMinute: breaks };
      onStarted(await post('simulation', '/simulations', request, { signal: stop.current.signal }));
    } catch (error) {
      showError(error);
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="simulate">
      <form onSubmit={(event) => void start(event)}>
        <DialogTitle id="simulate">Simulate a mesh</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField
              select
              label="Nodes"
              value={nodes}
              onChange={({ target }) => setNodes(Number(target.value))}
            >
              {sizes.map((size) => (
                <MenuItem key={size} value={size}>
                  {size.toLocaleString()}
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
            <TextField
              select
              label="Links that break and heal"
              value={breaks}
              onChange={({ target }) => setBreaks(Number(target.value))}
            >
              <MenuItem value={0}>None</MenuItem>
              <MenuItem value={30}>30 a minute</MenuItem>
              <MenuItem value={120}>120 a minute</MenuItem>
            </TextField>
            <Typography color="text.secondary">
              The lab host runs the phones’ own routing code for every node. It takes up to half a core, and
              ends by itself a minute after nobody looks.
            </Typography>
            {busy && (
              <Stack spacing={0.5}>
                <LinearProgress aria-label="Starting the simulation" />
                <Typography sx={{ fontSize: 12 }} color="text.secondary">
                  Linking {nodes.toLocaleString()} nodes
                </Typography>
              </Stack>
            )}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" loading={busy}>
            Start
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
