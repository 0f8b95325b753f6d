// The phone's side of phone-call: a Unix socket in the phone's run folder. Everything inside the phone may call, so
// frames, arguments and numbers of callers are limited. Owns the socket and its connections.

import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { AbhayaError, type Logger } from '#base';
import type { Call, Service } from './call.ts';

const MAX_FRAME = 64 * 1024;
const MAX_ARGUMENTS = 256;
const MAX_ARGUMENT_BYTES = 256 * 1024;
const MAX_CALLERS = 128;
const HEADER = 5;

export interface CallServer {
  close(): Promise<void>;
}

/** Listens on path, which must be short enough for a socket (a relative one will do). */
export async function serveCalls(
  path: string,
  services: Readonly<Record<string, Service>>,
  logger: Logger,
): Promise<CallServer> {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: false }, (socket) => {
    if (sockets.size >= MAX_CALLERS) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    answer(socket, services).catch((error) => {
      logger.debug('a phone command ended badly', { error: String(error) });
      socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o666);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answer(socket: Socket, services: Readonly<Record<string, Service>>): Promise<void> {
  const frames = readFrames(socket);
  const argv: string[] = [];
  let cwd = '/';
  let size = 0;
  for (;;) {
    const { value: frame, done } = await frames.next();
    if (done || frame.kind === 'g') break;
    size += frame.bytes.length;
    if (argv.length >= MAX_ARGUMENTS || size > MAX_ARGUMENT_BYTES)
      throw new AbhayaError('wire.too-large', 'phone-call: too many arguments');
    if (frame.kind === 'a') argv.push(frame.bytes.toString('utf8'));
    else if (frame.kind === 'w') cwd = frame.bytes.toString('utf8');
    else throw new AbhayaError('wire.malformed', 'phone-call: unexpected frame');
  }
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  // Reading one frame ahead is how we notice that the caller is gone.
  let ahead: Promise<IteratorResult<Frame>> | undefined = frames.next();
  ahead.catch(() => {});
  const send = (kind: string, bytes: Buffer) => sendFrame(socket, kind, bytes);
  async function* input(): AsyncGenerator<Uint8Array> {
    await send('w', Buffer.alloc(0));
    for (;;) {
      const { value: frame, done } = await (ahead ?? frames.next());
      ahead = undefined;
      if (done || frame.kind === 'e') return;
      if (frame.kind === 'i') yield frame.bytes;
    }
  }
  const call: Call = {
    argv,
    cwd,
    signal: gone.signal,
    out: (text) => inPieces(Buffer.from(text as string), (piece) => send('o', piece)),
    err: (text) => inPieces(Buffer.from(text), (piece) => send('r', piece)),
    input,
  };
  const name = argv[0] ?? '';
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!service) await call.err(`${name}: not found\n`);
  const code = service ? await service(call) : 127;
  await send('x', Buffer.of(code & 0xff));
  socket.end();
}

async function inPieces(bytes: Buffer, send: (piece: Buffer) => Promise<void>): Promise<void> {
  for (let at = 0; at < bytes.length; at += MAX_FRAME) await send(bytes.subarray(at, at + MAX_FRAME));
}

function sendFrame(socket: Socket, kind: string, bytes: Buffer): Promise<void> {
  const header = Buffer.alloc(HEADER);
  header.write(kind, 0, 'latin1');
  header.writeUInt32LE(bytes.length, 1);
  if (socket.destroyed) return Promise.reject(new AbhayaError('closed', 'the caller is gone'));
  if (socket.write(Buffer.concat([header, bytes]))) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const drained = () => {
      socket.off('close', closed);
      resolve();
    };
    const closed = () => {
      socket.off('drain', drained);
      reject(new AbhayaError('closed', 'the caller is gone'));
    };
    socket.once('drain', drained);
    socket.once('close', closed);
  });
}

interface Frame {
  readonly kind: string;
  readonly bytes: Buffer;
}

/** Reads on demand only: a caller's input waits in its pipe until somebody wants it. */
async function* readFrames(socket: Socket): AsyncGenerator<Frame> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
    while (pending.length >= HEADER) {
      const length = pending.readUInt32LE(1);
      if (length > MAX_FRAME) throw new AbhayaError('wire.too-large', `phone-call frame of ${length} bytes`);
      if (pending.length < HEADER + length) break;
      yield { kind: pending.toString('latin1', 0, 1), bytes: pending.subarray(HEADER, HEADER + length) };
      pending = pending.subarray(HEADER + length);
    }
  }
}
