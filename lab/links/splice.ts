// Two byte streams become one link: what comes out of one goes into the other, shaped and back-pressured.
// Owns both streams from then on; when either ends, both are destroyed.

import type { Duplex } from 'node:stream';
import { type Clock, type Random, sleep } from '#base';
import { createShaper, isShaped, type LinkShape } from './shape.ts';

export interface SpliceStats {
  bytesAtoB: number;
  bytesBtoA: number;
}

export interface Splice {
  readonly stats: Readonly<SpliceStats>;
  /** Changes the shape for bytes that arrive from now on. */
  reshape(shape: LinkShape): void;
  /** Resolves with the reason when the link has ended. */
  readonly ended: Promise<string>;
  close(reason?: string): void;
}

/** Bytes that may wait inside a shaped direction: about a long fat link's worth. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export function splice(
  a: Duplex,
  b: Duplex,
  options: { shape: LinkShape; clock: Clock; random: Random },
): Splice {
  const stats: SpliceStats = { bytesAtoB: 0, bytesBtoA: 0 };
  const stop = new AbortController();
  let resolveEnded: (reason: string) => void;
  const ended = new Promise<string>((resolve) => {
    resolveEnded = resolve;
  });
  const close = (reason = 'closed') => {
    if (stop.signal.aborted) return;
    stop.abort();
    a.destroy();
    b.destroy();
    resolveEnded(reason);
  };
  let shape = options.shape;
  let generation = 0;

  async function pump(from: Duplex, to: Duplex, count: (bytes: number) => void): Promise<void> {
    let shaper = createShaper(shape, options.random);
    let shapedAt = generation;
    let waiting = 0;
    let tail: Promise<unknown> = Promise.resolve();
    for await (const chunk of from as AsyncIterable<Buffer>) {
      count(chunk.length);
      if (shapedAt !== generation) {
        shaper = createShaper(shape, options.random);
        shapedAt = generation;
      }
      if (!isShaped(shape) && waiting === 0) {
        if (!to.write(chunk)) await drained(to, stop.signal);
        continue;
      }
      const releaseAt = shaper.release(options.clock.monotonic(), chunk.length);
      waiting += chunk.length;
      tail = tail.then(async () => {
        const wait = releaseAt - options.clock.monotonic();
        if (wait > 0) await sleep(wait, { signal: stop.signal });
        if (!to.write(chunk)) await drained(to, stop.signal);
        waiting -= chunk.length;
      });
      tail.catch(() => undefined); // the loop, or the final await, reports it
      if (waiting > MAX_WAITING_BYTES) await tail;
    }
    await tail;
  }

  for (const stream of [a, b]) {
    stream.on('error', (error: Error) => close(error.message));
    stream.once('close', () => close('one side closed'));
  }
  pump(a, b, (bytes) => {
    stats.bytesAtoB += bytes;
  }).then(
    () => close('one side ended'),
    (error: Error) => close(error.message),
  );
  pump(b, a, (bytes) => {
    stats.bytesBtoA += bytes;
  }).then(
    () => close('one side ended'),
    (error: Error) => close(error.message),
  );

  return {
    stats,
    ended,
    close,
    reshape(next) {
      shape = next;
      generation += 1;
    },
  };
}

function drained(stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      stream.off('drain', onDrain);
      stream.off('close', onEnd);
      signal.removeEventListener('abort', onEnd);
      settle();
    };
    const onDrain = () => finish(resolve);
    const onEnd = () => finish(() => reject(new Error('the link ended')));
    stream.once('drain', onDrain);
    stream.once('close', onEnd);
    signal.addEventListener('abort', onEnd, { once: true });
    if (signal.aborted || stream.destroyed) onEnd();
  });
}
