// Joins the lab host of the home, or starts a detached one; follows its events; finds it again after it is lost.
// Owns the event stream, and the lab host only if it started it.

import { AbhayaError, Emitter, sleep, toErrorShape } from '#base';
import { createLabClient, type EventStream, type LabClient } from '#lab/client';
import { type Home, type RunningHost, readRunningHost, startHost, waitForExit } from '#lab/home';
import type { LabEvent, LabState } from '#schemas';

export interface LabConnection {
  readonly states: Emitter<LabState>;
  readonly events: Emitter<LabEvent>;
  state(): LabState;
  /** The lab host that is connected now; throws `host.unreachable`. */
  client(): LabClient;
  /** Address and token for the proxy; undefined while there is none. */
  target(): { readonly apiUrl: string; readonly token: string } | undefined;
  /** Begins to look, or looks at once and anew. */
  connect(): void;
  /** Stops the lab host if it is ours; throws `conflict` if not. */
  stopHost(): Promise<void>;
  close(): Promise<void>;
}

export interface LabConnectionOptions {
  readonly home: Home;
  /** Command line of the lab host; throws `host.setup` where it can't be started. */
  readonly hostCommand: () => readonly string[];
  /** Virtual phones for a lab host of ours. */
  readonly phones: () => number;
  /** Remembers over a crash of the app which lab host is ours. */
  readonly ownership: { read(): Promise<string | undefined>; write(mark: string | undefined): Promise<void> };
}

const LOOK_EVERY_MS = 500;
const STOP_TIMEOUT_MS = 20_000;
/** A lab host of ours that dies is started again, so often within the window; then a person decides. */
const RESTARTS = { most: 3, withinMs: 60_000 };

export function createLabConnection(options: LabConnectionOptions): LabConnection {
  const { home } = options;
  const complain = () => undefined;
  const states = new Emitter<LabState>(complain);
  const events = new Emitter<LabEvent>(complain);
  const closing = new AbortController();
  let state: LabState = { phase: 'starting', message: 'Looking for a lab host', ours: false, connection: 0 };
  let current: { host: RunningHost; client: LabClient; stream: EventStream } | undefined;
  let loop: Promise<void> | undefined;
  let wake: () => void = () => undefined;
  /** Set by a person's stop: nothing is started until they ask. */
  let held = false;
  const starts: number[] = [];

  function become(next: Omit<LabState, 'connection'>): void {
    state = { ...next, connection: state.connection + (next.phase === 'connected' ? 1 : 0) };
    states.emit(state);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await join((await readRunningHost(home)) ?? (await start()));
        await current?.stream.closed;
        current = undefined;
        if (closing.signal.aborted) return;
        become({
          phase: 'lost',
          message: 'The lab host is gone',
          code: 'host.unreachable',
          ours: state.ours,
        });
      } catch (error) {
        if (closing.signal.aborted) return;
        current = undefined;
        const { code, message } = toErrorShape(error);
        if (!(code === 'host.already-running')) {
          become({ phase: 'failed', message, code, ours: false });
          await nextLook(undefined);
          continue;
        }
      }
      await nextLook(LOOK_EVERY_MS);
    }
  }

  async function join(host: RunningHost): Promise<void> {
    const client = createLabClient({ apiUrl: host.host.apiUrl, token: host.token });
    const stream = await client.events((event) => events.emit(event));
    current = { host, client, stream };
    const ours = (await options.ownership.read()) === markOf(host);
    become({ phase: 'connected', message: 'Connected', ours, apiUrl: host.host.apiUrl });
    if (ours) await startPhones(client);
  }

  async function start(): Promise<RunningHost> {
    const now = performance.now();
    while (starts[0] !== undefined && now - starts[0] > RESTARTS.withinMs) starts.shift();
    if (held) throw new AbhayaError('closed', 'The lab host was stopped. Start it when you need it.');
    if (starts.length >= RESTARTS.most) {
      throw new AbhayaError(
        'host.unreachable',
        `The lab host ended ${RESTARTS.most} times within a minute; its log says why: ${home.logFile}`,
      );
    }
    starts.push(now);
    become({ phase: 'starting', message: 'Starting a lab host', ours: true });
    const started = await startHost(home, {
      command: options.hostCommand(),
      detached: true,
      signal: closing.signal,
    });
    await options.ownership.write(markOf(started));
    return started;
  }

  /** A lab host that we just started has none; one that we joined keeps what it has. */
  async function startPhones(client: LabClient): Promise<void> {
    const count = options.phones();
    if (count > 0 && (await client.phones()).every(({ kind }) => kind !== 'virtual') && starts.length > 0)
      await client.addPhones({ count, topology: 'ring' });
  }

  async function nextLook(waitMs: number | undefined): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([closing.signal, over.signal]);
    wake = () => over.abort();
    if (waitMs !== undefined) await sleep(waitMs, { signal }).catch(() => undefined);
    else if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  const need = () => {
    if (!current) throw new AbhayaError('host.unreachable', 'no lab host is connected');
    return current;
  };

  return {
    states,
    events,
    state: () => state,
    client: () => need().client,
    target: () => (current ? { apiUrl: current.host.host.apiUrl, token: current.host.token } : undefined),
    connect() {
      held = false;
      starts.length = 0;
      loop ??= run();
      wake();
    },
    async stopHost() {
      const { host, client } = need();
      if (!state.ours)
        throw new AbhayaError(
          'conflict',
          'this lab host was not started by the app: end it where it was started, or by `abhaya down`',
        );
      held = true;
      await client.shutdown();
      if (!(await waitForExit(host.host.pid, STOP_TIMEOUT_MS))) process.kill(host.host.pid, 'SIGKILL');
      await options.ownership.write(undefined);
    },
    async close() {
      closing.abort();
      current?.stream.close();
      await loop;
    },
  };
}

/** A process id alone may be another's by now. */
const markOf = ({ host }: RunningHost): string => `${host.pid} ${host.startedAt}`;
