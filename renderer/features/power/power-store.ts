// What phones take of others, for this page: read with every connection, renewed by events.

import { useEffect } from 'react';
import { create } from 'zustand';
import type { PowerPolicy, PowerView } from '#schemas';
import { get, put } from '../../api/client.ts';
import { useConnection } from '../../lab/use-connection.ts';

interface PowerData {
  readonly powers: ReadonlyMap<string, PowerView>;
  /** Why they can't be read. */
  readonly problem: string | undefined;
}

export const usePowers = create<PowerData>(() => ({ powers: new Map(), problem: undefined }));

export const notePower = (serial: string, power: PowerView): void =>
  usePowers.setState(({ powers }) => ({ powers: new Map(powers).set(serial, power) }));

/** While the page is open. */
export function useFollowedPowers(): void {
  const connection = useConnection();
  useEffect(() => {
    if (connection < 0) return undefined;
    const stop = new AbortController();
    const off = window.abhaya.on('lab', (events) => {
      for (const event of events) if (event.event === 'power') notePower(event.serial, event.power);
    });
    get('powers', '/power', { signal: stop.signal }).then(
      (list) =>
        usePowers.setState({
          powers: new Map(list.map(({ serial, power }) => [serial, power])),
          problem: undefined,
        }),
      (error: Error) => {
        if (!stop.signal.aborted) usePowers.setState({ problem: error.message });
      },
    );
    return () => {
      off();
      stop.abort();
    };
  }, [connection]);
}

/** Kept by the phone; throws what it says. */
export async function setPolicy(serial: string, policy: PowerPolicy): Promise<void> {
  notePower(serial, await put('power', `/phones/${encodeURIComponent(serial)}/power`, policy));
}
