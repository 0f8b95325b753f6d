// Where and how often is measured; progress and cancelling of the one that runs.

import { mdiPlay } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useMemo, useState } from 'react';
import { useShallow } from 'zustand/shallow';
import type { SandboxRunView } from '#schemas';
import { post } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';
import { Checks } from './Checks.tsx';
import { Hint, RunProgress } from './RunProgress.tsx';
import { busyWith, noteRun, useSandbox } from './sandbox-store.ts';
import { percentDone, placeName, progressText } from './sandbox-words.ts';

const MOST_ROUNDS = 500;
const MOST_PLACES = 32;

export function RunForm({
  connected,
  onStarted,
}: {
  readonly connected: boolean;
  readonly onStarted: () => void;
}) {
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
  const gone = [...chosen].filter((place) => !all.includes(place));
  const rounds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  const valid = rounds >= 1 && rounds <= MOST_ROUNDS;

  function start(): void {
    setStarting(true);
    post('sandboxRun', '/sandbox/runs', { places, rounds })
      .then((started) => {
        noteRun(started);
        onStarted();
      }, showError)
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
        <Checks label="Places to measure" all={all} chosen={chosen} nameOf={placeName} onChange={setChosen} />
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
            {gone.length > 0 && (
              <Hint>{`${gone.join(', ')} ${gone.length === 1 ? 'does' : 'do'} not run now, and will not be measured.`}</Hint>
            )}
            {places.length === 0 && <Hint>Choose at least one place.</Hint>}
          </>
        )}
      </Box>
    </Panel>
  );
}

function Progress({ run, connected }: { readonly run: SandboxRunView; readonly connected: boolean }) {
  const percent = percentDone(run);
  const { progress } = run;
  const where = progress
    ? `${placeName(progress.place)}, ${progressText(progress.what)}`
    : 'opening the sandboxes';
  return (
    <RunProgress
      label="Measured"
      percent={progress && percent}
      text={`${Math.floor(percent)} %: ${where}`}
      connected={connected}
      onCancel={() =>
        post('sandboxRun', `/sandbox/runs/${run.runId}/cancel`, undefined).then(noteRun, showError)
      }
    />
  );
}
