// One bridged link between two phones' agents: announced to both, opened over adb at both, spliced, and opened again
// after every end until it is removed. Owns its streams.

import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { BRIDGE_ACCEPTED, bridgePreamble } from '#agent/control';
import { AbhayaError, type Clock, type Logger, type Random, sleep, toErrorShape, withTimeout } from '#base';
import type { LinkView } from '#schemas';
import type { LinkEnd } from './link-end.ts';
import { type LinkShape, unshaped } from './shape.ts';
import { type Splice, splice } from './splice.ts';

export interface BridgedLinkOptions {
  readonly linkId: string;
  readonly a: string;
  readonly b: string;
  readonly shape?: LinkShape;
  /** The agent that is attached to a phone now. */
  readonly endOf: (serial: string) => LinkEnd | undefined;
  readonly onChange: (view: LinkView) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface BridgedLink {
  readonly a: string;
  readonly b: string;
  view(): LinkView;
  reshape(shape: LinkShape): void;
  /** Tells that an agent came: no need to wait for the next try. */
  poke(): void;
  close(): Promise<void>;
}

const OPEN_TIMEOUT_MS = 5_000;
const FIRST_BACK_OFF_MS = 50;
const MAX_BACK_OFF_MS = 2_000;

export function createBridgedLink(options: BridgedLinkOptions): BridgedLink {
  const { linkId, a, b } = options;
  const stop = new AbortController();
  let shape = options.shape ?? unshaped;
  let current: Splice | undefined;
  let carried = { bytesAtoB: 0, bytesBtoA: 0 };
  let wake: () => void = () => undefined;

  const view = (): LinkView => ({
    linkId,
    a,
    b,
    kind: 'bridged',
    state: current ? 'up' : 'down',
    shape,
    bytesAtoB: carried.bytesAtoB + (current?.stats.bytesAtoB ?? 0),
    bytesBtoA: carried.bytesBtoA + (current?.stats.bytesBtoA ?? 0),
  });

  async function keepUp(): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (!stop.signal.aborted) {
      const [from, to] = [options.endOf(a), options.endOf(b)];
      if (from && to) {
        try {
          current = await withTimeout(open(from, to), OPEN_TIMEOUT_MS, `opening the link ${linkId}`);
          backOffMs = FIRST_BACK_OFF_MS;
          options.onChange(view());
          const reason = await current.ended;
          options.logger.info('a link ended', { linkId, reason });
        } catch (error) {
          if (!stop.signal.aborted)
            options.logger.warn('a link did not open', { linkId, error: toErrorShape(error) });
        }
        if (current) {
          carried = {
            bytesAtoB: carried.bytesAtoB + current.stats.bytesAtoB,
            bytesBtoA: carried.bytesBtoA + current.stats.bytesBtoA,
          };
          current = undefined;
          options.onChange(view());
        }
      }
      await nextTry(backOffMs * (0.5 + options.random.float()));
      backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
  }

  async function nextTry(waitMs: number): Promise<void> {
    const over = new AbortController();
    wake = () => over.abort();
    await sleep(waitMs, { signal: AbortSignal.any([stop.signal, over.signal]) }).catch(() => undefined);
  }

  async function open(from: LinkEnd, to: LinkEnd): Promise<Splice> {
    const token = randomBytes(32).toString('hex');
    await Promise.all([
      from.expectLink({ linkId, token, role: 'dial', peer: to.nodeId }),
      to.expectLink({ linkId, token, role: 'accept', peer: from.nodeId }),
    ]);
    // Both are waited for, so that one that opened is closed when the other did not.
    const opened = await Promise.allSettled([
      openEnd(from, linkId, token, stop.signal),
      openEnd(to, linkId, token, stop.signal),
    ]);
    const streams = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const [left, right] = streams;
    if (!left || !right || stop.signal.aborted) {
      for (const stream of streams) stream.destroy();
      const failed = opened.find((result) => result.status === 'rejected');
      throw failed?.reason ?? new AbhayaError('closed', 'the link was removed');
    }
    return splice(left, right, { shape, clock: options.clock, random: options.random });
  }

  const done = keepUp();
  return {
    a,
    b,
    view,
    reshape(next) {
      shape = next;
      current?.reshape(next);
      options.onChange(view());
    },
    poke: () => wake(),
    async close() {
      stop.abort();
      current?.close('removed');
      await done;
    },
  };
}

/** Opens the bridge port, says which link this is, and waits for the word that it was accepted. */
async function openEnd(end: LinkEnd, linkId: string, token: string, signal: AbortSignal): Promise<Duplex> {
  const stream = await end.openBridge(signal);
  try {
    stream.write(bridgePreamble(linkId, token));
    await withTimeout(accepted(stream), OPEN_TIMEOUT_MS, 'the bridge');
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

function accepted(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0);
    const finish = (settle: () => void) => {
      stream.off('readable', onReadable);
      stream.off('close', onClose);
      stream.off('error', onClose);
      settle();
    };
    const onClose = () => finish(() => reject(new AbhayaError('closed', 'the agent refused the link')));
    const onReadable = () => {
      for (let part = stream.read() as Buffer | null; part; part = stream.read() as Buffer | null) {
        got = Buffer.concat([got, part]);
        if (got.length < BRIDGE_ACCEPTED.length) continue;
        const rest = got.subarray(BRIDGE_ACCEPTED.length);
        if (got.subarray(0, BRIDGE_ACCEPTED.length).toString('latin1') !== BRIDGE_ACCEPTED) return onClose();
        return finish(() => {
          if (rest.length) stream.unshift(rest);
          resolve();
        });
      }
    };
    stream.on('readable', onReadable);
    stream.once('close', onClose);
    stream.once('error', onClose);
  });
}
