// Where and how often is measured; progress and cancelling of the one that runs.

import { mdiPlay, mdiStop } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';
import LinearProgress from '@mui/material/LinearProgress';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { useShallow } from 'zustand/shallow';
import type { SandboxRunView } from '#schemas';
import { post } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';
import { busyWith, noteRun, useSandbox } from './sandbox-store.ts';
import { percentDone, placeName, progressText } from './sandbox-words.ts';

const MOST_ROUNDS = 500;
const MOST_PLACES = 32;

export function RunForm({ connected }: { readonly connected: boolean }) {
  const phones = useLab(
    useShallow(({ phones: all }) =>
      [...all.values()].filter(({ state }) => state === 'running').map(({ serial }) => serial),
    ),
  );
  const running = useSandbox((data) => data.runs?.find(({ state }) => state === 'running'));
  const busy = useSandbox(busyWith);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(['local']));
  const [text, setText] = useState('30');
  const [starting, setStarting] = useState(false);
  const all = useMemo(() => ['local', ...[...phones].sort()], [phones]);
  const places = all.filter((place) => chosen.has(place)).slice(0, MOST_PLACES);
  const rounds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  const valid = rounds >= 1 && rounds <= MOST_ROUNDS;

  function toggle(place: string): void {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(place)) next.add(place);
      return next;
    });
  }
  function start(): void {
    setStarting(true);
    post('sandboxRun', '/sandbox/runs', { places, rounds })
      .then(noteRun, showError)
      .finally(() => setStarting(false));
  }

  return (
    <Panel title="Measure">
      <Box
        component="form"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
        sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}
      >
        <FormGroup
          aria-label="Places to measure"
          role="group"
          sx={{ maxHeight: 190, overflowY: 'auto', flexWrap: 'nowrap' }}
        >
          {all.map((place) => (
            <FormControlLabel
              key={place}
              control={
                <Checkbox
                  size="small"
                  checked={chosen.has(place)}
                  onChange={() => toggle(place)}
                  sx={{ py: 0.5 }}
                />
              }
              label={placeName(place)}
              slotProps={{ typography: { sx: { fontSize: 13 } } }}
            />
          ))}
        </FormGroup>
        <TextField
          label="Rounds"
          value={text}
          onChange={({ target }) => setText(target.value)}
          error={!valid}
          helperText={
            valid
              ? 'Starts of each kind; more rounds, surer figures'
              : `A whole number from 1 to ${MOST_ROUNDS}`
          }
          slotProps={{ htmlInput: { inputMode: 'numeric' } }}
        />
        {running ? (
          <Progress run={running} connected={connected} />
        ) : (
          <>
            <Button
              type="submit"
              variant="contained"
              startIcon={<Icon path={mdiPlay} />}
              disabled={!connected || !valid || places.length === 0 || starting || busy !== undefined}
            >
              {starting ? 'Starting …' : 'Start'}
            </Button>
            {busy && <Hint>{`${busy}; it would be in the figures.`}</Hint>}
            {places.length === 0 && <Hint>Choose at least one place.</Hint>}
          </>
        )}
      </Box>
    </Panel>
  );
}

const Hint = ({ children }: { readonly children: string }) => (
  <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>{children}</Typography>
);

function Progress({ run, connected }: { readonly run: SandboxRunView; readonly connected: boolean }) {
  const [ending, setEnding] = useState(false);
  const percent = percentDone(run);
  const { progress } = run;
  const where = progress
    ? `${placeName(progress.place)}, ${progressText(progress.what)}`
    : 'opening the sandboxes';
  return (
    <Box>
      <LinearProgress
        aria-label="Measured"
        variant={progress ? 'determinate' : 'indeterminate'}
        value={percent}
        sx={{ mb: 0.75 }}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 34 }}>
        <Typography
          sx={{ flex: 1, fontSize: 12, color: 'text.secondary', minWidth: 0, overflowWrap: 'anywhere' }}
        >
          {Math.floor(percent)} %: {where}
        </Typography>
        <Button
          color="error"
          startIcon={<Icon path={mdiStop} />}
          disabled={!connected || ending}
          onClick={() => {
            setEnding(true);
            post('sandboxRun', `/sandbox/runs/${run.runId}/cancel`, undefined)
              .then(noteRun, showError)
              .finally(() => setEnding(false));
          }}
        >
          {ending ? 'Ending …' : 'Cancel'}
        </Button>
      </Box>
    </Box>
  );
}
