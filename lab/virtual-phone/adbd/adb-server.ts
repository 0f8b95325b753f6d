// adbd: accepts hosts on a loopback port and serves their streams. Owns the listener, the connections and their
// streams. The control side can unplug it, stall it, cut it after some bytes and change who is allowed.

import { createServer, type Server, type Socket } from 'node:net';
import { Emitter, type Logger, type Random } from '#base';
import { AdbConnection, type AdbStream, type HostKey, parseService } from '../core/index.ts';
import type { RootedFiles } from '../isolation/rooted-files.ts';
import type { Walls } from '../isolation/walls.ts';
import { parseHostKey } from './host-keys.ts';
import { serveExec, serveShell } from './shell-service.ts';
import { serveSync } from './sync-service.ts';
import { ReverseForwards, serveTcp } from './tcp-service.ts';

/** A real phone has one cable; a few more cover a host that reconnects before we notice. */
const MAX_HOSTS = 8;
/** Bytes that may wait for a host that doesn't read; beyond it the connection is dropped. */
const MAX_BACKLOG = 64 * 1024 * 1024;
const AUTH_TIMEOUT_MS = 10 * 60_000;

export type AdbdEvent =
  | { readonly event: 'connected'; readonly peer: string }
  | { readonly event: 'authorized'; readonly key: string }
  | { readonly event: 'unauthorized'; readonly key: string; readonly comment: string }
  | { readonly event: 'disconnected' };

export interface AdbdOptions {
  readonly walls: Walls;
  readonly files: RootedFiles;
  readonly banner: string;
  readonly random: Random;
  readonly logger: Logger;
  readonly acceptedKeys: readonly HostKey[];
  /** 0 for any free port. */
  readonly port: number;
}

interface Host {
  readonly socket: Socket;
  readonly connection: AdbConnection;
  readonly reverses: ReverseForwards;
}

export class Adbd {
  readonly events = new Emitter<AdbdEvent>();
  readonly #options: AdbdOptions;
  readonly #hosts = new Set<Host>();
  #accepted: HostKey[];
  #server: Server | undefined;
  #port = 0;
  #stalled = false;
  #allowAll = false;
  #bytesLeft = Number.POSITIVE_INFINITY;

  constructor(options: AdbdOptions) {
    this.#options = options;
    this.#accepted = [...options.acceptedKeys];
    this.#port = options.port;
  }

  /** Plugs the phone in; the port stays the same after the first time. Resolves with the port. */
  async plugIn(): Promise<number> {
    if (this.#server) return this.#port;
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
    this.#server = server;
    return this.#port;
  }

  /** Pulls the cable: every connection breaks and none is accepted. */
  async unplug(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const host of [...this.#hosts]) host.socket.resetAndDestroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Bytes stop in both directions while sockets stay open. */
  stall(): void {
    this.#stalled = true;
    for (const { socket } of this.#hosts) socket.pause();
  }

  resume(): void {
    this.#stalled = false;
    for (const { socket } of this.#hosts) {
      socket.resume();
      socket.uncork();
    }
  }

  /** The cable breaks after this many more bytes from the host. */
  failAfter(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  /** Forgets every allowed host and drops those that are connected. */
  denyAuth(): void {
    this.#accepted = [];
    this.#allowAll = false;
    for (const { socket } of [...this.#hosts]) socket.destroy();
  }

  /** "Allow USB debugging": for a host that waits for it now, and for every host that asks from now on. */
  allowAuth(): void {
    this.#allowAll = true;
    for (const { connection } of this.#hosts) {
      const key = connection.offeredKey;
      if (key && connection.acceptOffered()) this.#remember(key);
    }
  }

  async close(): Promise<void> {
    await this.unplug();
  }

  #remember(key: HostKey): void {
    if (!this.#accepted.some(({ fingerprint }) => fingerprint === key.fingerprint)) this.#accepted.push(key);
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {}); // 'close' follows
    if (this.#hosts.size >= MAX_HOSTS) {
      socket.destroy();
      return;
    }
    const { banner, random, logger } = this.#options;
    const connection = new AdbConnection({
      banner,
      random,
      port: {
        send: (...parts) => this.#write(socket, parts),
        acceptedKeys: () => this.#accepted,
        parseKey: parseHostKey,
        askUser: (key) => {
          if (this.#allowAll) {
            this.#remember(key);
            connection.acceptOffered();
          } else this.events.emit({ event: 'unauthorized', key: key.fingerprint, comment: key.comment });
        },
        onAuthorized: (key) => {
          socket.setTimeout(0);
          this.events.emit({ event: 'authorized', key: key?.fingerprint ?? '' });
        },
        open: (stream, service) => this.#open(host, stream, service),
      },
    });
    const host: Host = {
      socket,
      connection,
      reverses: new ReverseForwards((service) => connection.openToHost(service)),
    };
    this.#hosts.add(host);
    this.events.emit({ event: 'connected', peer: `${socket.remoteAddress}:${socket.remotePort}` });
    // Whoever doesn't authenticate doesn't stay for ever; a waiting "allow?" is given the time of a human.
    socket.setTimeout(AUTH_TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      try {
        connection.receive(this.#metered(chunk, socket));
      } catch (error) {
        logger.info('a host was dropped', { why: String(error) });
        socket.destroy();
      }
    });
    socket.on('close', () => {
      this.#hosts.delete(host);
      connection.close();
      void host.reverses.close();
      this.events.emit({ event: 'disconnected' });
    });
    if (this.#stalled) socket.pause();
  }

  #metered(chunk: Uint8Array, socket: Socket): Uint8Array {
    if (this.#bytesLeft === Number.POSITIVE_INFINITY) return chunk;
    const allowed = chunk.subarray(0, this.#bytesLeft);
    this.#bytesLeft -= allowed.length;
    if (this.#bytesLeft === 0) {
      this.#bytesLeft = Number.POSITIVE_INFINITY;
      setImmediate(() => socket.resetAndDestroy());
    }
    return allowed;
  }

  #write(socket: Socket, parts: readonly Uint8Array[]): void {
    if (socket.destroyed) return;
    socket.cork();
    for (const part of parts) socket.write(part);
    if (!this.#stalled) socket.uncork();
    if (socket.writableLength > MAX_BACKLOG) socket.destroy();
  }

  #open(host: Host, stream: AdbStream, name: string): void {
    this.#serve(host, stream, name).catch((error) => {
      this.#options.logger.debug('a stream ended badly', {
        service: name.slice(0, 100),
        error: String(error),
      });
      stream.close();
    });
  }

  async #serve(host: Host, stream: AdbStream, name: string): Promise<void> {
    const { walls, files } = this.#options;
    const service = parseService(name);
    switch (service.kind) {
      case 'shell':
        return serveShell(stream, service, walls);
      case 'exec':
        return serveExec(stream, service.command, walls);
      case 'sync':
        return serveSync(stream, { files, owner: walls.owner });
      case 'tcp':
        return serveTcp(stream, service.host, service.port);
      case 'reverse':
        return say(stream, await host.reverses.answer(service.request));
      case 'reboot':
        return say(stream, Buffer.from('reboot: Operation not permitted\n'));
      case 'sentence':
        return say(stream, Buffer.from(service.text));
      case 'unknown':
        stream.refuse();
    }
  }
}

async function say(stream: AdbStream, bytes: Uint8Array): Promise<void> {
  stream.accept(() => {});
  await stream.write(bytes).catch(() => {});
  await stream.end();
}
