// The attack suite as the lab host runs it: one at a time, followed, cancelled; the last one is remembered. Owns the one
// that runs.

import { AbhayaError, type Clock, type Logger, toErrorShape } from '#base';
import type { SandboxAttackReport, SandboxAttackView, StartSandboxAttack } from '#schemas';
import type { AttackOptions, AttackReport } from '../attacks/index.ts';

export interface AttackDesk {
  readonly view: SandboxAttackView;
  readonly running: boolean;
  /** Returns at once. Throws `conflict` while one runs, `not-found` for runtimes without attacks. */
  start(request: StartSandboxAttack): SandboxAttackView;
  /** Resolves when it has ended. */
  cancel(): Promise<SandboxAttackView>;
  close(): Promise<void>;
}

type Told = Pick<AttackOptions, 'onResult' | 'signal'>;

export interface AttackDeskOptions {
  /** Runtimes that there are attacks for. */
  readonly runtimes: readonly string[];
  readonly attack: (runtime: string, how: Told) => Promise<AttackReport>;
  readonly emit: (view: SandboxAttackView) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PROGRESS_EVERY_MS = 250;

export function createAttackDesk(options: AttackDeskOptions): AttackDesk {
  const { clock } = options;
  let view: SandboxAttackView = { state: 'never', reports: [], notOffered: [] };
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  function tell(change: Partial<SandboxAttackView>): void {
    view = { ...view, ...change };
    options.emit(view);
  }

  async function work(runtimes: readonly string[], signal: AbortSignal): Promise<void> {
    for (const runtime of runtimes) {
      let saidAt = 0;
      try {
        const report = await options.attack(runtime, {
          signal,
          onResult({ name: attack }, done, total) {
            if (clock.now() - saidAt < PROGRESS_EVERY_MS) return;
            saidAt = clock.now();
            tell({ progress: { runtime, attack, done, total } });
          },
        });
        view = { ...view, reports: [...view.reports, told(report)] };
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = toErrorShape(error);
        if (code === 'bug') options.logger.error('an attack failed by a bug', { runtime, error });
        // One that isn't offered here is no failure; anything else must not look like a pass.
        if (code === 'sandbox.unavailable')
          view = { ...view, notOffered: [...view.notOffered, { runtime, why: message }] };
        else view = { ...view, problem: { code, message: `${runtime}: ${message}` } };
      }
    }
  }

  function end(startedAt: number, cancelled: boolean): void {
    const { progress: _progress, ...rest } = view;
    running = undefined;
    const state = cancelled ? 'cancelled' : rest.problem || rest.reports.length === 0 ? 'failed' : 'done';
    view = { ...rest, state, tookMs: clock.now() - startedAt };
    options.emit(view);
  }

  return {
    get view() {
      return view;
    },
    get running() {
      return running !== undefined;
    },
    start({ runtimes = options.runtimes }) {
      if (running) throw new AbhayaError('conflict', 'an attack runs; cancel it or wait for its end');
      const unknown = runtimes.find((name) => !options.runtimes.includes(name));
      if (unknown !== undefined) throw new AbhayaError('not-found', `there are no attacks for ${unknown}`);
      const stop = new AbortController();
      const startedAt = clock.now();
      view = { state: 'running', startedAt, reports: [], notOffered: [] };
      options.emit(view);
      const ended = work(runtimes, stop.signal).then(() => end(startedAt, stop.signal.aborted));
      running = { stop, ended };
      return view;
    },
    async cancel() {
      running?.stop.abort();
      await running?.ended;
      return view;
    },
    async close() {
      running?.stop.abort();
      await running?.ended;
    },
  };
}

function told({ attacks, ...report }: AttackReport): SandboxAttackReport {
  return {
    ...report,
    attacks: attacks.map(({ ms: _ms, exitCode: _exitCode, ...attack }) => attack),
  };
}
