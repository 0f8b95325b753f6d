// A task's timeline as lanes and bars: who did what from when to when. Pure; the drawing is Gantt.tsx.

import type { TaskState, TaskView } from '#schemas';
import { taskWord } from './task-words.ts';

export type LaneRole = 'requester' | 'executor' | 'source';

export interface GanttBar {
  readonly id: string;
  readonly state: TaskState;
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It goes on still. */
  readonly open: boolean;
  readonly note: string | undefined;
  /** Drawn thin: this phone takes part in what another one does. */
  readonly aside: boolean;
}

export interface GanttMark {
  readonly id: string;
  readonly kind: 'offer' | 'end';
  readonly atMs: number;
  readonly label: string;
}

export interface GanttLane {
  readonly phone: string;
  readonly roles: readonly LaneRole[];
  readonly bars: readonly GanttBar[];
  readonly marks: readonly GanttMark[];
}

export interface Gantt {
  readonly lanes: readonly GanttLane[];
  readonly totalMs: number;
  readonly ticks: readonly number[];
}

type Task = Pick<TaskView, 'from' | 'device' | 'source' | 'timeline' | 'offers' | 'state'>;

const ownStates: ReadonlySet<TaskState> = new Set(['queued', 'offering']);
const endStates: ReadonlySet<TaskState> = new Set(['acknowledged', 'failed', 'cancelled', 'expired']);

/** nowMs: since the request, for what is still open. */
export function ganttOf(task: Task, nowMs: number): Gantt {
  const lanes = new Map<string, { roles: Set<LaneRole>; bars: GanttBar[]; marks: GanttMark[] }>();
  const lane = (phone: string, role: LaneRole) => {
    const known = lanes.get(phone) ?? { roles: new Set(), bars: [], marks: [] };
    known.roles.add(role);
    lanes.set(phone, known);
    return known;
  };
  const last = task.timeline.at(-1);
  const ended = last !== undefined && endStates.has(last.state);
  const totalMs = Math.max(1, ended ? last.atMs : Math.max(nowMs, last?.atMs ?? 0));
  const requester = lane(task.from, 'requester');

  for (const [at, step] of task.timeline.entries()) {
    const id = `${at}`;
    if (endStates.has(step.state)) {
      const label = `${taskWord(step.state)}${step.note ? `: ${step.note}` : ''}`;
      requester.marks.push({ id, kind: 'end', atMs: step.atMs, label });
      continue;
    }
    const next = task.timeline[at + 1];
    const bar: GanttBar = {
      id,
      state: step.state,
      label: taskWord(step.state),
      fromMs: step.atMs,
      toMs: next?.atMs ?? totalMs,
      open: next === undefined,
      note: step.note,
      aside: false,
    };
    const device = step.device ?? task.device;
    if (ownStates.has(step.state) || device === undefined) {
      requester.bars.push(bar);
      continue;
    }
    lane(device, 'executor').bars.push(bar);
    if (step.state === 'retrieving' && task.source !== undefined)
      lane(task.source, 'source').bars.push({ ...bar, label: 'Sending the package', aside: true });
    if (step.state === 'delivering' && device !== task.from)
      requester.bars.push({ ...bar, label: 'Taking the results', aside: true });
  }
  for (const offer of task.offers) {
    const who = offer.device ?? offer.nodeId;
    const known = lanes.get(who);
    if (known && offer.atMs <= totalMs)
      known.marks.push({
        id: `offer ${offer.nodeId}`,
        kind: 'offer',
        atMs: offer.atMs,
        label: `Offered, score ${offer.score.toFixed(2)}`,
      });
  }
  return {
    lanes: [...lanes].map(([phone, { roles, bars, marks }]) => ({ phone, roles: [...roles], bars, marks })),
    totalMs,
    ticks: ticksOf(totalMs),
  };
}

/** Round steps of 1, 2 or 5, four to nine of them. */
export function ticksOf(totalMs: number): number[] {
  const rough = totalMs / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = 0; at <= totalMs + step / 1_000; at += step) ticks.push(Number(at.toPrecision(12)));
  return ticks;
}
