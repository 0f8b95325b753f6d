// Every way in which a node gets links: it listens, dials, or is handed a connected stream. Owns what it opened.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { parseNodeId, type TlsIdentity } from '#agent/identity';
import { AbhayaError, type Clock, isAbhayaError, type Logger, type Random, Scope } from '#base';
import type { DropCounter } from '../mesh-stats.ts';
import type { AttachedLink, Listener, MeshNode } from '../node-port.ts';
import type { NodeId } from '../port.ts';
import { startDialler } from './dialler.ts';
import { createAcceptor, dialOver } from './handshake.ts';
import type { WsLink } from './ws-link.ts';

export interface LinkDoorsOptions {
  readonly tls: TlsIdentity;
  /** Who may link to us where neither the listener nor the attached stream says it. */
  readonly allow: (peer: NodeId) => boolean;
  /** Takes the link over; false when another link to the peer is better. */
  readonly take: (link: WsLink) => boolean;
  /** Resolves when no link to the peer is left. */
  readonly peerFree: (peer: NodeId, signal: AbortSignal) => Promise<void>;
  readonly drops: DropCounter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface LinkDoors
  extends Pick<MeshNode, 'listen' | 'dial' | 'attachDialler' | 'attachAcceptor' | 'close'> {}

export function createLinkDoors(options: LinkDoorsOptions): LinkDoors {
  const { tls, take, drops, clock, random, logger } = options;
  const scope = new Scope('link doors');
  const acceptor = createAcceptor(tls);
  scope.add(() => acceptor.close());
  let linkNumber = Math.floor(clock.now());

  async function attach(making: Promise<WsLink>): Promise<AttachedLink> {
    const link = await making;
    if (!take(link)) throw new AbhayaError('conflict', 'there is a better link to this peer already');
    return { peer: link.facts.peer, ended: link.ended, close: () => link.close('closed') };
  }

  async function listen(where: Parameters<MeshNode['listen']>[0]): Promise<Listener> {
    const allow = where.allow ?? options.allow;
    const raw = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      raw.add(socket);
      socket.once('close', () => raw.delete(socket));
      socket.on('error', () => socket.destroy());
      acceptor.acceptOver(socket, { allow }).then(take, (error: Error) => {
        drops.count(isAbhayaError(error) ? error.code : 'bug');
        logger.warn('an incoming link was refused', { message: error.message });
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(where.port, where.host, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const close = async () => {
      for (const socket of raw) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    };
    scope.add(close);
    return { host: where.host, port, close };
  }

  return {
    listen,
    dial(where) {
      const dialler = startDialler({
        ...where,
        peer: parseNodeId(where.peer),
        random,
        logger,
        handshake: (socket) => dialOver(socket, { tls, expect: where.peer, number: ++linkNumber }),
        onLink: take,
        monotonic: () => clock.monotonic(),
        peerFree: (signal) => options.peerFree(where.peer, signal),
      });
      scope.add(() => dialler.close());
      return dialler;
    },
    async attachDialler(socket, peer) {
      return attach(dialOver(socket, { tls, expect: parseNodeId(peer), number: ++linkNumber }));
    },
    async attachAcceptor(socket, peer) {
      const expected = peer === undefined ? undefined : parseNodeId(peer);
      const allow = expected === undefined ? options.allow : (who: NodeId) => who === expected;
      return attach(acceptor.acceptOver(socket, { allow }));
    },
    close: () => scope.close(),
  };
}
