// The simulation that the address names.

import { useEffect, useMemo, useState } from 'react';
import { AbhayaError, toErrorShape } from '#base';
import type { SimulationView } from '#schemas';
import { get, tell } from '../../../api/client.ts';
import { showError } from '../../../shell/messages-store.ts';
import { type MeshSource, simulationSource } from './mesh-source.ts';

export interface ShownSimulation {
  /** Undefined until it is known, and when there is none. */
  readonly source: MeshSource | undefined;
  readonly problem: string | undefined;
  end(): void;
}

export function useSimulation(simulationId: string | undefined): ShownSimulation {
  const [found, setFound] = useState<SimulationView>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    setProblem(undefined);
    if (simulationId === undefined) return undefined;
    const stop = new AbortController();
    get('simulations', '/simulations', { signal: stop.signal }).then(
      (all) => {
        const it = all.find((one) => one.simulationId === simulationId);
        setFound(it);
        if (!it) setProblem('it has ended');
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setProblem(toErrorShape(error).message);
      },
    );
    return () => stop.abort();
  }, [simulationId]);
  const source = useMemo(
    () => (found && found.simulationId === simulationId ? simulationSource(found) : undefined),
    [found, simulationId],
  );
  return {
    source,
    problem,
    end() {
      if (simulationId === undefined) return;
      tell('DELETE', `/simulations/${encodeURIComponent(simulationId)}`).catch((error: unknown) => {
        if (!(error instanceof AbhayaError && error.code === 'not-found')) showError(error);
      });
    },
  };
}
