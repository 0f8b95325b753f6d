// Every way in which a node gets links: it listens, dials, or is handed a connected stream. Owns what it opened.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { parseNodeId, type TlsIdentity } from '#agent/identity';
import { AbhayaError, type Clock, isAbhayaError, type Logger, type Random } from '#base';
import type { DropCounter } from '../mesh-stats.ts';
import type { AttachedLink, DialOptions, Listener, ListenOptions, MeshNode } from '../node-port.ts';
import type { NodeId } from '../port.ts';
import { type Dialler, startDialler } from './dialler.ts';
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
  const acceptor = createAcceptor(tls);
  /** How to close what is open: listeners and diallers. */
  const open = new Set<() => Promise<void>>();
  let linkNumber = Math.floor(clock.now());

  async function attach(making: Promise<WsLink>): Promise<AttachedLink> {
    const link = await making;
    if (!take(link)) throw new AbhayaError('conflict', 'there is a better link to this peer already');
    return { peer: link.facts.peer, ended: link.ended, close: () => link.close('closed') };
  }

  async function listen(where: ListenOptions): Promise<Listener> {
    const allow = where.allow ?? options.allow;
    const raw = new Set<Socket>();
    const accepted = new Map<NodeId, WsLink>();
    const changed = () => where.onChange?.();

    function welcome(link: WsLink): void {
      const { peer } = link.facts;
      // The answer may have changed during the handshake.
      if (!allow(peer)) link.close('closed');
      if (!link.open || !take(link)) return;
      accepted.set(peer, link);
      changed();
      void link.ended.then(() => {
        if (accepted.get(peer) === link) accepted.delete(peer);
        changed();
      });
    }

    const server = createServer({ noDelay: true }, (socket) => {
      raw.add(socket);
      socket.once('close', () => raw.delete(socket));
      socket.on('error', () => socket.destroy());
      acceptor.acceptOver(socket, { allow }).then(welcome, (error: Error) => {
        drops.count(isAbhayaError(error) ? error.code : 'bug');
        logger.warn('an incoming link was refused', { message: error.message });
      });
    });
    await listening(server, where.host, where.port);
    const { port } = server.address() as AddressInfo;
    const close = async () => {
      open.delete(close);
      for (const socket of raw) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    };
    open.add(close);
    return {
      host: where.host,
      port,
      linkOf: (peer) => accepted.get(peer)?.stats(),
      drop: (peer) => accepted.get(peer)?.close('closed'),
      close,
    };
  }

  function dial(where: DialOptions): Dialler {
    const close = () => dialler.close();
    const dialler = startDialler({
      ...where,
      peer: parseNodeId(where.peer),
      random,
      logger,
      handshake: (socket) => dialOver(socket, { tls, expect: where.peer, number: ++linkNumber }),
      onLink: take,
      monotonic: () => clock.monotonic(),
      peerFree: (signal) => options.peerFree(where.peer, signal),
      onChange: () => {
        if (dialler.state === 'closed') open.delete(close);
        where.onChange?.();
      },
    });
    open.add(close);
    return dialler;
  }

  return {
    listen,
    dial,
    async attachDialler(socket, peer) {
      return attach(dialOver(socket, { tls, expect: parseNodeId(peer), number: ++linkNumber }));
    },
    async attachAcceptor(socket, peer) {
      const expected = peer === undefined ? undefined : parseNodeId(peer);
      const allow = expected === undefined ? options.allow : (who: NodeId) => who === expected;
      return attach(acceptor.acceptOver(socket, { allow }));
    },
    async close() {
      await Promise.all([...open].map((close) => close()));
      await acceptor.close();
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'conflict' : 'device.unsupported';
      reject(new AbhayaError(code, `can't listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
