// Brings the runtimes that a phone would offer and doesn't have yet: one after the other, while its agent runs already.
// A push that breaks off goes on where it was, now or when the phone is attached again.

import { type Logger, sleep } from '#base';
import type { DeviceTransport } from '#lab/adb';
import { type AgentSandbox, type PhoneView, type RuntimesOrder, runtimeModules } from '#schemas';
import type { AgentClient } from './agent-client.ts';
import { bytesOf, pushFolder } from './deploy.ts';
import type { Payload } from './payload.ts';

export interface RuntimesFiller {
  /** Changes the user's choice, and brings what is wanted then. */
  order(order: RuntimesOrder): Promise<void>;
}

export interface FillOptions {
  readonly transport: DeviceTransport;
  readonly client: Pick<AgentClient, 'call'>;
  readonly payload: Payload;
  readonly sandbox: AgentSandbox;
  /** Complete folders on the phone, `<room>/<hash>`. */
  readonly folders: readonly string[];
  /** Runs the work when it is this phone's turn. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Without a sandbox: it is as it was. */
  readonly onChange: (sandbox: AgentSandbox | undefined, pushing: PhoneView['pushing']) => void;
  readonly logger: Logger;
  /** The end of this attachment. */
  readonly signal: AbortSignal;
}

/** As long as a sandbox may take to start: a new one tries every runtime that is new to the phone. */
const SET_MS = 310_000;
const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 60_000;
/** Progress is told in steps of so much of the whole. */
const STEP = 0.02;
/** The smaller one first. */
const order = [...runtimeModules].reverse();

export function fillRuntimes(options: FillOptions): RuntimesFiller {
  const { transport, client, payload, folders, turn, onChange, logger, signal } = options;
  let { sandbox } = options;
  let work: Promise<void> = Promise.resolve();
  const fill = () => {
    work = work.then(untilFilled);
  };

  const set = async (change: RuntimesOrder): Promise<void> => {
    sandbox = await client.call('runtimes.set', change, { timeoutMs: SET_MS, signal });
    onChange(sandbox, undefined);
  };
  const missing = () =>
    order.flatMap((name) => {
      const [folder, has] = [payload.modules[name], sandbox.modules?.[name]];
      return folder && has?.wanted && has.hash !== folder.hash ? [{ name, folder }] : [];
    });

  async function untilFilled(): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    for (let next = missing().at(0); next && !signal.aborted; next = missing().at(0)) {
      const { name, folder } = next;
      try {
        if (!folders.includes(`${name}/${folder.hash}`)) await turn(() => push(name, folder));
        await set({ modules: { [name]: folder.hash } });
        backOffMs = FIRST_BACK_OFF_MS;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn('a runtime could not be brought', { runtime: name, error });
        await sleep(backOffMs, { signal }).catch(() => undefined);
        backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
      }
    }
  }

  async function push(name: string, folder: Payload['runtime']): Promise<void> {
    const totalBytes = bytesOf(folder);
    let told = -1;
    const tell = (sentBytes: number) => {
      if (sentBytes < totalBytes && sentBytes - told < totalBytes * STEP) return;
      told = sentBytes;
      onChange(undefined, { runtime: name, sentBytes, totalBytes });
    };
    tell(0);
    await pushFolder(transport, name, folder, { signal, onSent: tell });
  }

  fill();
  return {
    async order(change) {
      await set(change);
      fill();
    },
  };
}
