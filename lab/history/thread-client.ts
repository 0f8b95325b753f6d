// The lab host's end of the history's thread: calls with answers. Owns the thread; its death fails every open call.

import { Worker } from 'node:worker_threads';
import { AbhayaError, fromErrorShape } from '#base';
import type { AnswerOf, AskOf, CallName, Reply, Request } from './history-calls.ts';

export interface HistoryThread {
  /** Throws what the thread threw; `closed` when it died; `history.unavailable` for the disk's faults. */
  call<C extends CallName>(call: C, ask: AskOf<C>): Promise<AnswerOf<C>>;
  readonly alive: boolean;
  readonly exited: Promise<string>;
  /** Ends the thread at once; not for one that may be writing, unless it stands still. */
  kill(): void;
}

const MEMORY_MB = 256;

export function startHistoryThread(options: {
  onMovedAside: (file: string) => void;
  file?: URL;
}): HistoryThread {
  const worker = new Worker(options.file ?? besideThisFile(), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let alive = true;
  let failure = 'it ended';

  worker.on('message', (reply: Reply) => {
    if ('movedAside' in reply) return options.onMovedAside(reply.movedAside);
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('answer' in reply) call?.resolve(reply.answer);
    else call?.reject(fromErrorShape(reply.error));
  });
  worker.on('error', (error) => {
    failure = error.message;
  });
  const exited = new Promise<string>((resolve) => {
    worker.once('exit', () => {
      alive = false;
      for (const { reject } of waiting.values()) {
        reject(new AbhayaError('closed', `the history's thread is gone: ${failure}`));
      }
      waiting.clear();
      resolve(failure);
    });
  });

  return {
    call<C extends CallName>(call: C, ask: AskOf<C>): Promise<AnswerOf<C>> {
      if (!alive)
        return Promise.reject(new AbhayaError('closed', `the history's thread is gone: ${failure}`));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        worker.postMessage({ id, call, ask } satisfies Request<C>);
      });
    },
    get alive() {
      return alive;
    },
    exited,
    kill() {
      worker.unref();
      worker.terminate().catch(() => undefined);
    },
  };
}

/** From source it runs from source; in the bundle `dist/history-thread.mjs` lies beside the lab host. */
const besideThisFile = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './history-thread.ts' : './history-thread.mjs', import.meta.url);
