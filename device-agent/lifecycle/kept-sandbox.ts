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
}

/** Resolves after the first start or its failure: a device without a sandbox is a device all the same. */
export async function keepSandbox(options: {
  open: (signal: AbortSignal) => Promise<Sandbox>;
  logger: Logger;
}): Promise<KeptSandbox> {
  const stop = new AbortController();
  const closed = Promise.withResolvers<string>();
  let current: Sandbox | undefined;
  let unavailable = 'the sandbox is starting';

  const open = async (): Promise<boolean> => {
    try {
      current = await options.open(stop.signal);
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
        const reason = await Promise.race([current.died, closed.promise]);
        if (stop.signal.aborted) return;
        unavailable = `the sandbox died: ${reason}`;
        await current.close();
        current = undefined;
      }
      await sleep(backOffMs, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      backOffMs = (await open()) ? FIRST_BACK_OFF_MS : Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
  }

  await open();
  const kept = keep();
  return {
    get capabilities() {
      return current?.capabilities ?? { runtimes: [], layers: [], unavailable };
    },
    died: closed.promise,
    run(job, runOptions) {
      if (!current) return Promise.reject(new AbhayaError('sandbox.unavailable', unavailable));
      return current.run(job, runOptions);
    },
    async close() {
      stop.abort();
      closed.resolve('closed');
      await current?.close();
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
