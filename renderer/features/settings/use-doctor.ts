// The doctor's last visit, and a way to call again.

import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorShape, toErrorShape } from '#base';
import type { DoctorCheck } from '#schemas';
import { get } from '../../api/client.ts';
import { useConnection } from '../../lab/use-connection.ts';

export interface Doctor {
  readonly checks: readonly DoctorCheck[] | undefined;
  readonly running: boolean;
  readonly error: ErrorShape | undefined;
  readonly atMs: number | undefined;
  run(): void;
}

export function useDoctor(): Doctor {
  const connection = useConnection();
  const [state, setState] = useState<Omit<Doctor, 'run'>>(before);
  const visit = useRef<AbortController | undefined>(undefined);
  const run = useCallback(() => {
    visit.current?.abort();
    const stop = new AbortController();
    visit.current = stop;
    setState((now) => ({ ...now, running: true, error: undefined }));
    get('doctor', '/doctor', { signal: stop.signal }).then(
      (checks) => setState({ checks, running: false, error: undefined, atMs: Date.now() }),
      (error: unknown) => {
        if (!stop.signal.aborted) setState((now) => ({ ...now, running: false, error: toErrorShape(error) }));
      },
    );
  }, []);
  useEffect(() => {
    if (connection >= 0) run();
    return () => visit.current?.abort();
  }, [connection, run]);
  return { ...state, run };
}

const before = { checks: undefined, running: false, error: undefined, atMs: undefined };
