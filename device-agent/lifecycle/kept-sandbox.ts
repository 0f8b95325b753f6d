// A sandbox that comes back: when the supervisor dies it is started again, and until then the device says that it
// can't sandbox. Owns the supervisor of the moment.

import type { Sandbox, SandboxCapabilities, SandboxOptions } from '#agent/sandbox';
import { startSandbox } from '#agent/sandbox';
import { AbhayaError, type Logger, sleep, toErrorShape } from '#base';

const FIRST_BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 30_000;

export interface KeptSandbox extends Sandbox {
  /** Always what holds now. */
  readonly capabilities: SandboxCapabilities;
  /** Opens another one in its place; what runs goes on in the old one, which ends with that. Throws what opening does. */
  renew(): Promise<void>;
}

/** A sandbox, and the services that run in it. */
interface Generation {
  readonly sandbox: Sandbox;
  readonly runs: Set<Promise<unknown>>;
}

/** Resolves after the first start or its failure: a device without a sandbox is a device all the same. */
export async function keepSandbox(options: {
  open: (signal: AbortSignal) => Promise<Sandbox>;
  logger: Logger;
}): Promise<KeptSandbox> {
  const stop = new AbortController();
  const closed = Promise.withResolvers<string>();
  let current: Generation | undefined;
  let renewed = Promise.withResolvers<undefined>();
  const retiring = new Set<Promise<void>>();
  let unavailable = 'the sandbox is starting';

  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next;
    return next;
  };

  const open = async (): Promise<boolean> => {
    try {
      current ??= { sandbox: await options.open(stop.signal), runs: new Set() };
      return true;
    } catch (error) {
      unavailable = toErrorShape(error).message;
      if (!stop.signal.aborted) options.logger.warn('no sandbox', { error });
      return false;
    }
  };

  async function keep(): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (!stop.signal.aborted) {
      if (current) {
        const reason = await Promise.race([current.sandbox.died, closed.promise, renewed.promise]);
        if (stop.signal.aborted) return;
        if (reason === undefined) continue;
        unavailable = `the sandbox died: ${reason}`;
        await current.sandbox.close();
        current = undefined;
      }
      await sleep(backOffMs, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      backOffMs = (await inTurn(open)) ? FIRST_BACK_OFF_MS : Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
  }

  await open();
  const kept = keep();
  return {
    get capabilities() {
      return current?.sandbox.capabilities ?? { runtimes: [], layers: [], unavailable };
    },
    died: closed.promise,
    run(job, runOptions) {
      if (!current) return Promise.reject(new AbhayaError('sandbox.unavailable', unavailable));
      const { sandbox, runs } = current;
      const running = sandbox.run(job, runOptions);
      const end = running.catch(() => undefined).finally(() => runs.delete(end));
      runs.add(end);
      return running;
    },
    renew: () =>
      inTurn(async () => {
        if (!current) return; // the next one that is opened is a new one
        const next = { sandbox: await options.open(stop.signal), runs: new Set<Promise<unknown>>() };
        const old = current;
        current = next;
        renewed.resolve(undefined);
        renewed = Promise.withResolvers();
        if (!old) return; // it has died meanwhile
        const retired = Promise.race([Promise.all(old.runs), closed.promise])
          .then(() => old.sandbox.close())
          .finally(() => retiring.delete(retired));
        retiring.add(retired);
      }),
    async close() {
      stop.abort();
      closed.resolve('closed');
      await current?.sandbox.close();
      await Promise.all(retiring);
      await kept;
    },
  };
}

export const supervisorOf = (
  config: { supervisor: readonly string[]; launcher: string },
  rest: Omit<SandboxOptions, 'command' | 'launcherPath' | 'signal'>,
) => {
  return (signal: AbortSignal | undefined): Promise<Sandbox> => {
    const [program, ...args] = config.supervisor;
    if (!program) throw new AbhayaError('sandbox.unavailable', 'this phone has no supervisor');
    return startSandbox({ ...rest, command: [program, ...args], launcherPath: config.launcher, signal });
  };
};
