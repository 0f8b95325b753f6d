// tcp: streams and reverse forwards: bytes between an adb stream and a socket of the phone's loopback.

import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AdbStream } from '../core/index.ts';

/** Joins a connected socket and an accepted stream; resolves when both are over. */
async function join(stream: AdbStream, socket: Socket): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  try {
    for await (const chunk of socket) await stream.write(chunk as Buffer);
    await stream.end();
  } catch {
    stream.close();
  }
  socket.destroy();
  await closed;
}

function feed(socket: Socket, chunk: Uint8Array): Promise<void> | void {
  if (socket.destroyed || socket.write(chunk)) return;
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/** A host's stream to a port of the phone. */
export async function serveTcp(stream: AdbStream, host: string, port: number): Promise<void> {
  const socket = connect({ host, port, noDelay: true });
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    void stream.closed.then(() => resolve(false));
  });
  if (!connected) {
    socket.destroy();
    stream.refuse();
    return;
  }
  socket.on('error', () => {});
  stream.accept(
    (chunk) => feed(socket, chunk),
    () => socket.destroySoon(),
  );
  await join(stream, socket);
}

/** Listeners of the phone whose connections go to the host. One connection of a host owns them. */
export class ReverseForwards {
  readonly #open: (service: string) => AdbStream;
  readonly #listeners = new Map<
    string,
    { readonly server: Server; readonly sockets: Set<Socket>; target: string }
  >();

  constructor(open: (service: string) => AdbStream) {
    this.#open = open;
  }

  /** Answers a request such as `forward:tcp:0;tcp:5000`. The answer is what the stream carries before it closes. */
  async answer(request: string): Promise<Buffer> {
    if (request === 'list-forward') return withLength(this.#list());
    if (request === 'killforward-all') {
      await Promise.all([...this.#listeners.keys()].map((name) => this.#remove(name)));
      return okay();
    }
    const kill = /^killforward:(.+)$/.exec(request);
    if (kill) {
      const removed = await this.#remove(kill[1] as string);
      return removed ? okay() : fail(`listener '${kill[1]}' not found`);
    }
    const forward = /^forward:(norebind:)?(tcp:\d{1,5});(\S{1,200})$/.exec(request);
    if (!forward) return fail('only tcp: listeners are offered');
    return this.#add(forward[2] as string, forward[3] as string, forward[1] === undefined);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((name) => this.#remove(name)));
  }

  #list(): string {
    // adbd names the transport; a host knows only one.
    return [...this.#listeners].map(([name, { target }]) => `host-1 ${name} ${target}\n`).join('');
  }

  async #add(name: string, target: string, rebind: boolean): Promise<Buffer> {
    const known = this.#listeners.get(name);
    if (known) {
      if (!rebind) return fail(`cannot rebind existing socket`);
      known.target = target;
      return okay();
    }
    const port = Number(name.slice(4));
    if (port > 65_535) return fail('bad port number');
    const sockets = new Set<Socket>();
    const entry = { server: createServer((socket) => this.#accept(socket, entry)), sockets, target };
    try {
      await new Promise<void>((resolve, reject) => {
        entry.server.once('error', reject);
        entry.server.listen(port, '127.0.0.1', resolve);
      });
    } catch (error) {
      return fail(`cannot bind listener: ${(error as Error).message}`);
    }
    const address = entry.server.address();
    const actual = typeof address === 'object' && address ? address.port : port;
    this.#listeners.set(`tcp:${actual}`, entry);
    return port === 0 ? Buffer.concat([okay(), withLength(String(actual))]) : okay();
  }

  #accept(socket: Socket, entry: { sockets: Set<Socket>; target: string }): void {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    entry.sockets.add(socket);
    socket.on('close', () => entry.sockets.delete(socket));
    try {
      const stream = this.#open(entry.target);
      stream.attach(
        (chunk) => feed(socket, chunk),
        () => socket.destroySoon(),
      );
      void join(stream, socket);
    } catch {
      socket.destroy();
    }
  }

  async #remove(name: string): Promise<boolean> {
    const entry = this.#listeners.get(name);
    if (!entry) return false;
    this.#listeners.delete(name);
    await new Promise<void>((resolve) => {
      entry.server.close(() => resolve());
      for (const socket of entry.sockets) socket.destroy();
    });
    return true;
  }
}

const okay = (): Buffer => Buffer.from('OKAY');

function withLength(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(body.length.toString(16).padStart(4, '0')), body]);
}

const fail = (why: string): Buffer => Buffer.concat([Buffer.from('FAIL'), withLength(why)]);
