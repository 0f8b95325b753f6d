// Notifications of tasks that end while the window is not looked at.

import { call } from '../api/bridge.ts';
import { useRuns } from '../features/services/run/run-store.ts';
import { useLab } from '../lab/lab-store.ts';
import { createTaskNotes } from './task-notes.ts';

/** Returns the function that ends it. The main process holds to the settings. */
export function followTaskNotes(): () => void {
  return window.abhaya.on(
    'lab',
    createTaskNotes({
      isOwn: (taskId) => useRuns.getState().byTask.has(taskId),
      isWatched: () => document.hasFocus(),
      nameOf: ({ packageId }) =>
        useLab.getState().services.find((service) => service.packageId === packageId)?.serviceName ??
        packageId,
      tell: (note) => void call('notify', note).catch(() => undefined),
    }),
  );
}
