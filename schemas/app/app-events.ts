// What the main process tells the window.

import type { LabEvent } from '../api/lab-views.ts';
import type { AppSettings, AppVerb, AppVerbs, FileHandle, LabState, VerbAnswer } from './app-verbs.ts';

export interface AppEvents {
  /** Events of the lab host, in order, many at a time. */
  lab: readonly LabEvent[];
  labState: LabState;
  settings: AppSettings;
  uploadProgress: { readonly handle: string; readonly sentBytes: number; readonly totalBytes: number };
  /** A menu item or shortcut that the window carries out. */
  command: { readonly name: AppCommand };
}

export type AppCommand =
  | 'palette'
  | 'go-fleet'
  | 'go-mesh'
  | 'go-services'
  | 'go-tasks'
  | 'go-power'
  | 'go-sandbox'
  | 'go-settings'
  | 'add-phones'
  | 'run-service';

/** What the preload script puts on `window.abhaya`. */
export interface AppBridge {
  call<V extends AppVerb>(verb: V, params: AppVerbs[V]['params']): Promise<VerbAnswer<V>>;
  /** A handle for a File from a drop or a file field. */
  fileOf(file: File): Promise<VerbAnswer<'files.register'>>;
  /** Returns the function that ends it. */
  on<E extends keyof AppEvents>(event: E, listener: (data: AppEvents[E]) => void): () => void;
}

export const APP_ORIGIN = 'app://abhaya';
export type { FileHandle };
