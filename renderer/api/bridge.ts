// The verbs of the main process as functions that return or throw.

import { fromErrorShape } from '#base';
import type { AppBridge, AppVerb, AppVerbs, FileHandle } from '#schemas';

declare global {
  interface Window {
    readonly abhaya: AppBridge;
  }
}

export async function call<V extends AppVerb>(
  verb: V,
  params: AppVerbs[V]['params'],
): Promise<AppVerbs[V]['result']> {
  const answer = await window.abhaya.call(verb, params);
  if (answer.ok) return answer.result;
  throw fromErrorShape(answer.error);
}

/** A handle for a file that was dropped or chosen. */
export async function handleOf(file: File): Promise<FileHandle> {
  const answer = await window.abhaya.fileOf(file);
  if (answer.ok) return answer.result;
  throw fromErrorShape(answer.error);
}
