// Measurements: start one, the list of those that were kept, one of them in full, and two beside each other.

import { mdiSpeedometer } from '@mdi/js';
import Box from '@mui/material/Box';
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { RunForm } from './RunForm.tsx';
import { RunList } from './RunList.tsx';
import { RunResult } from './RunResult.tsx';
import { useSandbox } from './sandbox-store.ts';

export function MeasureTab({ connected }: { readonly connected: boolean }) {
  const [search, setSearch] = useSearchParams();
  const runs = useSandbox((data) => data.runs);
  const shown =
    runs?.find(({ runId }) => runId === search.get('run')) ?? runs?.find(({ state }) => state === 'done');
  const other = runs?.find(({ runId }) => runId === search.get('with') && runId !== shown?.runId);
  const choose = useCallback(
    (name: 'run' | 'with', runId: string | undefined) =>
      setSearch(
        (before) => {
          if (runId === undefined) before.delete(name);
          else before.set(name, runId);
          return before;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return (
    <Box
      sx={{
        ...{ display: 'grid', gap: 2, alignItems: 'start' },
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: '340px minmax(0, 1fr)' },
      }}
    >
      <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2, minWidth: 0 }}>
        <RunForm connected={connected} />
        <RunList runs={runs} shown={shown?.runId} other={other?.runId} onChoose={choose} />
      </Box>
      <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2, minWidth: 0 }}>
        {shown && other && (
          <ComparePanel a={other.runId} b={shown.runId} onClose={() => choose('with', undefined)} />
        )}
        {shown ? (
          <RunResult key={shown.runId} run={shown} connected={connected} />
        ) : (
          <EmptyState icon={mdiSpeedometer} title="Nothing was measured yet">
            A measurement starts every runtime cold and warm beside plain fork+exec, bubblewrap and others,
            and finds what the sandbox costs. It takes about half a minute for each place.
          </EmptyState>
        )}
      </Box>
    </Box>
  );
}
