// A task's travels: which way its messages take in each of its states. Pure.

import type { ServiceView, TaskState, TaskView } from '#schemas';

export type LegKind = 'request' | 'fetch' | 'run' | 'result' | 'past' | 'trace';

export interface Leg {
  readonly from: string;
  readonly to: string;
  readonly kind: LegKind;
}

export const legLabel: Record<LegKind, string> = {
  request: 'Asking for it to be run',
  fetch: 'Fetching the package',
  run: 'Running there',
  result: 'Result on its way back',
  past: 'The way that it took, as routes are now',
  trace: 'The way of a message now',
};

const ended: ReadonlySet<TaskState> = new Set(['acknowledged', 'failed', 'cancelled', 'expired']);

export const isOver = ({ state }: TaskView): boolean => ended.has(state);

/** Empty while no device is chosen, and when the requester runs it itself. */
export function legsOf(task: TaskView, services: readonly ServiceView[]): Leg[] {
  const { from, device, state } = task;
  if (device === undefined) return [];
  if (state === 'retrieving') {
    // Where a package comes from is not told; it is certain when one phone only has it.
    const [source, ...others] = holdersOf(task, services).filter((serial) => serial !== device);
    if (source !== undefined && others.length === 0) return [{ from: source, to: device, kind: 'fetch' }];
  }
  if (device === from) return [];
  if (isOver(task)) return [{ from, to: device, kind: 'past' }];
  if (state === 'delivering') return [{ from: device, to: from, kind: 'result' }];
  return [{ from, to: device, kind: state === 'running' ? 'run' : 'request' }];
}

/** Phones whose library has the task's package. */
export function holdersOf(task: TaskView, services: readonly ServiceView[]): string[] {
  const found = services.find((service) =>
    task.manifestSha256 === undefined
      ? service.packageId === task.packageId && (!task.version || service.version === task.version)
      : service.manifestSha256 === task.manifestSha256,
  );
  return found?.phones.map(({ serial }) => serial) ?? [];
}

/** The legs to draw: of the chosen task, else of all that are under way (the newest few). */
export function legsToDraw(
  tasks: Iterable<TaskView>,
  services: readonly ServiceView[],
  chosen: string | undefined,
): (Leg & { readonly taskId: string })[] {
  const shown = [...tasks]
    .filter((task) => (chosen === undefined ? !isOver(task) : task.taskId === chosen))
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, MOST);
  return shown.flatMap((task) => legsOf(task, services).map((leg) => ({ ...leg, taskId: task.taskId })));
}

const MOST = 8;
