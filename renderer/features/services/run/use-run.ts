// One run from the form: files are uploaded one after the other, then the task is requested and followed.

import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorShape, isAbhayaError, toErrorShape } from '#base';
import type { ServiceView, TaskView } from '#schemas';
import { call } from '../../../api/bridge.ts';
import { post } from '../../../api/client.ts';
import { useLab } from '../../../lab/lab-store.ts';
import { wantSaved } from '../../tasks/saved-outputs.ts';
import {
  type FieldSource,
  type FormField,
  type FormValues,
  filesOf,
  type RunChoices,
  requestOf,
} from './form-model.ts';
import { remember } from './run-store.ts';

export type RunPhase =
  | { readonly phase: 'form'; readonly error: ErrorShape | undefined }
  | {
      readonly phase: 'uploading';
      readonly name: string;
      readonly sentBytes: number;
      readonly totalBytes: number;
    }
  | { readonly phase: 'requesting' }
  | { readonly phase: 'task'; readonly taskId: string };

export interface RunOrder {
  readonly service: ServiceView;
  readonly fields: readonly FormField[];
  readonly values: FormValues;
  readonly sources: Readonly<Record<string, FieldSource>>;
  readonly choices: RunChoices;
  /** Where results go by themselves. */
  readonly folder: string | undefined;
}

export interface Run {
  readonly state: RunPhase;
  readonly task: TaskView | undefined;
  start(order: RunOrder): Promise<void>;
  /** Ends the upload; a task that was requested is cancelled on its own. */
  stop(): void;
  /** Back to the form. */
  reset(): void;
}

const form: RunPhase = { phase: 'form', error: undefined };

export function useRun(): Run {
  const [state, setState] = useState<RunPhase>(form);
  const [answered, setAnswered] = useState<TaskView>();
  const uploading = useRef<string | undefined>(undefined);
  const taskId = state.phase === 'task' ? state.taskId : undefined;
  const live = useLab(({ tasks }) => (taskId === undefined ? undefined : tasks.get(taskId)));

  useEffect(
    () =>
      window.abhaya.on('uploadProgress', ({ handle, sentBytes, totalBytes }) => {
        if (handle !== uploading.current) return;
        setState((now) => (now.phase === 'uploading' ? { ...now, sentBytes, totalBytes } : now));
      }),
    [],
  );

  const stop = useCallback(() => {
    const handle = uploading.current;
    if (handle !== undefined) void call('files.cancelUpload', { handle }).catch(() => undefined);
  }, []);
  // Whoever leaves the form doesn't wait for its upload.
  useEffect(() => stop, [stop]);

  async function start(order: RunOrder): Promise<void> {
    const { service, fields, values, sources, choices, folder } = order;
    try {
      const uploads = new Map<string, string>();
      for (const { name, file } of filesOf(fields, values)) {
        uploading.current = file.handle;
        setState({ phase: 'uploading', name: file.name, sentBytes: 0, totalBytes: file.bytes });
        uploads.set(name, (await call('files.upload', { handle: file.handle })).uploadId);
      }
      uploading.current = undefined;
      setState({ phase: 'requesting' });
      const task = await post('task', '/tasks', requestOf(service, fields, values, uploads, choices));
      remember(task.taskId, { manifestSha256: service.manifestSha256, values, sources, choices });
      if (folder !== undefined) wantSaved(task.taskId, folder);
      setAnswered(task);
      setState({ phase: 'task', taskId: task.taskId });
    } catch (error) {
      const cancelled = isAbhayaError(error, 'cancelled');
      setState({ phase: 'form', error: cancelled ? undefined : toErrorShape(error) });
    } finally {
      uploading.current = undefined;
    }
  }

  return {
    state,
    // The answer is there before the first event.
    task: live ?? (answered?.taskId === taskId ? answered : undefined),
    start,
    stop,
    reset: () => setState(form),
  };
}
