// Measurements of sandboxes as they are started, followed, cancelled, kept and compared. One at a time: two at once would
// measure each other. Owns the one that runs.

import { randomBytes } from 'node:crypto';
import { AbhayaError, type Clock, type Logger, toErrorShape } from '#base';
import type {
  KeptSandboxRun,
  SandboxBenchAsk,
  SandboxBenchProgress,
  SandboxComparison,
  SandboxMeasured,
  SandboxPlaceMeasured,
  SandboxRunDetail,
  SandboxRunView,
  StartSandboxRun,
} from '#schemas';
import { resultOf } from '../bench/index.ts';
import { compareRuns } from './compare.ts';

/** Where runs are kept; the history. */
export interface SandboxRunStore {
  save(kept: KeptSandboxRun): Promise<void>;
  list(): Promise<SandboxRunView[]>;
  /** Undefined where it is not there. */
  get(runId: string): Promise<KeptSandboxRun | undefined>;
  /** Whether it was there. */
  remove(runId: string): Promise<boolean>;
}

export interface MeasureHow {
  readonly onProgress: (progress: SandboxBenchProgress) => void;
  readonly signal: AbortSignal;
}

export interface SandboxRunsOptions {
  readonly measure: (place: string, ask: SandboxBenchAsk, how: MeasureHow) => Promise<SandboxMeasured>;
  readonly store: SandboxRunStore;
  readonly emit: (run: SandboxRunView) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SandboxRuns {
  readonly running: boolean;
  /** Returns at once. Throws `conflict` while another one runs. */
  start(request: StartSandboxRun): SandboxRunView;
  /** The latest first. */
  list(): Promise<SandboxRunView[]>;
  /** Throws `not-found`. */
  get(runId: string): Promise<SandboxRunDetail>;
  /** Throws `not-found`; one that has ended is left as it is. */
  cancel(runId: string): Promise<SandboxRunView>;
  /** What became of b, seen from a. Throws `not-found`. */
  compare(a: string, b: string): Promise<SandboxComparison>;
  /** Forgets one that has ended. Throws `not-found`, and `conflict` for the one that runs. */
  remove(runId: string): Promise<void>;
  close(): Promise<void>;
}

/** Progress that nobody could read is not told. */
const PROGRESS_EVERY_MS = 250;
/** Of those that could not be kept. */
const UNKEPT_MAX = 20;

interface Running {
  view: SandboxRunView;
  readonly places: SandboxPlaceMeasured[];
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createSandboxRuns(options: SandboxRunsOptions): SandboxRuns {
  const { store, clock, logger } = options;
  const unkept = new Map<string, KeptSandboxRun>();
  let running: Running | undefined;

  function tell(of: Running, change: Partial<SandboxRunView>): void {
    of.view = { ...of.view, ...change };
    options.emit(of.view);
  }

  /** Before it has ended, so that it isn't lost without a word when the lab host is: its end replaces this. */
  async function keepBegun({ view }: Running): Promise<void> {
    const message = 'the lab host ended before the measurement did; measure anew';
    const run: SandboxRunView = { ...view, state: 'failed', problem: { code: 'closed', message } };
    // One that can't be kept is told of at its end.
    await store.save({ run, places: [] }).catch(() => undefined);
  }

  async function work(of: Running): Promise<void> {
    const { places, rounds, runtimes, parts } = of.view.request;
    await keepBegun(of);
    const ask = { rounds, ...(runtimes ? { runtimes } : {}), ...(parts ? { parts } : {}) };
    for (const [at, place] of places.entries()) {
      if (of.stop.signal.aborted) break;
      let saidAt = 0;
      const onProgress = (progress: SandboxBenchProgress) => {
        const now = clock.now();
        if (now - saidAt < PROGRESS_EVERY_MS) return;
        saidAt = now;
        tell(of, { progress: { place, nth: at + 1, ...progress } });
      };
      try {
        const measured = await options.measure(place, ask, { onProgress, signal: of.stop.signal });
        of.places.push({ place, measured });
      } catch (error) {
        if (of.stop.signal.aborted) break;
        const { code, message } = toErrorShape(error);
        if (code === 'bug') logger.error('a sandbox measurement failed by a bug', { place, error });
        of.places.push({ place, problem: { code, message } });
      }
    }
  }

  async function end(of: Running): Promise<void> {
    const { progress: _progress, ...view } = of.view;
    const problem = of.places.find((it) => it.problem)?.problem;
    const some = of.places.some((it) => it.measured);
    const state = of.stop.signal.aborted ? 'cancelled' : some ? 'done' : 'failed';
    const run: SandboxRunView = {
      ...view,
      state,
      tookMs: clock.now() - view.startedAt,
      ...(state === 'failed' && problem ? { problem } : {}),
    };
    const kept = { run, places: of.places };
    of.view = run;
    try {
      // Before it is told: whoever hears of it finds it.
      await store.save(kept);
    } catch (error) {
      logger.warn('a sandbox measurement could not be kept', { error: toErrorShape(error) });
      unkept.set(run.runId, kept);
      for (const oldest of unkept.keys()) if (unkept.size > UNKEPT_MAX) unkept.delete(oldest);
    }
    running = undefined;
    options.emit(run);
  }

  async function find(runId: string): Promise<KeptSandboxRun> {
    if (running?.view.runId === runId) return { run: running.view, places: running.places };
    const found = unkept.get(runId) ?? (await store.get(runId));
    if (!found) throw new AbhayaError('not-found', `there is no measurement ${runId}`);
    return found;
  }

  return {
    get running() {
      return running !== undefined;
    },
    start(request) {
      if (running)
        throw new AbhayaError(
          'conflict',
          `measurement ${running.view.runId} runs; cancel it or wait for its end`,
        );
      const view: SandboxRunView = {
        ...{ runId: randomBytes(8).toString('hex'), startedAt: clock.now(), state: 'running', request },
      };
      const ended = Promise.withResolvers<void>();
      const started: Running = { view, places: [], stop: new AbortController(), ended: ended.promise };
      running = started;
      options.emit(view);
      void work(started)
        .then(() => end(started))
        .finally(() => ended.resolve());
      return view;
    },
    async list() {
      const kept = await store.list();
      const now = running ? [running.view] : [];
      const others = [...[...unkept.values()].map(({ run }) => run), ...kept];
      return [...now, ...others.filter(({ runId }) => runId !== now[0]?.runId)].sort(
        (a, b) => b.startedAt - a.startedAt,
      );
    },
    async get(runId) {
      const { run, places } = await find(runId);
      return { run, result: resultOf(run.request.rounds, places) };
    },
    async cancel(runId) {
      const { run } = await find(runId);
      if (running?.view.runId !== runId) return run;
      const { stop, ended } = running;
      stop.abort();
      await ended;
      return (await find(runId)).run;
    },
    async compare(a, b) {
      const [one, other] = await Promise.all([find(a), find(b)]);
      return { a: one.run, b: other.run, ...compareRuns(one.places, other.places) };
    },
    async remove(runId) {
      if (running?.view.runId === runId)
        throw new AbhayaError('conflict', `measurement ${runId} runs; cancel it first`);
      const removed = await store.remove(runId);
      if (!unkept.delete(runId) && !removed)
        throw new AbhayaError('not-found', `there is no measurement ${runId}`);
    },
    async close() {
      running?.stop.abort();
      await running?.ended;
    },
  };
}
