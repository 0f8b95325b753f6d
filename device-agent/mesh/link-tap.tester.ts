// A cable that tests can cut, freeze and mend: two sockets per link, spliced as the lab host splices bridged links.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestNode } from './mesh-net.tester.ts';

export interface Tap {
  cut(): void;
  /** Keeps the sockets open and moves no byte. */
  freeze(): void;
  restore(): void;
  close(): Promise<void>;
}

/** a keeps dialling b through the tap. */
export async function tapBetween(a: TestNode, b: TestNode): Promise<Tap> {
  let passing = true;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => near.destroy());
    near.once('close', () => sockets.delete(near));
    if (!passing) return void near.destroy();
    const far = connect({ host: '127.0.0.1', port: b.port, noDelay: true });
    sockets.add(far);
    far.on('error', () => far.destroy());
    far.once('close', () => {
      sockets.delete(far);
      near.destroy();
    });
    near.once('close', () => far.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dialler = a.node.dial({ host: '127.0.0.1', port, peer: b.id });
  return {
    cut() {
      passing = false;
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    restore() {
      passing = true;
    },
    async close() {
      await dialler.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
