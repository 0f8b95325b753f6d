// Connections to the adb server for Tango, bound to one operation: its signal destroys them, whatever they wait for.
// Not Tango's own connector: there a reset connection (a killed server) leaves readers waiting for ever, a phone that
// stopped answering leaves the socket open, and its transports remember every socket of their life.

import { connect, type Socket } from 'node:net';
import type { AdbServerClient } from '@yume-chan/adb';
import { MaybeConsumable, ReadableStream } from '@yume-chan/stream-extra';
import { AbhayaError } from '#base';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Throws `adb.server` when nothing listens, `cancelled` when the signal fires. */
export async function dialServer(address: ServerAddress, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ ...address, noDelay: true });
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  socket.on('close', () => signal.removeEventListener('abort', abort));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(new AbhayaError('adb.server', `no adb server at ${address.host}:${address.port}`, { cause })),
    );
    socket.once('close', () => reject(new AbhayaError('cancelled', 'cancelled')));
    if (signal.aborted) abort();
  });
  socket.on('error', () => {}); // 'close' follows
  return socket;
}

export class OperationConnector implements AdbServerClient.ServerConnector {
  readonly #address: ServerAddress;
  readonly #signal: AbortSignal;

  constructor(address: ServerAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
  }

  async connect(): Promise<AdbServerClient.ServerConnection> {
    return connectionOf(await dialServer(this.#address, this.#signal));
  }

  addReverseTunnel(): never {
    throw new AbhayaError('device.unsupported', 'reverse forwards name their own listener here');
  }

  removeReverseTunnel(): void {}

  clearReverseTunnels(): void {}
}

function connectionOf(socket: Socket): AdbServerClient.ServerConnection {
  const closed = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)));
  const readable = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let over = false;
        socket.on('data', (chunk) => {
          if (over) return;
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) socket.pause();
        });
        const finish = (error?: Error) => {
          if (over) return;
          over = true;
          if (error) controller.error(error);
          else controller.close();
        };
        socket.once('end', () => finish());
        socket.once('close', () => finish(new AbhayaError('device.lost', 'the adb connection broke')));
      },
      pull: () => void socket.resume(),
      cancel: () => void socket.destroy(),
    },
    { highWaterMark: 16 },
  );
  const writable = new MaybeConsumable.WritableStream<Uint8Array>({
    write: (chunk) =>
      new Promise<void>((resolve, reject) => {
        socket.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => void socket.end(),
    abort: () => void socket.destroy(),
  });
  return { readable, writable, closed, close: () => void socket.destroySoon() };
}
