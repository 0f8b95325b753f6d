// Series of measurements for a range: the history's buckets first, then live ones, drawn at most once a second.

import { useEffect, useState } from 'react';
import type { Measurement } from '#schemas';
import { get } from '../../api/client.ts';
import { useConnection } from '../../lab/use-connection.ts';
import { fromBuckets, type Point, stepOf, withLive } from './series-model.ts';

export interface Series {
  /** `off`: no lab host is connected, and nothing was read before. */
  readonly phase: 'off' | 'loading' | 'there';
  readonly bySerial: ReadonlyMap<string, readonly Point[]>;
  readonly stepMs: number;
  /** The end of the time axis. */
  readonly toMs: number;
  /** Why only live measurements are here. */
  readonly problem: string | undefined;
  /** What was asked for: what belongs to another question is not shown. */
  readonly key: string;
}

const DRAW_MS = 1_000;

/** Of one phone, or of all; about so many buckets for each. */
export function useSeries(rangeMs: number, buckets: number, serial?: string): Series {
  const connection = useConnection();
  const stepMs = stepOf(rangeMs, buckets);
  const key = `${rangeMs} ${serial ?? ''}`;
  const [series, setSeries] = useState<Series>(() => empty(key, stepMs, 'loading'));

  useEffect(() => {
    // What was drawn before stays through a lost lab host.
    const phase = connection < 0 ? 'off' : 'loading';
    setSeries((now) => (now.key === key && now.phase === 'there' ? now : empty(key, stepMs, phase)));
    if (connection < 0) return undefined;
    const stop = new AbortController();
    let waiting: Measurement[] = [];
    let loaded = false;
    let timer: number | undefined;
    const draw = (): void => {
      timer = undefined;
      if (!loaded) return;
      const toMs = Date.now();
      const measured = waiting;
      waiting = [];
      setSeries((now) => ({
        ...now,
        toMs,
        bySerial: withLive(now.bySerial, measured, stepMs, toMs - rangeMs),
      }));
    };
    const off = window.abhaya.on('lab', (events) => {
      for (const event of events)
        if (event.event === 'measurement' && (serial === undefined || event.serial === serial))
          waiting.push(event);
      if (waiting.length > 0) timer ??= window.setTimeout(draw, DRAW_MS);
    });
    const done = (bySerial: ReadonlyMap<string, readonly Point[]>, problem?: string): void => {
      if (stop.signal.aborted) return;
      loaded = true;
      setSeries({ phase: 'there', bySerial, stepMs, toMs: Date.now(), problem, key });
      draw();
    };
    const to = Date.now();
    const query = new URLSearchParams({ from: `${to - rangeMs}`, to: `${to}`, step: `${stepMs}` });
    if (serial !== undefined) query.set('serial', serial);
    get('historyMeasurements', `/history/measurements?${query}`, { signal: stop.signal }).then(
      (answer) => done(fromBuckets(answer.buckets)),
      (error: Error) => done(new Map(), error.message),
    );
    return () => {
      off();
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [connection, rangeMs, stepMs, serial, key]);

  return series;
}

const empty = (key: string, stepMs: number, phase: Series['phase']): Series => ({
  phase,
  key,
  bySerial: new Map(),
  stepMs,
  toMs: Date.now(),
  problem: undefined,
});
