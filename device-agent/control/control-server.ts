// The agent's door for the lab host: TLS with the node's own key, a secret on every request, on loopback only.
// `/control` becomes the call connection; `PUT /spool/<name>` and `GET /outputs/<taskId>/<name>`, `GET /capture` carry bulk.

import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AbhayaError, httpStatusOf, type Logger, toErrorShape } from '#base';
import { AGENT_FRAME_MAX_BYTES, type AgentCalls, type AgentEvents, agentCalls, agentEvents } from '#schemas';
import type { AttachStore } from './attach-store.ts';
import { createRpcPeer, type Handlers, type RpcPeer } from './rpc-peer.ts';
import type { Spool } from './spool.ts';

export interface ControlServer {
  readonly port: number;
  /** Sends an event to every attached lab host. */
  emit<N extends keyof AgentEvents & string>(event: N, payload: AgentEvents[N]): void;
  close(): Promise<void>;
}

export interface ControlServerOptions {
  readonly tls: { readonly key: string; readonly cert: string };
  readonly attach: AttachStore;
  readonly spool: Spool;
  /** Path of an output's file; throws `not-found`. */
  readonly outputFile: (taskId: string, name: string) => string;
  /** The last capture of frames. */
  readonly captureFile: string;
  readonly handlers: Handlers<AgentCalls>;
  readonly logger: Logger;
}

const HEARTBEAT_MS = 5_000;

export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { logger, attach } = options;
  const peers = new Set<RpcPeer<AgentCalls, AgentEvents>>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: AGENT_FRAME_MAX_BYTES,
    perMessageDeflate: false,
  });

  const server = createServer({ ...options.tls, minVersion: 'TLSv1.3' }, (request, response) => {
    serve(options, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.on('tlsClientError', (error) =>
    logger.debug('a connection was not TLS', { message: error.message }),
  );
  server.on('upgrade', (request, socket, head) => {
    upgrade(request, socket, head).catch((error: unknown) => {
      const { code, message } = toErrorShape(error);
      const body = JSON.stringify({ code, message });
      socket.end(
        `HTTP/1.1 ${httpStatusOf(code)} Refused\r\nConnection: close\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (request.url !== '/control') throw new AbhayaError('not-found', 'only /control can be upgraded');
    const attachId = await attach.authorize(request.headers.authorization);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const peer = createRpcPeer<AgentCalls, AgentEvents>({
        socket: webSocket,
        calls: agentCalls,
        events: agentEvents,
        maxFrameBytes: AGENT_FRAME_MAX_BYTES,
        handlers: options.handlers,
        heartbeatMs: HEARTBEAT_MS,
        logger,
      });
      peers.add(peer);
      logger.info('lab host attached', { attachId });
      void peer.disconnected.then((reason) => {
        peers.delete(peer);
        attach.revoke(attachId);
        logger.info('lab host detached', { attachId, reason });
      });
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    emit(event, payload) {
      for (const peer of peers) peer.emit(event, payload);
    },
    async close() {
      for (const peer of peers) peer.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  options: ControlServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await options.attach.authorize(request.headers.authorization);
  const [, room, first = '', second = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
  if (request.method === 'PUT' && room === 'spool') {
    const stored = await options.spool.put(first, request);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(stored));
    return;
  }
  const wanted =
    request.method !== 'GET'
      ? undefined
      : room === 'outputs'
        ? options.outputFile(first, second)
        : room === 'capture'
          ? options.captureFile
          : undefined;
  if (wanted !== undefined) {
    const file = createReadStream(wanted);
    file.once('open', () => response.setHeader('content-type', 'application/octet-stream'));
    file.once('error', (error) => refuse(response, error));
    response.once('close', () => file.destroy());
    file.pipe(response);
    return;
  }
  throw new AbhayaError('not-found', 'no such resource');
}

function refuse(response: ServerResponse, error: unknown): void {
  const { code, message } = toErrorShape(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(httpStatusOf(code), { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ code, message }));
}
