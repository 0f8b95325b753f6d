// Which of the kept runs is shown, and when that is news. Pure.

import type { SandboxRunView } from '#schemas';
import type { ChosenRuns } from './use-chosen-runs.ts';

/** What a person chose to see, in a word that changes with it. */
export const freshOf = ({ shown, other }: Pick<ChosenRuns, 'shown' | 'other'>): string =>
  `${shown ?? 'latest'} ${other ?? 'alone'}`;

/** The chosen one; else the latest that has ended, however it did; while the first one runs, that. */
export const shownRun = (
  runs: readonly SandboxRunView[] | undefined,
  chosen: string | undefined,
): SandboxRunView | undefined =>
  runs?.find(({ runId }) => runId === chosen) ?? runs?.find(({ state }) => state !== 'running') ?? runs?.[0];
