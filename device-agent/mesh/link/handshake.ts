// Makes links out of byte streams: TLS 1.3 where both ends show their key, then a WebSocket of one exact version.

import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket, connect as tlsConnect } from 'node:tls';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { nodeIdOfCertificate, type TlsIdentity } from '#agent/identity';
import { AbhayaError, isAbhayaError, withTimeout } from '#base';
import { frameLimits, MESH_PROTOCOL } from '#schemas';
import type { NodeId } from '../port.ts';
import { type LinkFacts, WsLink } from './ws-link.ts';

export const HANDSHAKE_MS = 5_000;
const NUMBER_HEADER = 'abhaya-link';
const NUMBER = /^[1-9][0-9]{0,15}$/;
const MAX_PENDING = 256;

/** Dials over a connected stream. Throws `wire.forged` for another peer, `wire.version`, `timeout`, `closed`. */
export async function dialOver(
  socket: Duplex,
  options: { tls: TlsIdentity; expect: NodeId; number: number; timeoutMs?: number },
): Promise<WsLink> {
  const { tls, expect, number } = options;
  const secure = tlsConnect({
    socket,
    cert: tls.cert,
    key: tls.key,
    minVersion: 'TLSv1.3',
    // The chain says nothing, the key is pinned below; TLS has proven that the peer holds it.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  try {
    return await withTimeout(
      (async () => {
        await once(secure, 'secureConnect', 'the TLS handshake failed');
        const peer = peerOf(secure);
        if (peer !== expect) {
          throw new AbhayaError('wire.forged', 'another node answers at this address', {
            details: { peer, expect },
          });
        }
        return await upgrade(secure, { peer, dialledByUs: true, number });
      })(),
      options.timeoutMs ?? HANDSHAKE_MS,
      'the link handshake',
    );
  } catch (error) {
    secure.destroy();
    socket.destroy();
    throw error;
  }
}

function peerOf(secure: TLSSocket): NodeId {
  try {
    return nodeIdOfCertificate(secure.getPeerX509Certificate());
  } catch (cause) {
    throw new AbhayaError('wire.forged', 'the peer showed no sound key', { cause });
  }
}

function upgrade(secure: TLSSocket, facts: LinkFacts): Promise<WsLink> {
  return new Promise((resolve, reject) => {
    const options: ClientOptions = {
      createConnection: () => secure,
      perMessageDeflate: false,
      maxPayload: frameLimits.any,
      headers: { [NUMBER_HEADER]: String(facts.number) },
      followRedirects: false,
      // Masks protect old proxies from browsers' scripts. Inside TLS between our own nodes they protect nothing,
      // and ws skips the work for a mask of zeros.
      generateMask: (mask) => mask.fill(0),
    };
    // ws:// because the stream that it is given is the TLS one already.
    const ws = new WebSocket('ws://mesh/', [MESH_PROTOCOL], options);
    ws.once('open', () => {
      ws.removeAllListeners('error');
      ws.removeAllListeners('close');
      resolve(new WsLink(ws, secure, facts));
    });
    ws.once('unexpected-response', (_request, response: IncomingMessage) => {
      reject(refusal(response.statusCode ?? 0));
      ws.on('error', () => {});
      ws.terminate();
    });
    ws.once('error', (cause) =>
      reject(new AbhayaError('wire.version', 'the peer speaks no mesh protocol of ours', { cause })),
    );
    ws.once('close', () => reject(new AbhayaError('closed', 'the peer closed during the handshake')));
  });
}

const refusal = (status: number): AbhayaError =>
  status === 403
    ? new AbhayaError('auth.refused', 'the peer does not accept links from us')
    : new AbhayaError('wire.version', `the peer refused the link with status ${status}`, {
        details: { status },
      });

export interface AcceptOptions {
  /** Whether this node may have a link to us. */
  readonly allow: (peer: NodeId) => boolean;
  readonly timeoutMs?: number;
}

export interface Acceptor {
  /** Takes over a connected stream. Throws `auth.refused`, `wire.forged`, `wire.version`, `timeout`, `closed`. */
  acceptOver(socket: Duplex, options: AcceptOptions): Promise<WsLink>;
  close(): Promise<void>;
}

interface Pending {
  readonly peer: NodeId;
  readonly resolve: (link: WsLink) => void;
  readonly reject: (error: Error) => void;
}

export function createAcceptor(tls: TlsIdentity): Acceptor {
  const secureContext = createSecureContext({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.3' });
  const pending = new WeakMap<object, Pending>();
  const open = new Set<TLSSocket>();
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: frameLimits.any,
    handleProtocols: (offered) => (offered.has(MESH_PROTOCOL) ? MESH_PROTOCOL : false),
  });
  // Never listens: it only parses what acceptOver hands it.
  const http: Server = createHttpServer((_request, response) => {
    response.writeHead(426, { connection: 'close' }).end();
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const waiting = pending.get(socket);
    if (!waiting) return void socket.destroy();
    const number = request.headers[NUMBER_HEADER];
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/, */);
    if (typeof number !== 'string' || !NUMBER.test(number) || !offered.includes(MESH_PROTOCOL)) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      return waiting.reject(new AbhayaError('wire.version', 'the peer speaks no mesh protocol of ours'));
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      waiting.resolve(
        new WsLink(ws, socket, { peer: waiting.peer, dialledByUs: false, number: Number(number) }),
      );
    });
  });

  async function acceptOver(raw: Duplex, options: AcceptOptions): Promise<WsLink> {
    if (open.size >= MAX_PENDING) {
      raw.destroy();
      throw new AbhayaError('conflict', 'too many links are being set up');
    }
    const secure = new TLSSocket(raw, {
      isServer: true,
      secureContext,
      requestCert: true,
      rejectUnauthorized: false,
    });
    open.add(secure);
    try {
      return await withTimeout(
        serve(secure, options),
        options.timeoutMs ?? HANDSHAKE_MS,
        'the link handshake',
      );
    } catch (error) {
      secure.destroySoon();
      if (!isAbhayaError(error, 'auth.refused') && !isAbhayaError(error, 'wire.version')) raw.destroy();
      throw error;
    } finally {
      open.delete(secure);
    }
  }

  async function serve(secure: TLSSocket, options: AcceptOptions): Promise<WsLink> {
    await once(secure, 'secure', 'the TLS handshake failed');
    const peer = peerOf(secure);
    if (!options.allow(peer)) {
      secure.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      throw new AbhayaError('auth.refused', 'a node that may not link to us', { details: { peer } });
    }
    return await new Promise<WsLink>((resolve, reject) => {
      pending.set(secure, { peer, resolve, reject });
      secure.once('close', () => reject(new AbhayaError('closed', 'the peer closed during the handshake')));
      http.emit('connection', secure);
    });
  }

  return {
    acceptOver,
    async close() {
      for (const secure of open) secure.destroy();
      sockets.close();
      http.close();
    },
  };
}

function once(socket: TLSSocket, event: 'secure' | 'secureConnect', failed: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => reject(new AbhayaError('wire.forged', failed, { cause }));
    const onClose = () => reject(new AbhayaError('closed', 'the peer closed during the handshake'));
    // Kept for the socket's life: a late error must not end the process.
    socket.on('error', onError);
    socket.once('close', onClose);
    socket.once(event, () => {
      socket.off('close', onClose);
      resolve();
    });
  });
}
