// Says that what is drawn is simulated, how it goes, and ends it.

import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { MeshMap, SimulationMap } from '#schemas';
import { count, duration } from '../../parts/format.ts';
import type { MeshSource } from './data/mesh-source.ts';

export interface SimulationBarProps {
  readonly source: MeshSource | undefined;
  readonly problem: string | undefined;
  readonly map: MeshMap | undefined;
  readonly onEnd: () => void;
}

export function SimulationBar({ source, problem, map, onEnd }: SimulationBarProps) {
  const clock = source && map ? (map as Partial<SimulationMap>) : undefined;
  const down = map?.edges.filter(({ up }) => !up).length ?? 0;
  return (
    <Alert
      severity={problem === undefined ? 'info' : 'warning'}
      variant="outlined"
      action={
        <Button color="inherit" onClick={onEnd}>
          {problem === undefined ? 'End it' : 'Back to the phones'}
        </Button>
      }
      sx={{ mx: 2, my: 1, py: 0, alignItems: 'center', flexShrink: 0 }}
    >
      {problem === undefined
        ? [
            `Simulated mesh${source?.simulation ? ` of ${count(source.simulation.nodes, 'node')}` : ''}`,
            clock?.nowMs === undefined ? '' : `running for ${duration(clock.nowMs)}`,
            clock?.frames === undefined ? '' : count(clock.frames, 'frame'),
            map === undefined ? '' : `${count(down, 'link')} down`,
          ]
            .filter(Boolean)
            .join(' · ')
        : `The simulation can’t be shown: ${problem}`}
    </Alert>
  );
}
