// One measurement in full: charts of its starts, every other figure, what the sandbox costs, and exports.

import { mdiDownload } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonGroup from '@mui/material/ButtonGroup';
import LinearProgress from '@mui/material/LinearProgress';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo, useState } from 'react';
import type { SandboxResult, SandboxRunDetail, SandboxRunView } from '#schemas';
import { call } from '../../api/bridge.ts';
import { get } from '../../api/client.ts';
import { bytes, dateAndTime } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showDone, showError } from '../../shell/messages-store.ts';
import { FigureTables } from './FigureTables.tsx';
import { StartChart } from './StartChart.tsx';
import { exportOf, percentDone, placeName } from './sandbox-words.ts';
import { startCharts } from './start-chart-model.ts';

export function RunResult({ run, connected }: { readonly run: SandboxRunView; readonly connected: boolean }) {
  const { detail, problem } = useDetail(run);
  const [saving, setSaving] = useState(false);
  function save(format: 'csv' | 'json'): void {
    setSaving(true);
    call('exports.save', exportOf(run.runId, format))
      .then(({ saved }) => {
        if (saved) showDone(`${bytes(saved.bytes)} saved as ${saved.path}`);
      }, showError)
      .finally(() => setSaving(false));
  }
  return (
    <Panel
      title={`Measured ${dateAndTime(run.startedAt)}`}
      aside={
        <ButtonGroup
          size="small"
          variant="outlined"
          aria-label="Export this measurement"
          disabled={!connected || saving || run.state === 'running'}
        >
          <Button startIcon={<Icon path={mdiDownload} />} onClick={() => save('csv')}>
            CSV
          </Button>
          <Button onClick={() => save('json')}>JSON</Button>
        </ButtonGroup>
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
      {run.problem && (
        <Alert severity="error" sx={{ mb: 1.5 }}>
          {run.problem.message}
        </Alert>
      )}
      {run.state === 'cancelled' && (
        <Alert severity="info" sx={{ mb: 1.5 }}>
          It was cancelled: what had been measured until then is not in it.
        </Alert>
      )}
      {problem && <Alert severity="error">{problem}</Alert>}
      {detail ? <Result result={detail.result} /> : !problem && <Skeleton variant="rounded" height={240} />}
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

function Result({ result }: { readonly result: SandboxResult }) {
  const charts = useMemo(() => startCharts(result), [result]);
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5 }}>
      {result.places.map(({ place, problem, cpu, cores, kernel, notes }) => (
        <Box key={place}>
          <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
            {placeName(place)}
            {problem ? '' : `: ${cpu || 'processor not named'}, ${cores} cores, Linux ${kernel}`}
          </Typography>
          {problem && <Alert severity="error">{problem.message}</Alert>}
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
