// Which outputs were saved where, and which are to be saved by themselves when their task is done, also when another
// page is open by then.

import { create } from 'zustand';
import { toErrorShape } from '#base';
import type { SavedFile, TaskView } from '#schemas';
import { call } from '../../api/bridge.ts';
import { useLab } from '../../lab/lab-store.ts';
import { count } from '../../parts/format.ts';
import { showDone, showError } from '../../shell/messages-store.ts';

export type SaveState =
  | { readonly phase: 'saving' }
  | { readonly phase: 'saved'; readonly file: SavedFile }
  | { readonly phase: 'failed'; readonly message: string };

interface SavedData {
  readonly saves: ReadonlyMap<string, SaveState>;
  /** Folder handles by task. */
  readonly wanted: ReadonlyMap<string, string>;
}

export const useSaved = create<SavedData>(() => ({ saves: new Map(), wanted: new Map() }));

const keyOf = (taskId: string, name: string): string => `${taskId} ${name}`;
const MOST = 2_000;

export const savedOf = (taskId: string, name: string) => (data: SavedData) =>
  data.saves.get(keyOf(taskId, name));

function note(taskId: string, name: string, state: SaveState | undefined): void {
  useSaved.setState(({ saves }) => {
    const next = new Map(saves);
    if (state) next.set(keyOf(taskId, name), state);
    else next.delete(keyOf(taskId, name));
    for (const key of next.keys()) {
      if (next.size <= MOST) break;
      next.delete(key);
    }
    return { saves: next };
  });
}

/** Into the folder, under a name that is free; true when it worked. */
export async function saveOutput(taskId: string, name: string, folder: string): Promise<boolean> {
  note(taskId, name, { phase: 'saving' });
  try {
    note(taskId, name, {
      phase: 'saved',
      file: await call('outputs.save', { taskId, name, folder }),
    });
    return true;
  } catch (error) {
    note(taskId, name, { phase: 'failed', message: toErrorShape(error).message });
    showError(error);
    return false;
  }
}

/** Where a dialog says. */
export async function saveOutputAs(taskId: string, name: string): Promise<void> {
  try {
    const { saved } = await call('outputs.saveAs', { taskId, name });
    if (saved) note(taskId, name, { phase: 'saved', file: saved });
  } catch (error) {
    showError(error);
  }
}

/** The task's outputs are saved as soon as it is done. */
export function wantSaved(taskId: string, folder: string): void {
  useSaved.setState(({ wanted }) => ({ wanted: new Map(wanted).set(taskId, folder) }));
  // It may be done already.
  const task = useLab.getState().tasks.get(taskId);
  if (task) saveIfDone(task);
}

/** Returns the function that ends it. */
export const followSaves = (): (() => void) =>
  useLab.subscribe(({ tasks }, before) => {
    if (tasks === before.tasks) return;
    for (const taskId of useSaved.getState().wanted.keys()) {
      const task = tasks.get(taskId);
      if (task && task !== before.tasks.get(taskId)) saveIfDone(task);
    }
  });

function saveIfDone({ taskId, state, outputs }: TaskView): void {
  const { wanted } = useSaved.getState();
  const folder = wanted.get(taskId);
  if (folder === undefined || !['acknowledged', 'failed', 'cancelled', 'expired'].includes(state)) return;
  const rest = new Map(wanted);
  rest.delete(taskId);
  useSaved.setState({ wanted: rest });
  if (state !== 'acknowledged') return;
  void Promise.all(outputs.map(({ name }) => saveOutput(taskId, name, folder))).then((done) => {
    const saved = done.filter(Boolean).length;
    if (saved > 0) showDone(`${count(saved, 'result')} saved`);
  });
}
