// The thread that owns history.db: whatever the disk does, the lab host's own thread goes on.

import { parentPort } from 'node:worker_threads';
import { AbhayaError, toErrorShape } from '#base';
import { isDiskTrouble } from './database.ts';
import type { AnswerOf, CallName, HistoryCalls, Reply, Request } from './history-calls.ts';
import { openStore, type Store } from './store.ts';

const port = parentPort;
if (!port) throw new Error('history-thread runs as a worker thread only');
const say = (reply: Reply) => port.postMessage(reply);

let store: Store | undefined;
const opened = (): Store => {
  if (!store) throw new AbhayaError('closed', 'the history is not open');
  return store;
};

const handlers: { [C in CallName]: HistoryCalls[C] } = {
  open(options) {
    store = openStore(options, (movedAside) => say({ movedAside }));
  },
  write: ({ batch, nowMs }) => opened().write(batch, nowMs),
  taskPage: (filter) => opened().taskPage(filter),
  taskDetail: ({ taskId }) => opened().taskDetail(taskId),
  services: () => opened().services(),
  runs: () => opened().runs(),
  measurements: ({ plan, serial }) => opened().measurements(plan, serial),
  exportPage: ({ what, after }) => opened().exportPage(what, after),
  saveSandboxRun: (kept) => opened().saveSandboxRun(kept),
  sandboxRuns: () => opened().sandboxRuns(),
  sandboxRun: ({ runId }) => opened().sandboxRun(runId),
  removeSandboxRun: ({ runId }) => opened().removeSandboxRun(runId),
  saveSandboxAttack: (run) => opened().saveSandboxAttack(run),
  sandboxAttacks: () => opened().sandboxAttacks(),
  sandboxAttack: ({ runId }) => opened().sandboxAttack(runId),
  removeSandboxAttack: ({ runId }) => opened().removeSandboxAttack(runId),
  countRows: () => opened().countRows(),
  clear: () => opened().clear(),
  close(end) {
    store?.close(end);
    store = undefined;
    port.unref(); // the thread ends when the reply is out
  },
};

port.on('message', ({ id, call, ask }: Request) => {
  try {
    const answer = (handlers[call] as (ask: unknown) => AnswerOf<CallName>)(ask);
    say({ id, answer });
  } catch (error) {
    // The disk's faults pass: what could not be written is tried again. Others of SQLite are bugs of ours.
    const { message } = error as Error;
    say({ id, error: isDiskTrouble(error) ? { code: 'history.unavailable', message } : toErrorShape(error) });
  }
});
