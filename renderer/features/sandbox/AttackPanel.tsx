// Hostile programs against this machine's sandbox: how many got out, which were not reported rightly, and each of them.

import { mdiPlay, mdiShieldLockOutline, mdiStop } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { SandboxAttackView } from '#schemas';
import { post } from '../../api/client.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { dateAndTime, duration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';
import { AttackTable } from './AttackTable.tsx';
import { noteAttack, useSandbox } from './sandbox-store.ts';
import { attackSentence, attackTotals, runtimeName } from './sandbox-words.ts';

export function AttackPanel({ connected }: { readonly connected: boolean }) {
  const view = useSandbox((data) => data.attack);
  const measuring = useSandbox((data) => data.runs?.some(({ state }) => state === 'running') ?? false);
  const [busy, setBusy] = useState(false);
  const running = view?.state === 'running';
  const ask = (path: string, body: unknown) => {
    setBusy(true);
    post('sandboxAttack', path, body)
      .then(noteAttack, showError)
      .finally(() => setBusy(false));
  };
  const button = running ? (
    <Button
      color="error"
      startIcon={<Icon path={mdiStop} />}
      disabled={!connected || busy}
      onClick={() => ask('/sandbox/attack/cancel', undefined)}
    >
      {busy ? 'Ending …' : 'Cancel'}
    </Button>
  ) : (
    <Button
      variant="contained"
      startIcon={<Icon path={mdiPlay} />}
      disabled={!connected || busy || measuring}
      onClick={() => ask('/sandbox/attack', {})}
    >
      {busy ? 'Starting …' : 'Attack'}
    </Button>
  );
  if (!view || view.state === 'never')
    return (
      <EmptyState icon={mdiShieldLockOutline} title="Does it hold?" action={button}>
        {measuring
          ? 'A measurement runs; the attacks would be in its figures.'
          : 'More than sixty hostile programs for each runtime try to get out of this machine’s sandbox, each beside the same program outside, which must succeed. It takes a minute or two.'}
      </EmptyState>
    );
  return (
    <>
      <Panel title="Attack on this machine" aside={button}>
        <Summary view={view} />
      </Panel>
      {view.reports.map((report) => (
        <AttackTable key={report.runtime} report={report} />
      ))}
    </>
  );
}

function Summary({ view }: { readonly view: SandboxAttackView }) {
  const { escapes, unreported, failedControls } = attackTotals(view);
  const { progress, startedAt, tookMs, state } = view;
  const broken = escapes + unreported + failedControls > 0;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      {state === 'running' && (
        <Box>
          <LinearProgress
            aria-label="Attacked"
            variant={progress ? 'determinate' : 'indeterminate'}
            value={progress ? (100 * progress.done) / progress.total : 0}
            sx={{ mb: 0.75 }}
          />
          <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
            {progress
              ? `${runtimeName(progress.runtime)}: ${progress.done} of ${progress.total}, ${progress.attack}`
              : 'Starting the launcher'}
          </Typography>
        </Box>
      )}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
        <Big value={escapes} name="escaped" />
        <Big value={unreported} name="not reported rightly" />
        <Big value={failedControls} name="controls failed" />
      </Box>
      {view.problem && <Alert severity="error">{view.problem.message}</Alert>}
      <Typography
        role="status"
        sx={({ palette }) => ({ fontSize: 13.5, ...(broken ? { color: palette.tones.bad.text } : {}) })}
      >
        {attackSentence(view)}
      </Typography>
      {view.notOffered.map(({ runtime, why }) => (
        <Typography key={runtime} sx={{ fontSize: 12.5, color: 'text.secondary' }}>
          {runtimeName(runtime)} was not attacked: {why}
        </Typography>
      ))}
      {startedAt !== undefined && (
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
          {dateAndTime(startedAt)}
          {tookMs === undefined ? '' : `, ${duration(tookMs)}`}
        </Typography>
      )}
    </Box>
  );
}

/** Nothing but nought is right. */
function Big({ value, name }: { readonly value: number; readonly name: string }) {
  return (
    <Box
      sx={({ palette }) => ({
        ...{ minWidth: 150, flex: '1 1 150px', px: 2, py: 1.25, borderRadius: 2 },
        color: palette.tones[value === 0 ? 'ok' : 'bad'].text,
        bgcolor: palette.tones[value === 0 ? 'ok' : 'bad'].fill,
      })}
    >
      <Typography component="div" sx={{ fontSize: 34, fontWeight: 650, lineHeight: 1.15 }}>
        {value}
      </Typography>
      <Typography sx={{ fontSize: 12.5 }}>{name}</Typography>
    </Box>
  );
}
