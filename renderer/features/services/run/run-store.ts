// What the run form remembers: files that were dropped on a card, inputs of earlier tasks, and the choices made last.

import { create } from 'zustand';
import type { FieldSource, FormValues, RunChoices } from './form-model.ts';

export interface Remembered {
  readonly manifestSha256: string;
  readonly values: FormValues;
  readonly sources: Readonly<Record<string, FieldSource>>;
  readonly choices: RunChoices;
}

interface RunData {
  /** For the form that opens next. */
  readonly dropped: { readonly manifestSha256: string; readonly files: readonly File[] } | undefined;
  readonly byTask: ReadonlyMap<string, Remembered>;
  readonly choices: RunChoices;
  readonly autoSave: boolean;
}

const KEY = 'run-form';
const MOST = 100;
const before: RunChoices = { from: '', on: '', deadlineMs: undefined };

export const useRuns = create<RunData>(() => ({
  dropped: undefined,
  byTask: new Map(),
  choices: before,
  autoSave: localStorage.getItem(KEY) !== 'save-by-hand',
}));

export const dropOnForm = (manifestSha256: string, files: readonly File[]): void =>
  useRuns.setState({ dropped: { manifestSha256, files } });

/** The dropped files, once. */
export function takeDropped(manifestSha256: string): readonly File[] {
  const { dropped } = useRuns.getState();
  if (dropped?.manifestSha256 !== manifestSha256) return [];
  useRuns.setState({ dropped: undefined });
  return dropped.files;
}

/** So that “Run again” has everything; the oldest are forgotten first. */
export function remember(taskId: string, remembered: Remembered): void {
  useRuns.setState(({ byTask }) => {
    const next = new Map(byTask).set(taskId, remembered);
    for (const key of next.keys()) {
      if (next.size <= MOST) break;
      next.delete(key);
    }
    return { byTask: next, choices: remembered.choices };
  });
}

/** Kept over restarts. */
export function setAutoSave(autoSave: boolean): void {
  localStorage.setItem(KEY, autoSave ? 'save' : 'save-by-hand');
  useRuns.setState({ autoSave });
}
