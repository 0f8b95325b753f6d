// Events for everything that changes, as JSON frames on one WebSocket. A client that does not read is dropped.

import type { FastifyInstance } from 'fastify';
import type { LabHost } from './lab-host-port.ts';

const MAX_WAITING_BYTES = 8 * 1024 * 1024;

export function serveEvents(app: FastifyInstance, host: LabHost): void {
  app.get('/events', { websocket: true, schema: { hide: true } }, (socket) => {
    const stop = host.events.on((event) => {
      if (socket.bufferedAmount > MAX_WAITING_BYTES) {
        socket.close(1013, 'the client reads too slowly');
        return;
      }
      socket.send(JSON.stringify(event));
    });
    for (const phone of host.phones()) socket.send(JSON.stringify({ event: 'phone', phone }));
    socket.on('message', () => socket.close(1008, 'this connection only tells'));
    socket.on('error', () => socket.terminate());
    socket.on('close', stop);
  });
}
