// Attacks: make one, the list of those that were kept, one of them in full, and two beside each other.

import { mdiShieldLockOutline } from '@mdi/js';
import { useMemo } from 'react';
import type { SandboxAttackSummary, SandboxAttackView } from '#schemas';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { count, duration } from '../../parts/format.ts';
import { AttackCompare } from './AttackCompare.tsx';
import { AttackForm } from './AttackForm.tsx';
import { AttackResult } from './AttackResult.tsx';
import { type KeptItem, KeptList } from './KeptList.tsx';
import { dropAttack, useSandbox } from './sandbox-store.ts';
import { attackState, attackTotals, placeName, runState } from './sandbox-words.ts';
import { freshOf } from './shown-run.ts';
import { TwoColumns } from './TwoColumns.tsx';
import { useChosenRuns } from './use-chosen-runs.ts';

export function AttackTab({ connected }: { readonly connected: boolean }) {
  const chosen = useChosenRuns('attack');
  const view = useSandbox((data) => data.attack);
  const attacks = useSandbox((data) => data.attacks);
  const items = useMemo(() => itemsOf(view, attacks), [view, attacks]);
  const shown = items?.find(({ runId }) => runId === chosen.shown)?.runId ?? items?.[0]?.runId;
  const isKept = (runId: string | undefined) => attacks?.some((it) => it.runId === runId) ?? false;
  const other = chosen.other !== shown && isKept(chosen.other) ? chosen.other : undefined;
  return (
    <TwoColumns
      fresh={freshOf(chosen)}
      left={
        <>
          <AttackForm connected={connected} onStarted={() => chosen.onShow(undefined)} />
          <KeptList
            items={items}
            noun="attack"
            empty="Attacks are kept here, with every outcome."
            {...chosen}
            shown={shown}
            other={other}
          />
        </>
      }
      right={
        <>
          {shown !== undefined && other !== undefined && isKept(shown) && (
            <AttackCompare a={other} b={shown} onClose={() => chosen.onCompare(undefined)} />
          )}
          {shown !== undefined ? (
            <AttackResult
              key={shown}
              runId={shown}
              connected={connected}
              onForgotten={() => {
                dropAttack(shown);
                chosen.onShow(undefined);
              }}
            />
          ) : (
            <EmptyState icon={mdiShieldLockOutline} title="Does it hold?">
              Hostile programs for each runtime try to get out of the sandbox, more than sixty for native
              services alone, each beside the same program outside, where it must succeed. It takes a minute
              or two.
            </EmptyState>
          )}
        </>
      }
    />
  );
}

/** The one that runs is not kept yet. */
function itemsOf(
  view: SandboxAttackView | undefined,
  attacks: readonly SandboxAttackSummary[] | undefined,
): readonly KeptItem[] | undefined {
  if (!attacks) return undefined;
  const kept = attacks.map(itemOf);
  if (view?.state !== 'running' || !view.runId || view.startedAt === undefined) return kept;
  const about = `${placeName(view.place ?? 'local')}: ${count(attackTotals(view).attacks + (view.progress?.done ?? 0), 'attack')} so far`;
  const { runId, startedAt } = view;
  return [
    { runId, startedAt, state: runState({ state: 'running' }), running: true, about },
    ...kept.filter((it) => it.runId !== runId),
  ];
}

function itemOf(run: SandboxAttackSummary): KeptItem {
  const took = run.tookMs === undefined ? '' : `, ${duration(run.tookMs)}`;
  const arch = run.reports[0]?.arch;
  return {
    ...{ runId: run.runId, startedAt: run.startedAt, state: attackState(run), running: false },
    about: `${placeName(run.place)}${arch ? ` (${arch})` : ''}: ${count(attackTotals(run).attacks, 'attack')}${took}`,
  };
}
