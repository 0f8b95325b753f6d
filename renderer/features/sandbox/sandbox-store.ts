// What this page knows: read with every connection, renewed by events.

import { useEffect } from 'react';
import { create } from 'zustand';
import type {
  SandboxAttackSummary,
  SandboxAttackView,
  SandboxOffer,
  SandboxRunView,
  SandboxTryView,
} from '#schemas';
import { get } from '../../api/client.ts';
import { useConnection } from '../../lab/use-connection.ts';

interface SandboxData {
  readonly offers: readonly SandboxOffer[] | undefined;
  readonly runs: readonly SandboxRunView[] | undefined;
  /** The attack that runs, or the last one. */
  readonly attack: SandboxAttackView | undefined;
  /** Those that were kept. */
  readonly attacks: readonly SandboxAttackSummary[] | undefined;
  readonly tried: SandboxTryView | undefined;
  /** Why something can't be read. */
  readonly problem: string | undefined;
}

export const useSandbox = create<SandboxData>(() => ({
  ...{ offers: undefined, runs: undefined, attack: undefined, attacks: undefined, tried: undefined },
  problem: undefined,
}));

/** The latest first; one that is known is replaced. */
export const withRun = (runs: readonly SandboxRunView[], run: SandboxRunView): SandboxRunView[] =>
  [run, ...runs.filter(({ runId }) => runId !== run.runId)].sort((a, b) => b.startedAt - a.startedAt);

export const noteRun = (run: SandboxRunView): void =>
  useSandbox.setState(({ runs }) => ({ runs: withRun(runs ?? [], run) }));
export const noteAttack = (attack: SandboxAttackView): void => useSandbox.setState({ attack });
export const noteTry = (tried: SandboxTryView): void => useSandbox.setState({ tried });

/** After it was forgotten there. */
export const dropRun = (gone: string): void =>
  useSandbox.setState(({ runs }) => ({ runs: runs?.filter(({ runId }) => runId !== gone) }));
export const dropAttack = (gone: string): void =>
  useSandbox.setState(({ attacks }) => ({ attacks: attacks?.filter(({ runId }) => runId !== gone) }));

/** What keeps the others from starting, in words for a hint; undefined: nothing runs. */
export function busyWith({ runs, attack, tried }: SandboxData): string | undefined {
  if (runs?.some(({ state }) => state === 'running')) return 'A measurement runs';
  if (attack?.state === 'running') return 'An attack runs';
  return isTrying(tried) ? 'A program is being tried' : undefined;
}
export const isTrying = (tried: SandboxTryView | undefined): boolean =>
  tried?.state === 'opening' || tried?.state === 'running';

/** Of an attack only the state of the moment counts, of phones only what they offer. */
const REREAD_MS = 1_000;

/** While the page is open. */
export function useFollowedSandbox(): void {
  const connection = useConnection();
  useEffect(() => {
    if (connection < 0) return undefined;
    const stop = new AbortController();
    const { signal } = stop;
    let timer: number | undefined;
    const fail = (error: Error) => {
      if (!signal.aborted) useSandbox.setState({ problem: error.message });
    };
    const readOffers = () => {
      timer = undefined;
      get('sandboxOffers', '/sandbox/offers', { signal }).then(
        (offers) => useSandbox.setState({ offers }),
        fail,
      );
    };
    const readAttacks = () =>
      get('sandboxAttacks', '/sandbox/attacks', { signal }).then(
        (attacks) => useSandbox.setState({ attacks }),
        fail,
      );
    const off = window.abhaya.on('lab', (events) => {
      for (const event of events) {
        if (event.event === 'sandbox-run') noteRun(event.run);
        if (event.event === 'sandbox-try') noteTry(event.try);
        if (event.event === 'sandbox-attack') {
          noteAttack(event.attack);
          if (event.attack.state !== 'running') void readAttacks();
        }
        if (event.event === 'phone' || event.event === 'phone-gone')
          timer ??= window.setTimeout(readOffers, REREAD_MS);
      }
    });
    useSandbox.setState({ problem: undefined });
    readOffers();
    void readAttacks();
    get('sandboxRuns', '/sandbox/runs', { signal }).then((runs) => useSandbox.setState({ runs }), fail);
    get('sandboxAttack', '/sandbox/attack', { signal }).then(noteAttack, fail);
    get('sandboxTry', '/sandbox/try', { signal }).then(noteTry, fail);
    return () => {
      off();
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [connection]);
}
