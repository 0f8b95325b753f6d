// The history: how large it is, what is in it, exports, and forgetting.

import { mdiDeleteOutline, mdiDownload } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonGroup from '@mui/material/ButtonGroup';
import Typography from '@mui/material/Typography';
import { useCallback, useEffect, useState } from 'react';
import type { HistoryStatus } from '#schemas';
import { call } from '../../api/bridge.ts';
import { get, tell } from '../../api/client.ts';
import { useConnection } from '../../lab/use-connection.ts';
import { bytes } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { showDone, showError } from '../../shell/messages-store.ts';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { exportOf, exportWhats, lostOf, rowsOf } from './history-words.ts';

export function HistoryPanel() {
  const connection = useConnection();
  const [status, setStatus] = useState<HistoryStatus>();
  const [problem, setProblem] = useState<string>();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState<string>();
  const load = useCallback((signal?: AbortSignal) => {
    get('history', '/history', { signal }).then(
      (next) => {
        setStatus(next);
        setProblem(undefined);
      },
      (error: Error) => {
        if (!signal?.aborted) setProblem(error.message);
      },
    );
  }, []);
  useEffect(() => {
    if (connection < 0) return undefined;
    const stop = new AbortController();
    load(stop.signal);
    return () => stop.abort();
  }, [connection, load]);

  function doing(what: string, done: Promise<unknown>): void {
    setBusy(what);
    done.catch(showError).finally(() => setBusy(undefined));
  }
  const save = (what: string, format: 'csv' | 'json') =>
    doing(
      `${what}.${format}`,
      call('exports.save', exportOf(what, format)).then(({ saved }) => {
        if (saved) showDone(`${bytes(saved.bytes)} saved as ${saved.path}`);
      }),
    );
  const clear = () =>
    doing(
      'clear',
      tell('DELETE', '/history').then(() => {
        showDone('The history is empty but for this run');
        load();
      }),
    );

  const trouble = problem ?? status?.problem?.message;
  const lost = status && lostOf(status);
  return (
    <Panel
      title="History"
      aside={
        <Button
          color="error"
          startIcon={<Icon path={mdiDeleteOutline} />}
          disabled={!status || connection < 0 || busy !== undefined}
          onClick={() => setAsking(true)}
        >
          {busy === 'clear' ? 'Clearing …' : 'Clear …'}
        </Button>
      }
    >
      {trouble && (
        <Alert severity="warning" sx={{ mb: 1 }}>
          {trouble}
        </Alert>
      )}
      <Facts
        rows={[
          ['Size', status ? bytes(status.bytes) : '–'],
          ['Holds', status ? rowsOf(status) : '–'],
          ['File', status?.file ?? '–'],
          ...(lost === undefined ? [] : ([['Not written', lost]] as const)),
        ]}
      />
      <Typography variant="h3" sx={{ mt: 1.5, mb: 0.5 }}>
        Export
      </Typography>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        {exportWhats.map(({ what, label }) => (
          <ButtonGroup
            key={what}
            size="small"
            variant="outlined"
            aria-label={`Export ${label}`}
            disabled={!status || connection < 0 || busy !== undefined}
          >
            {(['csv', 'json'] as const).map((format) => (
              <Button
                key={format}
                startIcon={format === 'csv' ? <Icon path={mdiDownload} /> : undefined}
                aria-label={`Export ${label} as ${format.toUpperCase()}`}
                onClick={() => save(what, format)}
              >
                {format === 'csv' ? `${label}: CSV` : 'JSON'}
              </Button>
            ))}
          </ButtonGroup>
        ))}
      </Box>
      <ConfirmDialog
        open={asking}
        title="Clear the history?"
        action="Clear the history"
        onClose={() => setAsking(false)}
        onConfirm={clear}
      >
        Tasks, events and measurements of all earlier runs are gone for good. This run stays. Export first
        what you want to keep.
      </ConfirmDialog>
    </Panel>
  );
}
