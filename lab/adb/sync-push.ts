// Pushing a file and opening a service through adbkit's connections, which we can destroy when the signal fires.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Client } from '@devicefarmer/adbkit';
import * as syncModule from '@devicefarmer/adbkit/dist/src/adb/sync.js';
import { AbhayaError } from '#base';
import { commonJsExport } from './common-js.ts';

const Sync = commonJsExport<typeof syncModule.default.default>(syncModule, 'default');

type Connection = Awaited<ReturnType<ReturnType<Client['getDevice']>['transport']>>;

export interface OpenedService {
  readonly connection: Connection;
  readonly socket: Socket;
}

/** Connects to a service of the phone. The socket is destroyed when the signal fires. Throws what the server says. */
export async function openService(
  client: Client,
  adbSerial: string,
  service: string,
  signal: AbortSignal,
): Promise<OpenedService> {
  const connection = await client.getDevice(adbSerial).transport();
  const socket = connection.getSocket() as Socket;
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
  socket.on('error', () => {});
  if (signal.aborted) abort();
  const request = Buffer.from(service);
  connection.write(Buffer.concat([Buffer.from(request.length.toString(16).padStart(4, '0')), request]));
  const answer = await Promise.race([connection.parser.readAscii(4), closedEarly(socket)]);
  if (answer === 'OKAY') return { connection, socket };
  const why = answer === 'FAIL' ? (await connection.parser.readValue()).toString() : `unexpected ${answer}`;
  socket.destroy();
  throw new AbhayaError('device.command-failed', `${service}: ${why}`);
}

async function closedEarly(socket: Socket): Promise<never> {
  if (!socket.destroyed) await once(socket, 'close');
  throw new AbhayaError('device.lost', 'the adb connection broke');
}

export interface PushOptions {
  readonly client: Client;
  readonly adbSerial: string;
  readonly signal: AbortSignal;
  readonly source: Readable;
  readonly remotePath: string;
  readonly mode: number;
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Resolves when the phone has the whole file. Takes the source over: it is destroyed on failure. */
export async function pushFile(options: PushOptions): Promise<void> {
  const { client, adbSerial, signal, source, remotePath, mode, onProgress } = options;
  // A source that fails must fail the push: adbkit would take it for a stream without an end.
  const sourceFailed = new Promise<never>((_, reject) => {
    source.once('error', reject);
    source.once('close', () => {
      if (!source.readableEnded) reject(new AbhayaError('input.invalid', 'the source ended early'));
    });
  });
  sourceFailed.catch(() => {});
  let socket: Socket | undefined;
  try {
    const opened = await Promise.race([openService(client, adbSerial, 'sync:', signal), sourceFailed]);
    socket = opened.socket;
    const transfer = new Sync(opened.connection).pushStream(source, remotePath, mode & 0o777);
    if (onProgress)
      transfer.on('progress', ({ bytesTransferred }: { bytesTransferred: number }) =>
        onProgress(bytesTransferred),
      );
    const finished = new Promise<void>((resolve, reject) => {
      let failure: Error | undefined;
      transfer.on('error', (error: Error) => {
        failure ??= error;
        reject(error);
      });
      transfer.on('end', () => (failure ? reject(failure) : resolve()));
    });
    await Promise.race([finished, sourceFailed, closedEarly(opened.socket)]);
  } finally {
    source.destroy();
    socket?.destroy();
  }
}
