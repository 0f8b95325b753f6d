// One attack in full: how many got out, which were not reported rightly, and each of them; the one that runs as it goes.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { SandboxAttackRun, SandboxAttackView } from '#schemas';
import { get } from '../../api/client.ts';
import { dateAndTime, duration, sentence } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { AttackTable } from './AttackTable.tsx';
import { KeptActions } from './KeptActions.tsx';
import { useSandbox } from './sandbox-store.ts';
import { attackExportOf, attackSentence, attackTotals, placeName, runtimeName } from './sandbox-words.ts';

export function AttackResult({
  runId,
  connected,
  onForgotten,
}: {
  readonly runId: string;
  readonly connected: boolean;
  readonly onForgotten: () => void;
}) {
  const live = useSandbox(({ attack }) => (attack?.runId === runId ? attack : undefined));
  const { run, problem } = useKept(runId, live === undefined);
  const view = live ?? run;
  if (!view)
    return problem ? <Alert severity="error">{problem}</Alert> : <Skeleton variant="rounded" height={220} />;
  return (
    <>
      <Panel
        title={`Attack on ${view.place === 'local' ? 'this machine' : placeName(view.place ?? '')}`}
        aside={
          <KeptActions
            noun="attack"
            apiPath={`/sandbox/attacks/${runId}`}
            formats={[
              ['CSV', attackExportOf(runId, 'csv')],
              ['JSON', attackExportOf(runId, 'json')],
              ['JUnit', attackExportOf(runId, 'junit')],
            ]}
            disabled={!connected || view.state === 'running'}
            onForgotten={onForgotten}
          />
        }
      >
        <Summary view={view} />
      </Panel>
      {view.reports.map((report) => (
        <AttackTable key={report.runtime} report={report} />
      ))}
    </>
  );
}

/** One that is not the last one of this lab host has to be asked for. */
function useKept(runId: string, wanted: boolean) {
  const [now, setNow] = useState<{ readonly run?: SandboxAttackRun; readonly problem?: string }>({});
  useEffect(() => {
    if (!wanted) return undefined;
    const stop = new AbortController();
    get('sandboxAttackRun', `/sandbox/attacks/${runId}`, { signal: stop.signal }).then(
      (run) => setNow({ run }),
      (error: Error) => {
        if (!stop.signal.aborted) setNow({ problem: error.message });
      },
    );
    return () => stop.abort();
  }, [runId, wanted]);
  return now;
}

function Summary({ view }: { readonly view: SandboxAttackView }) {
  const { attacks, escapes, unreported, failedControls } = attackTotals(view);
  const { startedAt, tookMs, state, progress } = view;
  const broken = escapes + unreported + failedControls + (progress?.wrong ?? 0) > 0;
  // Nought is good news only of attacks that were made.
  const sure = state !== 'running' && attacks > 0;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
        <Big value={escapes} name="escaped" sure={sure} />
        <Big value={unreported} name="not reported as they should" sure={sure} />
        <Big value={failedControls} name="controls failed" sure={sure} />
      </Box>
      {view.problem && <Alert severity="error">{sentence(view.problem.message)}</Alert>}
      <Typography
        role="status"
        sx={({ palette }) => ({ fontSize: 13.5, ...(broken ? { color: palette.tones.bad.text } : {}) })}
      >
        {attackSentence(view)}
      </Typography>
      {view.notOffered.map(({ runtime, why }) => (
        <Typography key={runtime} sx={{ fontSize: 12.5, color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {runtimeName(runtime)} was not attacked: {why}
        </Typography>
      ))}
      {startedAt !== undefined && (
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
          {dateAndTime(startedAt)}
          {tookMs === undefined ? '' : `, took ${duration(tookMs)}`}
          {progress ? `: ${runtimeName(progress.runtime)}, ${progress.attack}` : ''}
        </Typography>
      )}
    </Box>
  );
}

/** Nothing but nought is right. */
function Big({
  value,
  name,
  sure,
}: {
  readonly value: number;
  readonly name: string;
  readonly sure: boolean;
}) {
  const tone = value > 0 ? 'bad' : sure ? 'ok' : 'off';
  return (
    <Box
      sx={({ palette }) => ({
        ...{ minWidth: 150, flex: '1 1 150px', px: 2, py: 1.25, borderRadius: 2 },
        color: palette.tones[tone].text,
        bgcolor: palette.tones[tone].fill,
      })}
    >
      <Typography component="div" sx={{ fontSize: 34, fontWeight: 650, lineHeight: 1.15 }}>
        {value}
      </Typography>
      <Typography sx={{ fontSize: 12.5 }}>{name}</Typography>
    </Box>
  );
}
