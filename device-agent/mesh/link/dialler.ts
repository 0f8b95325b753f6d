// Keeps one link to one peer alive: dials, waits for its end, dials again with jittered back-off. Owns its attempts.

import { connect } from 'node:net';
import { AbhayaError, isAbhayaError, type Logger, type Random, sleep } from '#base';
import type { NodeId } from '../port.ts';
import type { LinkEnd, LinkStats, WsLink } from './ws-link.ts';

export type DiallerState = 'dialling' | 'linked' | 'waiting' | 'closed';

export interface Dialler {
  readonly peer: NodeId;
  readonly state: DiallerState;
  /** Why the last attempt failed, if it did. */
  readonly lastError: AbhayaError | undefined;
  /** Traffic of the link, while there is one. */
  stats(): LinkStats | undefined;
  close(): Promise<void>;
}

export interface DiallerOptions {
  readonly host: string;
  readonly port: number;
  readonly peer: NodeId;
  readonly random: Random;
  readonly logger: Logger;
  readonly handshake: (socket: import('node:net').Socket) => Promise<WsLink>;
  /** Takes the link over; false when another link to the peer is better. */
  readonly onLink: (link: WsLink) => boolean;
  /** Resolves when no link to the peer is left: the time to dial again after we lost to a better one. */
  readonly peerFree: (signal: AbortSignal) => Promise<void>;
  readonly monotonic: () => number;
  /** Called after the state or the last error has changed. */
  readonly onChange?: () => void;
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
}

const STEADY_MS = 5_000;

export function startDialler(options: DiallerOptions): Dialler {
  const { random, peer, minDelayMs = 100, maxDelayMs = 5_000 } = options;
  const controller = new AbortController();
  const { signal } = controller;
  let state: DiallerState = 'dialling';
  let lastError: AbhayaError | undefined;
  let link: WsLink | undefined;

  const become = (next: DiallerState): void => {
    if (next === state) return;
    state = next;
    options.onChange?.();
  };

  async function attempt(): Promise<LinkEnd> {
    become('dialling');
    const socket = await connectTo(options.host, options.port, signal);
    link = await options.handshake(socket);
    if (signal.aborted) link.close('closed');
    else if (options.onLink(link)) {
      lastError = undefined;
      become('linked');
    }
    return link.ended;
  }

  async function run(): Promise<void> {
    let delay = minDelayMs;
    while (!signal.aborted) {
      const startedAt = options.monotonic();
      try {
        await attempt();
      } catch (error) {
        if (!isAbhayaError(error)) throw error;
        lastError = error;
        options.logger.debug('a dialled link failed', { peer, code: error.code, message: error.message });
      }
      if (signal.aborted) break;
      become('waiting');
      await options.peerFree(signal);
      delay = options.monotonic() - startedAt > STEADY_MS ? minDelayMs : Math.min(maxDelayMs, delay * 2);
      await sleep(delay * (0.5 + random.float() / 2), { signal });
    }
  }

  const running = run()
    .catch((error: unknown) => {
      if (!isAbhayaError(error, 'cancelled')) throw error;
    })
    .finally(() => become('closed'));

  return {
    peer,
    get state() {
      return state;
    },
    get lastError() {
      return lastError;
    },
    stats: () => (state === 'linked' ? link?.stats() : undefined),
    async close() {
      controller.abort();
      link?.close('closed');
      await running;
    },
  };
}

/** Throws `device.offline` when nobody listens there, `cancelled`. */
function connectTo(host: string, port: number, signal: AbortSignal): Promise<import('node:net').Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new AbhayaError('cancelled', 'cancelled'));
    const socket = connect({ host, port, noDelay: true });
    const onAbort = () => {
      socket.destroy();
      reject(new AbhayaError('cancelled', 'cancelled'));
    };
    const onError = (cause: Error) => {
      signal.removeEventListener('abort', onAbort);
      reject(new AbhayaError('device.offline', `nobody answers at ${host}:${port}`, { cause }));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      resolve(socket);
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
    socket.once('connect', () => socket.setTimeout(0));
  });
}
