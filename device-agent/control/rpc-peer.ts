// Calls and events over one WebSocket, typed by a table. Both ends of the control connection use it;
// the socket belongs to the peer from then on and is closed with it.

import type { TSchema } from 'typebox';
import type { WebSocket } from 'ws';
import { AbhayaError, fromErrorShape, type Logger, toErrorShape } from '#base';
import { jsonParserOf, type Parser, parserOf, RpcFrame } from '#schemas';

export type CallTable = Readonly<Record<string, { readonly params: TSchema; readonly result: TSchema }>>;
export type EventTable = Readonly<Record<string, TSchema>>;

export type CallTypes = Record<string, { params: unknown; result: unknown }>;
export type Handlers<C extends CallTypes> = {
  readonly [M in keyof C]: (
    params: C[M]['params'],
    options: { signal: AbortSignal },
  ) => Promise<C[M]['result']> | C[M]['result'];
};

export interface RpcPeer<C extends CallTypes, E extends Record<string, unknown>> {
  /** Throws the other side's error, `timeout`, `cancelled`, or `closed` when the connection ends first. */
  call<M extends keyof C & string>(
    method: M,
    params: C[M]['params'],
    options?: { timeoutMs?: number; signal?: AbortSignal | undefined },
  ): Promise<C[M]['result']>;
  /** Drops the event when the other side has not read the last ones (more than 4 MiB wait). */
  emit<N extends keyof E & string>(event: N, payload: E[N]): void;
  on<N extends keyof E & string>(event: N, listener: (payload: E[N]) => void): () => void;
  /** Why the connection ended: death is a value. */
  readonly disconnected: Promise<string>;
  close(): void;
}

export interface RpcPeerOptions<C extends CallTypes> {
  readonly socket: WebSocket;
  readonly calls: CallTable;
  readonly events: EventTable;
  readonly maxFrameBytes: number;
  readonly logger: Logger;
  /** Absent on the side that only calls. */
  readonly handlers?: Handlers<C>;
  /** Milliseconds between pings; a peer that misses two is gone. 0: none. */
  readonly heartbeatMs?: number;
}

const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_CALLS_AT_ONCE = 256;

interface Waiting {
  readonly method: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function createRpcPeer<C extends CallTypes, E extends Record<string, unknown>>(
  options: RpcPeerOptions<C>,
): RpcPeer<C, E> {
  const { socket, logger } = options;
  const parseFrame = jsonParserOf(RpcFrame, 'control frame', { maxBytes: options.maxFrameBytes });
  const parsers = compileTables(options.calls, options.events);
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const running = new AbortController();
  let nextId = 1;
  let handling = 0;
  let alive = true;
  let ended = false;

  let resolveDisconnected: (reason: string) => void;
  const disconnected = new Promise<string>((resolve) => {
    resolveDisconnected = resolve;
  });

  const heartbeat = options.heartbeatMs
    ? setInterval(() => {
        if (!alive) return end('no answer to two heartbeats');
        alive = false;
        socket.ping();
      }, options.heartbeatMs)
    : undefined;

  function end(reason: string): void {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    running.abort();
    for (const call of waiting.values()) {
      call.reject(new AbhayaError('closed', `the connection ended during ${call.method}: ${reason}`));
    }
    waiting.clear();
    socket.terminate();
    resolveDisconnected(reason);
  }

  function send(frame: RpcFrame): void {
    if (!ended && socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  }

  async function handle(id: number, method: string, params: unknown): Promise<void> {
    handling += 1;
    try {
      if (handling > MAX_CALLS_AT_ONCE) throw new AbhayaError('conflict', 'too many calls at once');
      const parser = parsers.calls.get(method);
      const handler = options.handlers?.[method];
      if (!parser || !handler) throw new AbhayaError('not-found', `there is no call ${method}`);
      const result = await handler(parser.params(params) as C[string]['params'], { signal: running.signal });
      send({ id, result });
    } catch (error) {
      const shape = toErrorShape(error);
      if (shape.code === 'bug') logger.error('a control call failed by a bug', { method, error });
      send({ id, error: shape.details ? shape : { code: shape.code, message: shape.message } });
    } finally {
      handling -= 1;
    }
  }

  function receive(text: string): void {
    const frame = parseFrame(text);
    if ('method' in frame) {
      void handle(frame.id, frame.method, frame.params);
    } else if ('event' in frame) {
      const parse = parsers.events.get(frame.event);
      if (!parse) return; // an event of a newer agent
      const payload = parse(frame.payload);
      for (const listener of listeners.get(frame.event) ?? []) listener(payload);
    } else {
      settle(frame);
    }
  }

  function settle(frame: Extract<RpcFrame, { result: unknown } | { error: unknown }>): void {
    const call = waiting.get(frame.id);
    if (!call) return; // given up before
    if ('error' in frame) {
      call.reject(fromErrorShape(frame.error));
      return;
    }
    try {
      call.resolve(parsers.calls.get(call.method)?.result(frame.result));
    } catch (error) {
      call.reject(error as Error);
    }
  }

  socket.on('message', (data, isBinary) => {
    try {
      if (isBinary) throw new AbhayaError('wire.malformed', 'binary frame on the control connection');
      receive(String(data));
    } catch (error) {
      logger.warn('bad frame on the control connection', { error: toErrorShape(error) });
      end('bad frame');
    }
  });
  socket.on('pong', () => {
    alive = true;
  });
  socket.on('close', () => end('closed'));
  socket.on('error', (error) => end(error.message));

  return {
    disconnected,
    close: () => end('closed by us'),
    emit(event, payload) {
      if (socket.bufferedAmount < MAX_WAITING_BYTES) send({ event, payload });
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener as (payload: unknown) => void);
      return () => set.delete(listener as (payload: unknown) => void);
    },
    call(method, params, { timeoutMs = 15_000, signal } = {}) {
      if (ended) return Promise.reject(new AbhayaError('closed', `${method}: the connection has ended`));
      if (signal?.aborted) return Promise.reject(new AbhayaError('cancelled', `${method}: cancelled`));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        const once =
          <T>(done: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', onAbort);
            waiting.delete(id);
            done(value);
          };
        const fail = once(reject);
        const onAbort = () => fail(new AbhayaError('cancelled', `${method}: cancelled`));
        const timer = setTimeout(
          () => fail(new AbhayaError('timeout', `${method} took longer than ${timeoutMs} ms`)),
          timeoutMs,
        );
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.set(id, { method, resolve: once(resolve as (value: unknown) => void), reject: fail });
        send({ id, method, params });
      });
    },
  };
}

function compileTables(calls: CallTable, events: EventTable) {
  return {
    calls: new Map(
      Object.entries(calls).map(([method, { params, result }]) => [
        method,
        {
          params: parserOf(params, `parameters of ${method}`, 'input.invalid') as Parser<unknown>,
          result: parserOf(result, `result of ${method}`) as Parser<unknown>,
        },
      ]),
    ),
    events: new Map(
      Object.entries(events).map(([name, schema]) => [
        name,
        parserOf(schema, `event ${name}`) as Parser<unknown>,
      ]),
    ),
  };
}
