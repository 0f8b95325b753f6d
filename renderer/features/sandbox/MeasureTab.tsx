// Measurements: start one, the list of those that were kept, one of them in full, and two beside each other.

import { mdiSpeedometer } from '@mdi/js';
import { useMemo } from 'react';
import type { SandboxRunView } from '#schemas';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { count, duration } from '../../parts/format.ts';
import { ComparePanel } from './ComparePanel.tsx';
import { type KeptItem, KeptList } from './KeptList.tsx';
import { RunForm } from './RunForm.tsx';
import { RunResult } from './RunResult.tsx';
import { useSandbox } from './sandbox-store.ts';
import { placeName, runState } from './sandbox-words.ts';
import { freshOf, shownRun } from './shown-run.ts';
import { TwoColumns } from './TwoColumns.tsx';
import { useChosenRuns } from './use-chosen-runs.ts';

export function MeasureTab({ connected }: { readonly connected: boolean }) {
  const chosen = useChosenRuns('run');
  const runs = useSandbox((data) => data.runs);
  const items = useMemo(() => runs?.map(itemOf), [runs]);
  const shown = shownRun(runs, chosen.shown);
  const other = runs?.find(({ runId }) => runId === chosen.other && runId !== shown?.runId);
  return (
    <TwoColumns
      fresh={freshOf(chosen)}
      left={
        <>
          <RunForm connected={connected} onStarted={() => chosen.onShow(undefined)} />
          <KeptList
            items={items}
            noun="run"
            empty="Measurements are kept here, with every value."
            {...chosen}
            shown={shown?.runId}
            other={other?.runId}
          />
        </>
      }
      right={
        <>
          {shown && other && (
            <ComparePanel a={other.runId} b={shown.runId} onClose={() => chosen.onCompare(undefined)} />
          )}
          {shown ? (
            <RunResult
              key={shown.runId}
              run={shown}
              connected={connected}
              onForgotten={() => chosen.onShow(undefined)}
            />
          ) : (
            <EmptyState icon={mdiSpeedometer} title="Nothing was measured yet">
              A measurement starts every runtime cold and warm beside plain fork+exec, bubblewrap and others,
              and finds what the sandbox costs. It takes about half a minute for each place.
            </EmptyState>
          )}
        </>
      }
    />
  );
}

function itemOf(run: SandboxRunView): KeptItem {
  const { places, rounds } = run.request;
  const where = places.length > 3 ? count(places.length, 'place') : places.map(placeName).join(', ');
  const took = run.tookMs === undefined ? '' : `, ${duration(run.tookMs)}`;
  return {
    ...{ runId: run.runId, startedAt: run.startedAt, state: runState(run), running: run.state === 'running' },
    about: `${where}: ${count(rounds, 'round')}${took}`,
  };
}
