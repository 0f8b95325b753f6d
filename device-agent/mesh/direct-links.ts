// The direct links of an agent, as the lab host ordered them: whom to dial, who may dial us, and the door for these.
// Nothing listens unless the order says so. Owns its listener and diallers.

import { AbhayaError, Emitter, isAbhayaError, type Logger, toErrorShape, type Unsubscribe } from '#base';
import type { DirectLinkReport, DirectLinksOrder, DirectLinksReport } from '#schemas';
import type { Dialler } from './link/dialler.ts';
import type { Listener, MeshNode } from './node-port.ts';
import type { NodeId } from './port.ts';

export interface DirectLinksOptions {
  readonly mesh: Pick<MeshNode, 'listen' | 'dial'>;
  /** The phone's own addresses now, best first: where to listen when the order doesn't say it. */
  readonly addresses: () => readonly string[];
  readonly logger: Logger;
  /** How often the phone's address is looked at and the counters are told. */
  readonly everyMs?: number;
}

export interface DirectLinks {
  /** Makes it so. What can't be done stands in the report; it never throws for that. */
  set(order: DirectLinksOrder): Promise<DirectLinksReport>;
  report(): DirectLinksReport;
  /** The port while it listens. */
  readonly port: number | undefined;
  /** Called after a change, and every few seconds for the counters. */
  onChange(listener: () => void): Unsubscribe;
  close(): Promise<void>;
}

interface Dialled {
  readonly host: string;
  readonly port: number;
  readonly dialler: Dialler;
}

const EVERY_MS = 2_000;

export function createDirectLinks(options: DirectLinksOptions): DirectLinks {
  const { mesh, logger } = options;
  const dialled = new Map<NodeId, Dialled>();
  const expected = new Set<NodeId>();
  let order: DirectLinksOrder = { dial: [] };
  let listener: Listener | undefined;
  let problem: DirectLinksReport['problem'];
  let closed = false;
  const changes = new Emitter<undefined>((error) =>
    logger.error('a listener of direct links threw', { error }),
  );
  const changed = () => {
    if (!closed) changes.emit(undefined);
  };

  async function settle(): Promise<void> {
    const wanted = new Map((closed ? [] : order.dial).map((it) => [it.peer, it]));
    for (const [peer, { host, port, dialler }] of dialled) {
      const want = wanted.get(peer);
      if (want?.host === host && want.port === port) continue;
      dialled.delete(peer);
      await dialler.close();
    }
    for (const { peer, host, port } of wanted.values()) {
      if (dialled.has(peer)) continue;
      dialled.set(peer, { host, port, dialler: mesh.dial({ host, port, peer, onChange: changed }) });
    }
    await settleListener();
  }

  async function settleListener(): Promise<void> {
    const listen = closed ? undefined : order.listen;
    const peers = new Set(listen?.peers);
    for (const peer of expected) {
      if (peers.has(peer)) continue;
      expected.delete(peer);
      listener?.drop(peer);
    }
    for (const peer of peers) expected.add(peer);
    problem = undefined;
    const addresses = listen?.host === undefined ? options.addresses() : [listen.host];
    if (listener && !(listen && addresses.includes(listener.host))) {
      await listener.close();
      listener = undefined;
    }
    if (!listen || listener) return;
    try {
      listener = await open(addresses[0], listen.port);
    } catch (error) {
      const { code, message } = toErrorShape(error);
      problem = { code, message };
      logger.warn('no door for direct links', { error });
    }
  }

  async function open(host: string | undefined, port = 0): Promise<Listener> {
    if (host === undefined)
      throw new AbhayaError('device.unsupported', 'the phone has no Wi-Fi or Ethernet address');
    const at = { host, allow: (peer: NodeId) => expected.has(peer), onChange: changed };
    try {
      return await mesh.listen({ ...at, port });
    } catch (error) {
      if (port === 0 || !isAbhayaError(error, 'conflict')) throw error;
      return mesh.listen({ ...at, port: 0 });
    }
  }

  // One at a time: an order that comes while another is carried out waits for it.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  const timer = setInterval(() => {
    if (!order.listen && dialled.size === 0) return;
    // The phone may have moved to another network: then the door moves, too.
    inTurn(settleListener).then(changed, (error: unknown) => logger.error('direct links failed', { error }));
  }, options.everyMs ?? EVERY_MS);
  timer.unref();

  return {
    async set(next) {
      await inTurn(async () => {
        order = next;
        await settle();
      });
      return reportOf(listener, problem, expected, dialled);
    },
    report: () => reportOf(listener, problem, expected, dialled),
    get port() {
      return listener?.port;
    },
    onChange: (listener) => changes.on(listener),
    async close() {
      closed = true;
      clearInterval(timer);
      await inTurn(settle);
    },
  };
}

function reportOf(
  listener: Listener | undefined,
  problem: DirectLinksReport['problem'],
  expected: ReadonlySet<NodeId>,
  dialled: ReadonlyMap<NodeId, Dialled>,
): DirectLinksReport {
  const links: DirectLinkReport[] = [];
  for (const [peer, { dialler }] of dialled) {
    const stats = dialler.stats();
    const { lastError } = dialler;
    links.push({
      peer,
      role: 'dial',
      up: stats !== undefined,
      bytesSent: stats?.bytesSent ?? 0,
      bytesReceived: stats?.bytesReceived ?? 0,
      ...(lastError ? { problem: { code: lastError.code, message: lastError.message } } : {}),
    });
  }
  for (const peer of expected) {
    const stats = listener?.linkOf(peer);
    const [bytesSent, bytesReceived] = [stats?.bytesSent ?? 0, stats?.bytesReceived ?? 0];
    links.push({ peer, role: 'accept', up: stats !== undefined, bytesSent, bytesReceived });
  }
  return {
    ...(listener ? { listening: { host: listener.host, port: listener.port } } : {}),
    ...(problem ? { problem } : {}),
    links,
  };
}
