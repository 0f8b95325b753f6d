// From the lab host's events to records: which of them are worth keeping, and how often.

import type { Clock } from '#base';
import { finalTaskStates, type LabEvent, type LinkView, type TaskView } from '#schemas';
import { createMinInterval } from './core/index.ts';
import type { HistoryRecorder } from './history.ts';

export interface LabRecorder {
  take(event: LabEvent): void;
  close(): void;
}

/** Of one phone, one task, one link. */
const PHONE_EVERY_MS = 5_000;
const TASK_EVERY_MS = 1_000;
const LINKS_EVERY_MS = 10_000;

export function recordLab(options: {
  record: HistoryRecorder;
  links: () => readonly LinkView[];
  clock: Clock;
  version: string;
}): LabRecorder {
  const { record, clock } = options;
  const states = new Map<string, string>();
  const carried = new Map<string, number>();
  const phoneTurn = createMinInterval(PHONE_EVERY_MS);
  const taskTurn = createMinInterval(TASK_EVERY_MS);

  /** Only what changes a state is an event: a battery that falls by a percent is a measurement. */
  function changed(kind: 'phone' | 'link' | 'mesh', subject: string, state: string, detail?: string): void {
    const key = `${kind} ${subject}`;
    if (states.get(key) === state) return;
    states.set(key, state);
    record.event({ atMs: clock.now(), kind, subject, state, ...(detail ? { detail } : {}) });
  }

  function takeTask(task: TaskView): void {
    const atMs = clock.now();
    const { taskId, progress } = task;
    record.task({ atMs, task });
    if (progress && taskTurn.due(taskId, atMs)) record.taskSample({ atMs, taskId, ...progress });
    if (finalTaskStates.includes(task.state)) taskTurn.forget(taskId);
  }

  /** A link's traffic since it is there; a link that carried nothing is not worth a row. */
  function sampleLinks(): void {
    const atMs = clock.now();
    const links = options.links();
    for (const { linkId, a, b, bytesAtoB, bytesBtoA } of links) {
      const sum = bytesAtoB + bytesBtoA;
      if (carried.get(linkId) !== sum) record.link({ atMs, linkId, a, b, bytesAtoB, bytesBtoA });
      carried.set(linkId, sum);
    }
    const there = new Set(links.map(({ linkId }) => linkId));
    for (const linkId of carried.keys()) {
      if (there.has(linkId)) continue;
      carried.delete(linkId);
      states.delete(`link ${linkId}`);
    }
  }

  record.event({ atMs: clock.now(), kind: 'host', subject: '', state: 'started', detail: options.version });
  const timer = setInterval(sampleLinks, LINKS_EVERY_MS);

  return {
    take(event) {
      switch (event.event) {
        case 'phone': {
          const { serial, state, problem } = event.phone;
          return changed('phone', serial, state, problem?.message);
        }
        case 'phone-gone':
          changed('phone', event.serial, 'gone');
          states.delete(`phone ${event.serial}`);
          return phoneTurn.forget(event.serial);
        case 'task':
          return takeTask(event.task);
        case 'link':
          return changed('link', event.link.linkId, event.link.state, `${event.link.a} ${event.link.b}`);
        case 'link-gone':
          changed('link', event.linkId, 'gone');
          states.delete(`link ${event.linkId}`);
          return;
        case 'mesh':
          return changed('mesh', '', event.ready ? 'ready' : 'not-ready');
        case 'measurement': {
          const { event: _name, ...sample } = event;
          if (phoneTurn.due(sample.serial, sample.atMs)) record.phone(sample);
          return;
        }
        case 'stopping':
          return record.event({ atMs: clock.now(), kind: 'host', subject: '', state: 'stopped' });
      }
    },
    close: () => clearInterval(timer),
  };
}
