// The attack suite as the lab host runs it: one at a time, followed, cancelled, kept and compared. Owns the one that runs.

import { randomBytes } from 'node:crypto';
import { AbhayaError, type Clock, type Logger, toErrorShape } from '#base';
import {
  attackSummary,
  LOCAL_PLACE,
  type SandboxAttackComparison,
  type SandboxAttackReport,
  type SandboxAttackResult,
  type SandboxAttackRun,
  type SandboxAttackSummary,
  type SandboxAttackView,
  type StartSandboxAttack,
} from '#schemas';
import { compareAttacks } from './compare-attacks.ts';
import { type Counted, countWrong, PartialReport, type Told } from './partial-report.ts';

/** Where attacks are kept; the history. */
export interface AttackStore {
  save(run: SandboxAttackRun): Promise<void>;
  list(): Promise<SandboxAttackSummary[]>;
  /** Undefined where it is not there. */
  get(runId: string): Promise<SandboxAttackRun | undefined>;
  /** Whether it was there. */
  remove(runId: string): Promise<boolean>;
}

export interface AttackDesk {
  readonly view: SandboxAttackView;
  readonly running: boolean;
  /** Returns at once. Throws `conflict` while one runs, `not-found` for runtimes without attacks. */
  start(request: StartSandboxAttack): SandboxAttackView;
  /** Resolves when it has ended. */
  cancel(): Promise<SandboxAttackView>;
  /** Those that have ended, the latest first. */
  list(): Promise<SandboxAttackSummary[]>;
  /** Throws `not-found`. */
  get(runId: string): Promise<SandboxAttackRun>;
  /** What ended otherwise in b than in a. Throws `not-found`. */
  compare(a: string, b: string): Promise<SandboxAttackComparison>;
  /** Forgets one that has ended. Throws `not-found`. */
  remove(runId: string): Promise<void>;
  close(): Promise<void>;
}

export interface AttackHow extends Told {
  /** Only attacks of these names; the attack throws `input.invalid` where a runtime has none of them. */
  readonly names?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** Where attacks are made; whoever opens one closes it. */
export interface AttackPlace {
  attack(runtime: string, how: AttackHow): Promise<Counted>;
  /** Leaves nothing there. */
  close(): Promise<void>;
}

export interface AttackDeskOptions {
  /** Runtimes that there are attacks for. */
  readonly runtimes: readonly string[];
  readonly open: (place: string, options: { readonly signal: AbortSignal }) => Promise<AttackPlace>;
  readonly store: AttackStore;
  readonly emit: (view: SandboxAttackView) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PROGRESS_EVERY_MS = 250;

interface Running {
  readonly about: { readonly runId: string; readonly place: string; readonly startedAt: number };
  readonly request: StartSandboxAttack;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createAttackDesk(options: AttackDeskOptions): AttackDesk {
  const { clock, store, logger } = options;
  let view: SandboxAttackView = { state: 'never', reports: [], notOffered: [] };
  let running: Running | undefined;
  /** One that could not be kept is at least remembered until the next one. */
  let last: SandboxAttackRun | undefined;

  /** Before it has ended, so that it isn't lost without a word when the lab host is: its end replaces this. */
  async function keepBegun({ about }: Running): Promise<void> {
    const problem = { code: 'closed', message: 'the lab host ended before the attack did; attack anew' };
    // One that can't be kept is told of at its end.
    await store
      .save({ ...about, state: 'failed', reports: [], notOffered: [], problem })
      .catch(() => undefined);
  }

  async function work(now: Running): Promise<void> {
    const { signal } = now.stop;
    let place: AttackPlace | undefined;
    await keepBegun(now);
    try {
      place = await options.open(now.about.place, { signal });
      await attackAll(place, now);
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'bug') logger.error('an attack could not be begun by a bug', { error });
      if (!signal.aborted) view = { ...view, problem: { code, message } };
    } finally {
      await place
        ?.close()
        .catch((error: unknown) =>
          logger.warn('an attack left something behind', { ...now.about, error: toErrorShape(error) }),
        );
    }
  }

