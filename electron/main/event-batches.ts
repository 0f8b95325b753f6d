// Events of the lab host on their way to the window: many at a time, the newest of each thing only, so that a busy
// fleet costs the window one message a frame and not one for each event.

import type { LabEvent } from '#schemas';

export interface EventBatches {
  push(event: LabEvent): void;
  close(): void;
}

export function createEventBatches(send: (events: readonly LabEvent[]) => void, everyMs = 30): EventBatches {
  let waiting = new Map<string, LabEvent>();
  let timer: NodeJS.Timeout | undefined;
  let count = 0;
  const flush = () => {
    timer = undefined;
    const events = [...waiting.values()];
    waiting = new Map();
    send(events);
  };
  return {
    push(event) {
      count += 1;
      const key = keyOf(event) ?? `${event.event} ${count}`;
      // Deleted first: the newest takes its place at the end, after what it may depend on.
      waiting.delete(key);
      waiting.set(key, event);
      timer ??= setTimeout(flush, everyMs);
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Events of one key replace each other. */
function keyOf(event: LabEvent): string | undefined {
  switch (event.event) {
    case 'phone':
      return `phone ${event.phone.serial}`;
    case 'phone-gone':
      return `phone ${event.serial}`;
    case 'task':
      return `task ${event.task.taskId}`;
    case 'service':
      return `service ${event.service.manifestSha256}`;
    case 'link':
      return `link ${event.link.linkId}`;
    case 'link-gone':
      return `link ${event.linkId}`;
    case 'measurement':
      return `measurement ${event.serial}`;
    case 'mesh':
      return 'mesh';
    case 'sandbox-run':
      return `sandbox-run ${event.run.runId}`;
    case 'sandbox-attack':
    case 'sandbox-try':
      return event.event;
    default:
      return undefined;
  }
}
