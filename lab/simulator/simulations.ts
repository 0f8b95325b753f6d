// Simulated meshes that run beside the fleet, each in a thread of its own; few, and none that nobody looks at.

import { Worker } from 'node:worker_threads';
import { AbhayaError, fromErrorShape, type Logger } from '#base';
import type { SimulationsPort } from '#lab/api';
import type { PathView, RoutesView, SimulationMap, SimulationView } from '#schemas';
import type { SimulationQuestion, SimulationReply } from './simulation-worker.ts';

export interface Simulations extends SimulationsPort {
  close(): Promise<void>;
}

interface Running {
  readonly view: SimulationView;
  ask<T>(question: SimulationQuestion, signal?: AbortSignal): Promise<T>;
  readonly ended: Promise<void>;
  end(): Promise<void>;
  lookedAt: number;
}

const MOST = 3;
const MEMORY_MB = 3_072;
const ANSWER_MS = 60_000;
const UNSEEN_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export function createSimulations({ logger }: { readonly logger: Logger }): Simulations {
  const all = new Map<string, Running>();
  let last = 0;
  let sweeper: NodeJS.Timeout | undefined;

  function find(simulationId: string): Running {
    const it = all.get(simulationId);
    if (!it) throw new AbhayaError('not-found', `there is no simulation ${simulationId}; it may have ended`);
    it.lookedAt = performance.now();
    return it;
  }

  /** A window that closed says nothing: what nobody asks about ends by itself. */
  function sweep(): void {
    for (const [id, { lookedAt, end }] of all) {
      if (performance.now() - lookedAt < UNSEEN_MS) continue;
      logger.info('a simulation ends: nobody looked at it', { id });
      void end();
    }
  }

  function add(view: SimulationView): Running {
    const running = startWorker(view);
    all.set(view.simulationId, running);
    sweeper ??= setInterval(sweep, LOOK_EVERY_MS);
    void running.ended.then(() => {
      all.delete(view.simulationId);
      if (all.size > 0) return;
      clearInterval(sweeper);
      sweeper = undefined;
    });
    return running;
  }

  return {
    async start(request, { signal } = {}) {
      signal?.throwIfAborted();
      if (all.size >= MOST) {
        throw new AbhayaError('conflict', `${MOST} simulations run already: end one of them first`);
      }
      last += 1;
      const running = add({ simulationId: `sim-${last}`, ...request });
      try {
        await running.ask<SimulationMap>({ ask: 'map' }, signal);
      } catch (error) {
        await running.end();
        throw error;
      }
      return running.view;
    },
    list: () => [...all.values()].map(({ view }) => view),
    map: async (id) => find(id).ask<SimulationMap>({ ask: 'map' }),
    routes: async (id, of) => find(id).ask<RoutesView>({ ask: 'routes', of }),
    path: async (id, from, to) => find(id).ask<PathView>({ ask: 'path', from, to }),
    stop: async (id) => find(id).end(),
    async close() {
      await Promise.all([...all.values()].map(({ end }) => end()));
      clearInterval(sweeper);
    },
  };
}

const besideThisFile = (): URL =>
  new URL(
    import.meta.url.endsWith('.ts') ? './simulation-worker.ts' : './simulation-worker.js',
    import.meta.url,
  );

function startWorker(view: SimulationView): Running {
  const { simulationId: _id, ...request } = view;
  const worker = new Worker(besideThisFile(), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  let why = 'the simulation has ended';
  worker.on('message', (reply: SimulationReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) asked?.reject(fromErrorShape(reply.error));
    else asked?.resolve(reply.answer);
  });
  worker.on('error', (error: Error) => {
    why = `the simulation ended: ${error.message}`;
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new AbhayaError('not-found', why));
      waiting.clear();
      resolve();
    });
  });
  return {
    view,
    ended,
    lookedAt: performance.now(),
    async end() {
      await worker.terminate();
      await ended;
    },
    ask<T>(question: SimulationQuestion, signal?: AbortSignal): Promise<T> {
      lastId += 1;
      const id = lastId;
      const over = AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])]);
      return new Promise<T>((resolve, reject) => {
        const stop = () => {
          waiting.delete(id);
          reject(
            signal?.aborted
              ? new AbhayaError('cancelled', 'cancelled')
              : new AbhayaError('timeout', 'the simulation does not answer'),
          );
        };
        over.addEventListener('abort', stop, { once: true });
        const done = () => over.removeEventListener('abort', stop);
        waiting.set(id, {
          resolve: (value) => {
            done();
            resolve(value as T);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        });
        worker.postMessage({ ...question, id });
      });
    },
  };
}
