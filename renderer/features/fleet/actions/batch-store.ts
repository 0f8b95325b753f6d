// The one thing that is being done to chosen phones, as the panel shows it. It goes on when another page is opened.

import { create } from 'zustand';
import type { PhoneCommand } from '#schemas';
import { post, tell } from '../../../api/client.ts';
import { commandOf, type PhoneAction } from './phone-actions.ts';
import { type Outcome, runBatch } from './run-batch.ts';
import { watchPhone } from './until-phone.ts';

const AT_ONCE = 4;

export interface Batch {
  readonly title: string;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly running: boolean;
  cancel(): void;
}

export const useBatch = create<{ readonly batch: Batch | undefined }>(() => ({ batch: undefined }));

export const dismissBatch = (): void => useBatch.setState({ batch: undefined });

export const startAction = (action: PhoneAction, serials: readonly string[]): void =>
  start(action.doing, serials, (serial, signal) => carryOut(action, serial, signal));

/** Gives each phone the same orders, one after the other. */
export const startCommands = (
  title: string,
  commands: readonly PhoneCommand[],
  serials: readonly string[],
): void =>
  start(title, serials, async (serial, signal) => {
    for (const command of commands) await order(serial, command, signal);
  });

function start(
  title: string,
  serials: readonly string[],
  work: (serial: string, signal: AbortSignal) => Promise<void>,
): void {
  useBatch.getState().batch?.cancel();
  const stop = new AbortController();
  const outcomes = new Map<string, Outcome>(serials.map((serial) => [serial, { state: 'waiting' }]));
  const cancel = () => stop.abort();
  const show = (running: boolean): void => {
    const batch: Batch = { title, outcomes: new Map(outcomes), running, cancel };
    useBatch.setState({ batch });
  };
  // A batch that was replaced by another one has nothing to show any more.
  const isShown = (): boolean => useBatch.getState().batch?.cancel === cancel;
  show(true);
  void runBatch(serials, {
    atOnce: AT_ONCE,
    signal: stop.signal,
    work,
    onOutcome: (serial, outcome) => {
      outcomes.set(serial, outcome);
      if (isShown()) show(true);
    },
  }).then(() => {
    if (isShown()) show(false);
  });
}

const order = (serial: string, command: PhoneCommand, signal: AbortSignal) =>
  post('phone', `/phones/${encodeURIComponent(serial)}/command`, command, { signal });

async function carryOut({ id, until }: PhoneAction, serial: string, signal: AbortSignal): Promise<void> {
  if (id === 'stop-phone') return tell('DELETE', `/phones/${encodeURIComponent(serial)}`);
  if (id === 'disconnect') return tell('POST', '/adb/disconnect', { address: serial });
  const command = commandOf(id);
  if (!command) return undefined;
  const watched = until && watchPhone(serial, until, signal);
  try {
    await order(serial, command, signal);
    await watched?.settled;
  } finally {
    watched?.stop();
  }
  return undefined;
}
