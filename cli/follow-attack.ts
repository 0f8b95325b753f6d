// An attack that the lab host makes, followed to its end: by events, and by asking now and then in case one was lost.

import { AbhayaError, sleep } from '#base';
import type { SandboxAttackRun, SandboxAttackView, StartSandboxAttack } from '#schemas';
import type { CommandContext } from './context.ts';

const POLL_MS = 1_000;

/** Ctrl-C cancels it. */
export async function followAttack(
  context: CommandContext,
  request: StartSandboxAttack,
): Promise<SandboxAttackRun> {
  const { printer, signal } = context;
  const { sandbox, events } = await context.connect();
  const { runId } = await sandbox.startAttack(request);
  if (runId === undefined) throw new AbhayaError('wire.malformed', 'the lab host did not name the attack');
  const ended = Promise.withResolvers<true>();
  const look = (view: SandboxAttackView): void => {
    const { progress: at } = view;
    if (view.runId !== runId || view.state !== 'running') ended.resolve(true);
    else if (at && process.stderr.isTTY)
      printer.progress(`${at.runtime} ${at.done}/${at.total} ${at.attack}`);
  };
  const stream = await events((event) => {
    if (event.event === 'sandbox-attack') look(event.attack);
  });
  const onAbort = () => void sandbox.cancelAttack().then(look, ended.reject);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    while (!(await Promise.race([ended.promise, sleep(POLL_MS)]))) look(await sandbox.attack());
    return await sandbox.attackRun(runId);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.close();
  }
}