  async function attackAll(place: AttackPlace, { request, stop: { signal } }: Running): Promise<void> {
    const { runtimes = options.runtimes, attacks: names } = request;
    for (const runtime of runtimes) {
      if (signal.aborted) return;
      const partial = new PartialReport(runtime, followed(runtime));
      try {
        const report = await place.attack(runtime, {
          ...{ signal, names, onOpen: partial.onOpen, onResult: partial.onResult },
        });
        view = { ...view, reports: [...view.reports, told(report)] };
      } catch (error) {
        const found = partial.report();
        if (found) view = { ...view, reports: [...view.reports, found] };
        if (signal.aborted) return;
        const { code, message } = toErrorShape(error);
        if (code === 'bug') logger.error('an attack failed by a bug', { runtime, error });
        // One that isn't offered here is no failure; anything else must not look like a pass.
        if (code === 'sandbox.unavailable')
          view = { ...view, notOffered: [...view.notOffered, { runtime, why: message }] };
        // An attack's name may be one runtime's only.
        else if (code === 'input.invalid' && names && !request.runtimes) continue;
        else {
          // A place that went away has gone for every runtime.
          const gone = code === 'device.lost' || code === 'device.offline';
          view = { ...view, problem: { code, message: gone ? message : `${runtime}: ${message}` } };
          if (code.startsWith('device.')) return;
        }
      }
    }
    if (names && view.reports.length + view.notOffered.length === 0 && !view.problem)
      view = { ...view, problem: { code: 'not-found', message: `there is no attack ${names.join(', ')}` } };
  }

  /** Progress that nobody could read is not told. */
  function followed(runtime: string) {
    let saidAt = 0;
    return ({ name: attack }: SandboxAttackResult, done: number, total: number, wrong: number) => {
      if (clock.now() - saidAt < PROGRESS_EVERY_MS) return;
      saidAt = clock.now();
      view = { ...view, progress: { runtime, attack, done, total, wrong } };
      options.emit(view);
    };
  }

  async function end({ about, stop }: Running): Promise<void> {
    const { reports, notOffered, problem } = view;
    const tookMs = clock.now() - about.startedAt;
    const failed = problem !== undefined || reports.length === 0;
    const state = stop.signal.aborted ? 'cancelled' : failed ? 'failed' : 'done';
    const run = { ...about, state, tookMs, reports, notOffered, ...(problem ? { problem } : {}) } as const;
    last = run;
    try {
      // Before it is told: whoever hears of it finds it.
      await store.save(run);
    } catch (error) {
      logger.warn('an attack could not be kept', { error: toErrorShape(error) });
    }
    running = undefined;
    view = run;
    options.emit(view);
  }

  async function find(runId: string): Promise<SandboxAttackRun> {
    const begun = running?.about.runId === runId;
    const found = last?.runId === runId ? last : begun ? undefined : await store.get(runId);
    if (!found) throw new AbhayaError('not-found', `there is no attack ${runId}`);
    return found;
  }

  return {
    get view() {
      return view;
    },
    get running() {
      return running !== undefined;
    },
    start(request) {
      if (running) throw new AbhayaError('conflict', 'an attack runs; cancel it or wait for its end');
      const unknown = request.runtimes?.find((name) => !options.runtimes.includes(name));
      if (unknown !== undefined) throw new AbhayaError('not-found', `there are no attacks for ${unknown}`);
      const { place = LOCAL_PLACE } = request;
      const about = { runId: randomBytes(8).toString('hex'), place, startedAt: clock.now() };
      view = { state: 'running', ...about, reports: [], notOffered: [] };
      options.emit(view);
      const ended = Promise.withResolvers<void>();
      const started = { about, request, stop: new AbortController(), ended: ended.promise };
      running = started;
      void work(started)
        .then(() => end(started))
        .finally(() => ended.resolve());
      return view;
    },
    async cancel() {
      running?.stop.abort();
      await running?.ended;
      return view;
    },
    async list() {
      const begun = running?.about.runId;
      const kept = (await store.list()).filter(({ runId }) => runId !== begun);
      if (!last || kept.some(({ runId }) => runId === last?.runId)) return kept;
      return [attackSummary(last), ...kept];
    },
    get: find,
    compare: async (a, b) => compareAttacks(...(await Promise.all([find(a), find(b)]))),
    async remove(runId) {
      if (running?.about.runId === runId)
        throw new AbhayaError('conflict', `attack ${runId} runs; cancel it first`);
      const removed = await store.remove(runId);
      const remembered = last?.runId === runId;
      if (!removed && !remembered) throw new AbhayaError('not-found', `there is no attack ${runId}`);
      if (!remembered) return;
      last = undefined;
      if (running) return;
      view = { state: 'never', reports: [], notOffered: [] };
      options.emit(view);
    },
    async close() {
      running?.stop.abort();
      await running?.ended;
    },
  };
}

const told = ({ attacks, ...report }: Counted): SandboxAttackReport => ({
  ...report,
  ...countWrong(attacks),
  attacks: attacks.map((attack) => ({ ...attack })),
});
