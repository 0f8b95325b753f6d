// A task as a row: columns to list and filter by, and the whole view as text, bounded whatever a phone said. Pure.

import { finalTaskStates, type HistoryTask, type TaskState, type TaskView } from '#schemas';

export interface TaskRow {
  readonly taskId: string;
  readonly packageId: string;
  readonly version: string | null;
  readonly author: string | null;
  readonly state: TaskState;
  readonly requester: string;
  readonly device: string | null;
  readonly deviceNode: string | null;
  readonly attempts: number;
  readonly hops: number;
  readonly startedAt: number;
  readonly durationMs: number | null;
  readonly wallMs: number | null;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly problemCode: string | null;
  readonly problemMessage: string | null;
  readonly view: string;
}

const MAX_TEXT = 256;
const MAX_MESSAGE = 2_000;
const MAX_VIEW_CHARACTERS = 256 * 1024;
const MAX_LIST = 200;

export function taskRow(task: TaskView): TaskRow {
  const { report, problem } = task;
  const ended = finalTaskStates.includes(task.state);
  return {
    taskId: cut(task.taskId),
    packageId: cut(task.packageId),
    version: cutOr(task.version),
    author: cutOr(task.author),
    state: task.state,
    requester: cut(task.from),
    device: cutOr(task.device),
    deviceNode: cutOr(task.deviceNode),
    attempts: task.attempts,
    hops: task.hops,
    startedAt: task.startedAt,
    durationMs: ended ? (task.timeline.at(-1)?.atMs ?? null) : null,
    wallMs: report?.wallMs ?? null,
    cpuMs: report?.cpuMs ?? null,
    peakMemoryBytes: report?.peakMemoryBytes ?? null,
    bytesIn: report?.bytesIn ?? null,
    bytesOut: report?.bytesOut ?? null,
    problemCode: cutOr(problem?.code),
    problemMessage: problem ? cut(problem.message, MAX_MESSAGE) : null,
    view: boundedView(task),
  };
}

/** The row as lists show it. It is interrupted when the run that knew it last isn't the one that is now. */
export function historyTask(row: TaskRow & { runId: number }, currentRun: number): HistoryTask {
  return {
    taskId: row.taskId,
    runId: row.runId,
    packageId: row.packageId,
    state: row.state,
    interrupted: row.runId !== currentRun && !finalTaskStates.includes(row.state),
    from: row.requester,
    attempts: row.attempts,
    hops: row.hops,
    startedAt: row.startedAt,
    ...present('version', row.version),
    ...present('author', row.author),
    ...present('device', row.device),
    ...present('deviceNode', row.deviceNode),
    ...present('durationMs', row.durationMs),
    ...present('wallMs', row.wallMs),
    ...present('cpuMs', row.cpuMs),
    ...present('peakMemoryBytes', row.peakMemoryBytes),
    ...present('bytesIn', row.bytesIn),
    ...present('bytesOut', row.bytesOut),
    ...(row.problemCode === null
      ? {}
      : { problem: { code: row.problemCode, message: row.problemMessage ?? '' } }),
  };
}

/** The view as JSON. What an honest task never needs is left out when it is too long: values, then lists, then texts. */
function boundedView(task: TaskView): string {
  const whole = JSON.stringify(task);
  if (whole.length <= MAX_VIEW_CHARACTERS) return whole;
  const outputs = task.outputs.slice(0, MAX_LIST).map(({ value: _left, ...output }) => output);
  const shorter = {
    ...task,
    outputs,
    offers: task.offers.slice(0, MAX_LIST),
    timeline: task.timeline.slice(-MAX_LIST),
  };
  const shortened = JSON.stringify(shorter);
  if (shortened.length <= MAX_VIEW_CHARACTERS) return shortened;
  const { taskId, packageId, state, from, hops, attempts, startedAt } = task;
  const least = {
    ...{ taskId: cut(taskId), packageId: cut(packageId), from: cut(from), state, hops, attempts, startedAt },
    ...{ outputs: [], offers: [], timeline: [] },
    problem: { code: 'input.too-large', message: 'the task said too much to be kept' },
  };
  return JSON.stringify(least);
}

const cut = (text: string, length = MAX_TEXT): string => text.slice(0, length);
const cutOr = (text: string | undefined): string | null => (text === undefined ? null : cut(text));

const present = <K extends string, V>(key: K, value: V | null): { [P in K]?: V } =>
  (value === null ? {} : { [key]: value }) as { [P in K]?: V };
