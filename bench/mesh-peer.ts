// One process of bench/mesh.bench.ts: a mesh node, or one end of a plain TCP or TLS copy. Driven over IPC by its parent.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import { createTlsIdentity, generateIdentity } from '#agent/identity';
import { createMeshNode, type MeshNode } from '#agent/mesh';

type Ask =
  | { readonly ask: 'node' }
  | { readonly ask: 'dial'; readonly port: number; readonly peer: string }
  | { readonly ask: 'nodes' }
  | { readonly ask: 'pour'; readonly to: string; readonly bytes: number }
  | { readonly ask: 'serve'; readonly tls: boolean }
  | { readonly ask: 'copy'; readonly tls: boolean; readonly port: number; readonly bytes: number }
  | { readonly ask: 'usage' };

const BLOCK = new Uint8Array(65_536).fill(7);
let node: MeshNode | undefined;

async function answer(message: Ask): Promise<unknown> {
  switch (message.ask) {
    case 'node': {
      const identity = generateIdentity();
      node = await createMeshNode({ identity, allow: () => true });
      node.onStream(async (stream) => {
        let bytes = 0;
        for await (const chunk of stream.readable) bytes += chunk.length;
        await stream.write(new TextEncoder().encode(String(bytes)));
        await stream.end();
      });
      const { port } = await node.listen({ host: '127.0.0.1', port: 0 });
      return { id: identity.nodeId, port };
    }
    case 'dial':
      node?.dial({ host: '127.0.0.1', port: message.port, peer: message.peer });
      return null;
    case 'nodes':
      return node?.topology().nodes.length;
    case 'pour': {
      const stream = await node?.openStream(message.to, null);
      if (!stream) throw new Error('no node here');
      for (let sent = 0; sent < message.bytes; sent += BLOCK.length) await stream.write(BLOCK);
      await stream.end();
      let said = '';
      for await (const chunk of stream.readable) said += new TextDecoder().decode(chunk);
      return Number(said);
    }
    case 'serve': {
      const sink = (socket: Socket) => {
        let bytes = 0;
        socket.on('data', (chunk) => {
          bytes += chunk.length;
        });
        socket.on('end', () => socket.end(String(bytes)));
      };
      const tls = message.tls ? createTlsIdentity(generateIdentity()) : undefined;
      const options = { allowHalfOpen: true };
      const server = tls
        ? createTlsServer({ ...tls, ...options, minVersion: 'TLSv1.3' }, sink)
        : createServer(options, sink);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    }
    case 'copy': {
      const where = { host: '127.0.0.1', port: message.port };
      const socket = message.tls ? tlsConnect({ ...where, rejectUnauthorized: false }) : connect(where);
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk;
      });
      await new Promise((resolve) => socket.once(message.tls ? 'secureConnect' : 'connect', resolve));
      for (let sent = 0; sent < message.bytes; sent += BLOCK.length) {
        if (!socket.write(BLOCK)) await new Promise((resolve) => socket.once('drain', resolve));
      }
      socket.end();
      await new Promise((resolve) => socket.once('close', resolve));
      return Number(said);
    }
    case 'usage': {
      const { user, system } = process.cpuUsage();
      return { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage.rss() };
    }
  }
}

process.on('message', (message: { id: number } & Ask) => {
  answer(message).then(
    (value) => process.send?.({ id: message.id, value }),
    (error: unknown) => process.send?.({ id: message.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
