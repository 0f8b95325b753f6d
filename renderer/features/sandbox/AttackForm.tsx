// Where is attacked, and which runtimes; progress and cancelling of the attack that runs.

import { mdiPlay, mdiStop } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';
import LinearProgress from '@mui/material/LinearProgress';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useShallow } from 'zustand/shallow';
import type { SandboxAttackView } from '#schemas';
import { post } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';
import { busyWith, noteAttack, useSandbox } from './sandbox-store.ts';
import { knownRuntimes, placeName, runtimeName } from './sandbox-words.ts';

export function AttackForm({
  connected,
  onStarted,
}: {
  readonly connected: boolean;
  readonly onStarted: () => void;
}) {
  const phones = useLab(
    useShallow(({ phones: all }) =>
      [...all.values()]
        .filter(({ state }) => state === 'running')
        .map(({ serial }) => serial)
        .sort(),
    ),
  );
  const view = useSandbox((data) => data.attack);
  const busy = useSandbox(busyWith);
  const [chosen, setChosen] = useState('local');
  const [runtimes, setRuntimes] = useState<ReadonlySet<string>>(new Set(knownRuntimes));
  const [starting, setStarting] = useState(false);
  // A phone that has gone is no choice any more.
  const place = phones.includes(chosen) ? chosen : 'local';

  function toggle(runtime: string): void {
    setRuntimes((before) => {
      const next = new Set(before);
      if (!next.delete(runtime)) next.add(runtime);
      return next;
    });
  }
  function start(): void {
    setStarting(true);
    // All of them: what isn't offered there is said, and is no failure.
    const some = runtimes.size < knownRuntimes.length ? { runtimes: [...runtimes] } : {};
    post('sandboxAttack', '/sandbox/attack', { place, ...some })
      .then((started) => {
        noteAttack(started);
        onStarted();
      }, showError)
      .finally(() => setStarting(false));
  }

  return (
    <Panel title="Attack">
      <Box
        component="form"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
        sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}
      >
        <TextField
          select
          label="Where"
          value={place}
          onChange={({ target }) => setChosen(target.value)}
          helperText={
            place === 'local' ? undefined : 'The hostile programs are sent there, and deleted after.'
          }
        >
          {['local', ...phones].map((it) => (
            <MenuItem key={it} value={it}>
              {placeName(it)}
            </MenuItem>
          ))}
        </TextField>
        <FormGroup aria-label="Runtimes to attack" role="group">
          {knownRuntimes.map((runtime) => (
            <FormControlLabel
              key={runtime}
              control={
                <Checkbox
                  size="small"
                  checked={runtimes.has(runtime)}
                  onChange={() => toggle(runtime)}
                  sx={{ py: 0.5 }}
                />
              }
              label={runtimeName(runtime)}
              slotProps={{ typography: { sx: { fontSize: 13 } } }}
            />
          ))}
        </FormGroup>
        {view?.state === 'running' ? (
          <Progress view={view} connected={connected} />
        ) : (
          <>
            <Button
              type="submit"
              variant="contained"
              startIcon={<Icon path={mdiPlay} />}
              disabled={!connected || starting || busy !== undefined || runtimes.size === 0}
            >
              {starting ? 'Starting …' : 'Attack'}
            </Button>
            {busy && <Hint>{`${busy}; each would disturb the other.`}</Hint>}
            {runtimes.size === 0 && <Hint>Choose at least one runtime.</Hint>}
          </>
        )}
      </Box>
    </Panel>
  );
}

const Hint = ({ children }: { readonly children: string }) => (
  <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>{children}</Typography>
);

function Progress({ view, connected }: { readonly view: SandboxAttackView; readonly connected: boolean }) {
  const [ending, setEnding] = useState(false);
  const { progress } = view;
  return (
    <Box>
      <LinearProgress
        aria-label="Attacked"
        variant={progress ? 'determinate' : 'indeterminate'}
        value={progress ? (100 * progress.done) / progress.total : 0}
        sx={{ mb: 0.75 }}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 34 }}>
        <Typography
          sx={{ flex: 1, fontSize: 12, color: 'text.secondary', minWidth: 0, overflowWrap: 'anywhere' }}
        >
          {progress
            ? `${runtimeName(progress.runtime)}: ${progress.done} of ${progress.total}`
            : 'Starting the launcher'}
        </Typography>
        <Button
          color="error"
          startIcon={<Icon path={mdiStop} />}
          disabled={!connected || ending}
          onClick={() => {
            setEnding(true);
            post('sandboxAttack', '/sandbox/attack/cancel', undefined)
              .then(noteAttack, showError)
              .finally(() => setEnding(false));
          }}
        >
          {ending ? 'Ending …' : 'Cancel'}
        </Button>
      </Box>
    </Box>
  );
}
