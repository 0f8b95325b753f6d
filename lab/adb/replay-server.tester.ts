// An adb server that answers what a real one was recorded to answer. Owns a listening socket until it is closed.

import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Lines of a file in captures/: request and note → the answer's bytes as text. */
export function readReplies(file: URL): ReadonlyMap<string, string> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', reply = ''] = line.split(' => ');
      return [name, JSON.parse(reply) as string];
    }),
  );
}

export interface ReplayServer {
  readonly port: number;
  /** Requests that it had no answer for. */
  readonly unanswered: readonly string[];
  close(): Promise<void>;
}

/** `list` is what it says to host:devices and, first, to host:track-devices. */
export async function startReplayServer(
  replies: ReadonlyMap<string, string>,
  list: string,
): Promise<ReplayServer> {
  const sockets = new Set<Socket>();
  const unanswered: string[] = [];
  const answer = (socket: Socket, request: string) => {
    if (request === 'host:track-devices') return socket.write(list);
    const reply = request === 'host:devices' ? list : replies.get(request);
    if (reply === undefined) unanswered.push(request);
    return socket.end(reply ?? 'FAIL0004none');
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      const length = Number.parseInt(heard.slice(0, 4), 16);
      if (heard.length < 4 + length || Number.isNaN(length)) return;
      const request = heard.slice(4, 4 + length);
      heard = '';
      answer(socket, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    unanswered,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
