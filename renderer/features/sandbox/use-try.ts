// One try from the form: the files are sent to the lab host one after the other, then the program is started there.

import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbhayaError } from '#base';
import { call } from '../../api/bridge.ts';
import { post } from '../../api/client.ts';
import { showError } from '../../shell/messages-store.ts';
import type { PickedFile } from '../services/run/form-model.ts';
import { noteTry } from './sandbox-store.ts';
import { type TryForm, tryRequest } from './try-model.ts';

export type Sending = { readonly name: string; readonly percent: number } | undefined;

export interface Try {
  readonly sending: Sending;
  /** From the press of the button until the lab host has it. */
  readonly starting: boolean;
  start(form: TryForm): Promise<void>;
  stopSending(): void;
}

export function useTry(): Try {
  const [sending, setSending] = useState<Sending>();
  const [starting, setStarting] = useState(false);
  const handle = useRef<string | undefined>(undefined);

  useEffect(
    () =>
      window.abhaya.on('uploadProgress', ({ handle: of, sentBytes, totalBytes }) => {
        if (of !== handle.current) return;
        setSending((now) => now && { ...now, percent: (100 * sentBytes) / Math.max(1, totalBytes) });
      }),
    [],
  );
  const stopSending = useCallback(() => {
    const now = handle.current;
    if (now !== undefined) void call('files.cancelUpload', { handle: now }).catch(() => undefined);
  }, []);
  // Whoever leaves the form doesn't wait for its files.
  useEffect(() => stopSending, [stopSending]);

  async function send(file: PickedFile): Promise<string> {
    handle.current = file.handle;
    setSending({ name: file.name, percent: 0 });
    try {
      return (await call('files.upload', { handle: file.handle })).uploadId;
    } finally {
      handle.current = undefined;
      setSending(undefined);
    }
  }

  async function start(form: TryForm): Promise<void> {
    if (!form.program) return;
    setStarting(true);
    try {
      const program = await send(form.program);
      const input = form.inputKind === 'file' && form.inputFile ? await send(form.inputFile) : undefined;
      noteTry(await post('sandboxTry', '/sandbox/try', tryRequest(form, form.program, { program, input })));
    } catch (error) {
      if (!isAbhayaError(error, 'cancelled')) showError(error);
    } finally {
      setStarting(false);
    }
  }
  return { sending, starting, start, stopSending };
}
