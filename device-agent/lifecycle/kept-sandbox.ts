// A sandbox that comes when it is ready, and comes back: when the supervisor dies it is started again, and until then the
// device says that it can't sandbox. Owns the supervisor of the moment.

import type { Sandbox, SandboxCapabilities, SandboxOptions, ShimWay } from '#agent/sandbox';
import { startSandbox } from '#agent/sandbox';
import { AbhayaError, Emitter, type Logger, sleep, toErrorShape, type Unsubscribe } from '#base';

const FIRST_BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 30_000;
/** A supervisor is there after one or two seconds. An agent doesn't wait for one that isn't. */
const PATIENCE_MS = 15_000;

export interface KeptSandbox extends Sandbox {
  /** Always what holds now. */
  readonly capabilities: SandboxCapabilities;
  /** They are others now. */
  onChange(listener: () => void): Unsubscribe;
  /** Opens another one in its place; what runs goes on in the old one, which ends with that. Throws what opening does. */
  renew(): Promise<void>;
}

/** A sandbox, and the services that run in it. */
interface Generation {
  readonly sandbox: Sandbox;
  readonly runs: Set<Promise<unknown>>;
}

/**
 * Resolves after the first start or its failure, or when `patienceMs` are over: a device without a sandbox is a device all
 * the same.
 */
export async function keepSandbox(options: {
  open: (signal: AbortSignal) => Promise<Sandbox>;
  patienceMs?: number;
  logger: Logger;
}): Promise<KeptSandbox> {
  const { patienceMs = PATIENCE_MS } = options;
  const news = new Emitter<undefined>();
  const changed = () => news.emit(undefined);
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
      if (current) return true;
      current = { sandbox: await options.open(stop.signal), runs: new Set() };
      changed();
      return true;
    } catch (error) {
      unavailable = toErrorShape(error).message;
      changed();
      if (!stop.signal.aborted) options.logger.warn('no sandbox', { error });
      return false;
    }
  };

  async function keep(): Promise<void> {
    await first;
    let backOffMs = FIRST_BACK_OFF_MS;
    while (!stop.signal.aborted) {
      const watched = current;
      if (watched) {
        const reason = await Promise.race([watched.sandbox.died, closed.promise, renewed.promise]);
        if (stop.signal.aborted) return;
        if (reason === undefined || current !== watched) continue;
        unavailable = `the sandbox died: ${reason}`;
        current = undefined;
        changed();
        await watched.sandbox.close();
      }
      await sleep(backOffMs, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      backOffMs = (await inTurn(open)) ? FIRST_BACK_OFF_MS : Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
  }

  const first = inTurn(open);
  const kept = keep();
  const waited = new AbortController();
  await Promise.race([first, sleep(patienceMs, { signal: waited.signal }).catch(() => undefined)]);
  waited.abort();
  return {
    get capabilities() {
      return current?.sandbox.capabilities ?? { runtimes: [], layers: [], unavailable };
    },
    onChange: (listener) => news.on(listener),
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
        changed();
        if (!old) return; // it has died meanwhile
        const retired = Promise.race([Promise.all(old.runs), closed.promise])
          .then(() => old.sandbox.close())
          .finally(() => retiring.delete(retired));
        retiring.add(retired);
      }),
    async close() {
      stop.abort();
      closed.resolve('closed');
      // What was being opened may have come before it heard of the end.
      await Promise.all([kept, turn.catch(() => undefined)]);
      await current?.sandbox.close();
      await Promise.all(retiring);
    },
  };
}

export const supervisorOf = (
  config: { supervisor: readonly string[]; launcher: string },
  rest: Omit<SandboxOptions, 'command' | 'launcherPath' | 'signal'>,
  shim?: ShimWay,
) => {
  return async (signal: AbortSignal | undefined): Promise<Sandbox> => {
    const isolated = await shim?.open({ ...rest, launcherPath: config.launcher }, signal);
    if (isolated) return isolated;
    const [program, ...args] = config.supervisor;
    if (!program) throw new AbhayaError('sandbox.unavailable', 'this phone has no supervisor');
    return startSandbox({ ...rest, command: [program, ...args], launcherPath: config.launcher, signal });
  };
};
