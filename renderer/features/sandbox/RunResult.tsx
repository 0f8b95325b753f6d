// One measurement in full: charts of its starts, every other figure, what the sandbox costs, and exports.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo, useState } from 'react';
import type { SandboxResult, SandboxRunDetail, SandboxRunView } from '#schemas';
import { get } from '../../api/client.ts';
import { dateAndTime, sentence } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { FigureTables } from './FigureTables.tsx';
import { KeptActions } from './KeptActions.tsx';
import { StartChart } from './StartChart.tsx';
import { dropRun } from './sandbox-store.ts';
import { exportOf, percentDone, placeName } from './sandbox-words.ts';
import { startCharts } from './start-chart-model.ts';

export function RunResult({
  run,
  connected,
  onForgotten,
}: {
  readonly run: SandboxRunView;
  readonly connected: boolean;
  readonly onForgotten: () => void;
}) {
  const { detail, problem } = useDetail(run);
  const { runId } = run;
  return (
    <Panel
      title={`Measured ${dateAndTime(run.startedAt)}`}
      aside={
        <KeptActions
          noun="measurement"
          apiPath={`/sandbox/runs/${runId}`}
          formats={[
            ['CSV', exportOf(runId, 'csv')],
            ['JSON', exportOf(runId, 'json')],
          ]}
          disabled={!connected || run.state === 'running'}
          onForgotten={() => {
            dropRun(runId);
            onForgotten();
          }}
        />
      }
    >
      {run.state === 'running' && (
        <LinearProgress
          aria-label="Measured"
          variant="determinate"
          value={percentDone(run)}
          sx={{ mb: 1.5 }}
        />
      )}
      {run.state === 'running' && (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary', mb: 1.5 }}>
          Figures are shown when it has ended.
        </Typography>
      )}
      {run.problem && (
        <Alert severity="error" sx={{ mb: 1.5 }}>
          {sentence(run.problem.message)}
        </Alert>
      )}
      {run.state === 'cancelled' && (
        <Alert severity="info" sx={{ mb: 1.5 }}>
          It was cancelled: what had been measured until then is not in it.
        </Alert>
      )}
      {problem && <Alert severity="error">{problem}</Alert>}
      {detail ? (
        <Result result={detail.result} told={run.problem?.message} />
      ) : (
        !problem && <Skeleton variant="rounded" height={240} />
      )}
    </Panel>
  );
}

/** Read when it is shown, and again when it has ended. */
function useDetail({ runId, state }: SandboxRunView) {
  const [now, setNow] = useState<{ detail?: SandboxRunDetail; problem?: string }>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: an end is a reason to read again
  useEffect(() => {
    const stop = new AbortController();
    get('sandboxRunDetail', `/sandbox/runs/${runId}`, { signal: stop.signal }).then(
      (detail) => setNow({ detail }),
      (error: Error) => {
        if (!stop.signal.aborted) setNow({ problem: error.message });
      },
    );
    return () => stop.abort();
  }, [runId, state]);
  return now;
}

function Result({
  result,
  told,
}: {
  readonly result: SandboxResult;
  /** What was said of the whole run is not said again of its place. */
  readonly told: string | undefined;
}) {
  const charts = useMemo(() => startCharts(result), [result]);
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5 }}>
      {result.places.map(({ place, problem, cpu, cores, kernel, notes }) => (
        <Box key={place}>
          <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
            {placeName(place)}
            {problem ? '' : `: ${cpu || 'processor not named'}, ${cores} cores, Linux ${kernel}`}
          </Typography>
          {problem && problem.message !== told && <Alert severity="error">{sentence(problem.message)}</Alert>}
          {notes.map((note) => (
            <Typography key={note} sx={{ fontSize: 12, color: 'text.secondary' }}>
              {note}
            </Typography>
          ))}
        </Box>
      ))}
      {charts.length > 0 && (
        <Box>
          <Typography sx={{ fontSize: 12.5, color: 'text.secondary', mb: 1.5 }}>
            From accepting the job to the first byte of output; medians, the lines hold them with 95 %. Warm:
            a process waited without the service’s code.
          </Typography>
          <Box
            sx={{
              ...{ display: 'grid', columnGap: 3, rowGap: 2.5 },
              gridTemplateColumns: { xs: 'minmax(0, 1fr)', xl: 'repeat(2, minmax(0, 1fr))' },
            }}
          >
            {charts.map((chart) => (
              <StartChart key={chart.key} chart={chart} />
            ))}
          </Box>
        </Box>
      )}
      <FigureTables result={result} />
    </Box>
  );
}
