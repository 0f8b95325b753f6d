// Where is attacked, and which runtimes; progress and cancelling of the attack that runs.

import { mdiPlay } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { useShallow } from 'zustand/shallow';
import type { SandboxAttackView } from '#schemas';
import { post } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';
import { Checks } from './Checks.tsx';
import { Hint, RunProgress } from './RunProgress.tsx';
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
  // A phone that has gone stays chosen: this machine must not be attacked in its stead.
  const gone = chosen !== 'local' && !phones.includes(chosen);

  function start(): void {
    setStarting(true);
    // All of them: what isn't offered there is said, and is no failure.
    const some = runtimes.size < knownRuntimes.length ? { runtimes: [...runtimes] } : {};
    post('sandboxAttack', '/sandbox/attack', { place: chosen, ...some })
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
          value={chosen}
          onChange={({ target }) => setChosen(target.value)}
          helperText={
            gone
              ? `${chosen} does not run now.`
              : chosen === 'local'
                ? undefined
                : 'The hostile programs are sent there, and deleted after.'
          }
        >
          {['local', ...phones, ...(gone ? [chosen] : [])].map((it) => (
            <MenuItem key={it} value={it} disabled={gone && it === chosen}>
              {placeName(it)}
            </MenuItem>
          ))}
        </TextField>
        <Checks
          label="Runtimes to attack"
          all={knownRuntimes}
          chosen={runtimes}
          nameOf={runtimeName}
          onChange={setRuntimes}
        />
        {view?.state === 'running' ? (
          <Progress view={view} connected={connected} />
        ) : (
          <>
            <Button
              type="submit"
              variant="contained"
              startIcon={<Icon path={mdiPlay} />}
              disabled={!connected || gone || starting || busy !== undefined || runtimes.size === 0}
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

const Progress = ({
  view: { progress },
  connected,
}: {
  readonly view: SandboxAttackView;
  readonly connected: boolean;
}) => (
  <RunProgress
    label="Attacked"
    percent={progress && (100 * progress.done) / progress.total}
    text={
      progress
        ? `${runtimeName(progress.runtime)}: ${progress.done} of ${progress.total}`
        : 'Starting the launcher'
    }
    connected={connected}
    onCancel={() => post('sandboxAttack', '/sandbox/attack/cancel', undefined).then(noteAttack, showError)}
  />
);
