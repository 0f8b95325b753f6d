// Connects to the lab host that is chosen: the home's, which is started when there is none, or another one by address.
// Follows its events, and finds it again after it is lost. Owns the event stream.

import { AbhayaError, Emitter, isAbhayaError, sleep, toErrorShape } from '#base';
import { createLabClient, type EventStream, type LabClient } from '#lab/client';
import type { LabEvent, LabState } from '#schemas';
import type { OwnLabHost } from './own-lab-host.ts';

export interface LabTarget {
  readonly apiUrl: string;
  readonly token: string;
}

export interface LabConnection {
  readonly states: Emitter<LabState>;
  readonly events: Emitter<LabEvent>;
  state(): LabState;
  /** The lab host that is connected now; throws `host.unreachable`. */
  client(): LabClient;
  /** Address and token for the proxy; undefined while there is none. */
  target(): LabTarget | undefined;
  /** Begins to look, or looks at once and anew, also when another lab host was chosen. */
  connect(): void;
  /** Stops the lab host if it is ours; throws `conflict` if not. */
  stopHost(): Promise<void>;
  close(): Promise<void>;
}

export interface LabConnectionOptions {
  readonly own: OwnLabHost;
  /** Another lab host than the home's, when one is chosen. Throws where its token is not known. */
  readonly chosen: () => (LabTarget & { readonly name: string }) | undefined;
  /** Virtual phones for a lab host of ours. */
  readonly phones: () => number;
}

const LOOK_EVERY_MS = 500;

interface Current extends LabTarget {
  readonly client: LabClient;
  readonly stream: EventStream;
}

export function createLabConnection({ own, chosen, phones }: LabConnectionOptions): LabConnection {
  const complain = () => undefined;
  const states = new Emitter<LabState>(complain);
  const events = new Emitter<LabEvent>(complain);
  const closing = new AbortController();
  let state: LabState = { phase: 'starting', message: 'Looking for a lab host', ours: false, connection: 0 };
  let current: Current | undefined;
  let loop: Promise<void> | undefined;
  let wake: () => void = () => undefined;
  /** Counts what a person asked for: a look that was overtaken gives way to the next. */
  let asked = 0;

  function become(next: Omit<LabState, 'connection'>): void {
    state = { ...next, connection: state.connection + (next.phase === 'connected' ? 1 : 0) };
    states.emit(state);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      let waitMs: number | undefined = LOOK_EVERY_MS;
      const mine = asked;
      const overtaken = () => mine !== asked || closing.signal.aborted;
      try {
        await look();
        if (!overtaken()) await current?.stream.closed;
        if (!overtaken()) lost('The lab host is gone');
      } catch (error) {
        if (isAbhayaError(error, 'host.unreachable') && chosenQuietly()) lost(toErrorShape(error).message);
        else if (!isAbhayaError(error, 'host.already-running')) waitMs = failed(error);
      }
      current?.stream.close();
      current = undefined;
      await nextLook(overtaken() ? 0 : waitMs);
    }
  }

  async function look(): Promise<void> {
    const other = chosen();
    if (other) {
      become({ phase: 'starting', message: `Connecting to ${other.name}`, ours: false });
      await join(other);
      return become({
        phase: 'connected',
        message: `Connected to ${other.name}`,
        ours: false,
        apiUrl: other.apiUrl,
      });
    }
    const onStart = () => become({ phase: 'starting', message: 'Starting a lab host', ours: true });
    const host = await own.find({ onStart, signal: closing.signal });
    const client = await join({ apiUrl: host.host.apiUrl, token: host.token });
    const ours = await own.isOurs(host);
    const connected = { phase: 'connected' as const, ours, apiUrl: host.host.apiUrl };
    become({ ...connected, message: 'Connected' });
    if (ours && own.startedNow())
      await startPhones(client).catch((error: unknown) => {
        state = { ...state, message: `Connected; the phones did not start: ${toErrorShape(error).message}` };
        states.emit(state);
      });
  }

  async function join(target: LabTarget): Promise<LabClient> {
    const client = createLabClient(target);
    const stream = await client.events((event) => events.emit(event));
    current = { ...target, client, stream };
    return client;
  }

  async function startPhones(client: LabClient): Promise<void> {
    const count = phones();
    if (count > 0 && (await client.phones()).every(({ kind }) => kind !== 'virtual'))
      await client.addPhones({ count, topology: 'ring' });
  }

  function lost(message: string): void {
    become({ phase: 'lost', message, code: 'host.unreachable', ours: state.ours });
  }

  /** A person has to act: undefined, since nothing happens by itself. */
  function failed(error: unknown): undefined {
    if (closing.signal.aborted) return;
    const { code, message } = toErrorShape(error);
    become({ phase: 'failed', message, code, ours: false });
  }

  const chosenQuietly = (): boolean => {
    try {
      return chosen() !== undefined;
    } catch {
      return false;
    }
  };

  async function nextLook(waitMs: number | undefined): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([closing.signal, over.signal]);
    wake = () => over.abort();
    if (waitMs !== undefined) await sleep(waitMs, { signal }).catch(() => undefined);
    else if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  const need = (): Current => {
    if (!current) throw new AbhayaError('host.unreachable', 'no lab host is connected');
    return current;
  };

  return {
    states,
    events,
    state: () => state,
    client: () => need().client,
    target: () => (current ? { apiUrl: current.apiUrl, token: current.token } : undefined),
    connect() {
      own.forgive();
      asked += 1;
      current?.stream.close();
      loop ??= run();
      wake();
    },
    async stopHost() {
      if (!state.ours || !(await own.stop()))
        throw new AbhayaError(
          'conflict',
          'this lab host was not started by the app: end it where it was started, or by `abhaya down`',
        );
    },
    async close() {
      closing.abort();
      current?.stream.close();
      await loop;
    },
  };
}
