// The tasks of one run of the lab host, as their requesters' agents tell them, with phones named by serial.

import { AbhayaError } from '#base';
import { type AgentTaskView, finalTaskStates, type TaskView } from '#schemas';

export interface TaskBook {
  /** Takes what an agent says of its task; returns the view when it changed anything. */
  update(from: string, task: AgentTaskView): TaskView | undefined;
  /** The names of the files that the task was given: its agent doesn't know them. */
  setInputFiles(taskId: string, inputFiles: Readonly<Record<string, string>>): void;
  /** The agent of a phone knows these tasks only: ours of that phone that it forgot have failed. Returns them. */
  forgotten(from: string, known: ReadonlySet<string>): TaskView[];
  list(): TaskView[];
  /** Throws `not-found`. */
  get(taskId: string): TaskView;
}

/** The oldest finished tasks are forgotten beyond this. */
const MAX_TASKS = 10_000;

export function createTaskBook(options: { serialOf: (nodeId: string) => string | undefined }): TaskBook {
  const tasks = new Map<string, TaskView>();
  const inputFiles = new Map<string, Record<string, string>>();
  return {
    update(from, task) {
      const before = tasks.get(task.taskId);
      // A result never changes once it is final, whatever arrives late.
      if (before && finalTaskStates.includes(before.state)) return undefined;
      const { device, source, ...rest } = task;
      const named = (nodeId: string) => options.serialOf(nodeId) ?? nodeId;
      const view: TaskView = {
        ...rest,
        from,
        ...(inputFiles.has(task.taskId) ? { inputFiles: { ...inputFiles.get(task.taskId) } } : {}),
        offers: task.offers.map((offer) => {
          const serial = options.serialOf(offer.nodeId);
          return serial === undefined ? offer : { ...offer, device: serial };
        }),
        timeline: task.timeline.map((step) =>
          step.device === undefined ? step : { ...step, device: named(step.device) },
        ),
        ...(source === undefined ? {} : { source: named(source) }),
        ...(device ? { deviceNode: device, device: named(device) } : {}),
      };
      tasks.set(task.taskId, view);
      if (tasks.size > MAX_TASKS) {
        const oldest = [...tasks.values()].find(({ state }) => finalTaskStates.includes(state));
        if (oldest) {
          tasks.delete(oldest.taskId);
          inputFiles.delete(oldest.taskId);
        }
      }
      return view;
    },
    setInputFiles(taskId, files) {
      if (Object.keys(files).length === 0) return;
      inputFiles.set(taskId, { ...files });
      // It may have ended before its submitter was told its number.
      const task = tasks.get(taskId);
      if (task) tasks.set(taskId, { ...task, inputFiles: { ...files } });
    },
    forgotten(from, known) {
      const lost = [...tasks.values()].filter(
        (task) => task.from === from && !known.has(task.taskId) && !finalTaskStates.includes(task.state),
      );
      return lost.map((task) => {
        const problem = {
          code: 'device.lost',
          message: `the agent of ${from}, which requested the task, was restarted`,
        };
        const failed: TaskView = { ...task, state: 'failed', problem };
        tasks.set(task.taskId, failed);
        return failed;
      });
    },
    list: () => [...tasks.values()],
    get(taskId) {
      const task = tasks.get(taskId);
      if (!task) throw new AbhayaError('not-found', `there is no task ${taskId}`);
      return task;
    },
  };
}
