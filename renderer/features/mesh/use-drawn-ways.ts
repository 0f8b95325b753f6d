// Which ways are drawn: of the chosen task, of the tasks under way, or from the chosen node to another.

import { useMemo } from 'react';
import type { MeshMap } from '#schemas';
import { useLab } from '../../lab/lab-store.ts';
import type { DrawnPath } from './canvas/mesh-view.ts';
import type { MeshSource } from './data/mesh-source.ts';
import type { MeshAddress } from './data/use-mesh-address.ts';
import { type TracedLeg, usePaths } from './data/use-paths.ts';
import type { NamedLeg } from './PathStrip.tsx';
import { isOver, legsToDraw } from './task-legs.ts';

export interface DrawnWays {
  readonly legs: readonly TracedLeg<NamedLeg>[];
  readonly paths: readonly DrawnPath[];
  readonly note: string | undefined;
}

export function useDrawnWays(source: MeshSource, address: MeshAddress, map: MeshMap | undefined): DrawnWays {
  const tasks = useLab((data) => data.tasks);
  const services = useLab((data) => data.services);
  const { node, to, task: taskId } = address;
  const simulated = source.simulation !== undefined;
  const legs = useMemo((): NamedLeg[] => {
    if (node !== undefined && to !== undefined) return [{ from: node, to, kind: 'trace' }];
    if (simulated) return [];
    return legsToDraw(tasks.values(), services, taskId).map((leg) => {
      const packageId = tasks.get(leg.taskId)?.packageId;
      return { ...leg, ...(packageId ? { name: packageId } : {}) };
    });
  }, [node, to, simulated, tasks, services, taskId]);
  const traced = usePaths<NamedLeg>(source, legs, map);
  const key = JSON.stringify(traced.map(({ leg, path }) => [leg.kind, path]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key holds all that is read
  const paths = useMemo(
    () => traced.map(({ leg, path }) => ({ ids: path, moving: leg.kind !== 'past' && leg.kind !== 'trace' })),
    [key],
  );
  return { legs: traced, paths, note: noteOn(simulated ? undefined : taskId, tasks, legs.length > 0) };
}

function noteOn(
  taskId: string | undefined,
  tasks: ReturnType<typeof useLab.getState>['tasks'],
  drawn: boolean,
): string | undefined {
  if (taskId === undefined || drawn) return undefined;
  const task = tasks.get(taskId);
  if (!task) return 'The lab host does not know this task any more.';
  if (task.device === undefined)
    return isOver(task) ? `No phone took ${task.packageId}.` : `${task.packageId} is looking for a phone.`;
  return `${task.from} ran ${task.packageId} itself: nothing travelled.`;
}
