// The lab host's HTTP and WebSocket API. It only translates: requests to calls of the LabHost, events to frames.

import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { AbhayaError, httpStatusOf, type Logger, toErrorShape } from '#base';
import { createDoors, EVENTS_PROTOCOL } from './doors.ts';
import { serveEvents } from './events.ts';
import type { LabHost } from './lab-host-port.ts';
import { routes } from './routes.ts';

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ApiServerOptions {
  readonly host: LabHost;
  readonly token: string;
  readonly version: string;
  readonly logger: Logger;
  /** 0: any free port. */
  readonly port?: number;
  readonly allowedOrigins?: readonly string[];
}

const MAX_JSON_BODY_BYTES = 1024 * 1024;

/** Listens on loopback. Throws `conflict` when the port is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  let port = options.port ?? 0;
  const doors = createDoors({
    token: options.token,
    port: () => port,
    ...(options.allowedOrigins ? { allowedOrigins: options.allowedOrigins } : {}),
  });
  const app = Fastify({
    bodyLimit: MAX_JSON_BODY_BYTES,
    forceCloseConnections: true,
    requestTimeout: 0, // uploads take as long as they take; the socket's own idle limits stay
    // What was sent is what is judged: nothing coerced, dropped or filled in (FACTS, Sandbox).
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false },
    },
  });

  // Node forgets sockets that asked for an upgrade, refused ones too: we don't, or closing would wait for them.
  const open = new Set<Socket>();
  app.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });

  app.addHook('onRequest', async (request) => {
    doors.checkSite(request.headers);
    if (isOpen(request.url)) return;
    doors.checkToken(request.headers);
  });
  app.setErrorHandler((error, request, reply) => {
    const shape = shapeOf(error as FastifyError);
    if (shape.code === 'bug')
      options.logger.error('an API call failed by a bug', { url: request.url, error });
    void reply.status(httpStatusOf(shape.code)).send(shape);
  });
  app.setNotFoundHandler((request, reply) => {
    void reply
      .status(404)
      .send({ code: 'not-found', message: `there is no ${request.method} ${request.url}` });
  });
  // Bodies that are files go through as streams; everything else is JSON.
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));

  await app.register(swagger, { openapi: openapiInfo(options.version) });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  await app.register(websocket, {
    options: {
      maxPayload: 1024,
      perMessageDeflate: false,
      handleProtocols: (protocols) => (protocols.has(EVENTS_PROTOCOL) ? EVENTS_PROTOCOL : false),
    },
  });
  await app.register(async (scope) => routes(scope as unknown as FastifyInstance, options.host), {
    prefix: '/api/v1',
  });
  await app.register(async (scope) => serveEvents(scope as unknown as FastifyInstance, options.host), {
    prefix: '/api/v1',
  });

  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (cause) {
    throw new AbhayaError('conflict', `the API can't listen on port ${port}: ${(cause as Error).message}`, {
      cause,
    });
  }
  port = (app.server.address() as { port: number }).port;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = app.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** The documentation says nothing that the source does not. */
const isOpen = (url: string): boolean =>
  url === '/docs' || url.startsWith('/docs/') || url.startsWith('/docs?');

function shapeOf(error: FastifyError) {
  if (error.validation) return { code: 'input.invalid' as const, message: error.message };
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { code: 'input.too-large' as const, message: 'the request is too large' };
  }
  if (error.code?.startsWith('FST_ERR_CTP') || (error.statusCode && error.statusCode < 500)) {
    return { code: 'input.invalid' as const, message: error.message };
  }
  return toErrorShape(error);
}

const openapiInfo = (version: string) => ({
  info: {
    title: 'Abhaya Lab host',
    description:
      'Phones, mesh, services and tasks of one lab host. Events come over the WebSocket /api/v1/events.',
    version,
  },
  components: { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } },
  security: [{ token: [] }],
});
