// Asks the layout's thread; an answer that was overtaken by a newer question never comes.

import type { ForceInput } from './force-layout.ts';
import type { LayoutReply, LayoutRequest } from './layout-worker.ts';
import type { Positions } from './placement.ts';

export interface LayoutThread {
  /** The last question only is answered. */
  ask(input: ForceInput, answer: (positions: Positions) => void): void;
  close(): void;
}

export function openLayoutThread(): LayoutThread {
  let worker: Worker | undefined;
  let last = 0;
  let answer: (positions: Positions) => void = () => undefined;
  let busy = false;
  const start = () => {
    const it = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    it.addEventListener('message', ({ data }: MessageEvent<LayoutReply>) => {
      if (data.id !== last) return;
      busy = false;
      answer(new Map(data.positions));
    });
    return it;
  };
  return {
    ask({ shape, known, pinned }, onAnswer) {
      // What it works on is stale: a new thread costs less than waiting for a large layout.
      if (busy) {
        worker?.terminate();
        worker = undefined;
      }
      worker ??= start();
      last += 1;
      busy = true;
      answer = onAnswer;
      const request: LayoutRequest = { id: last, shape, known: [...known], pinned: [...pinned] };
      worker.postMessage(request);
    },
    close() {
      worker?.terminate();
      worker = undefined;
      last += 1;
    },
  };
}
