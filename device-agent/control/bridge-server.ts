// Where bridged links come in: the lab host connects here over adb for both ends of a link and splices them.
// A connection says `ABHL <linkId> <token>\n`; announced tokens work once, everything else is dropped.

import { timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { AbhayaError, type Logger } from '#base';

export interface ExpectedLink {
  readonly linkId: string;
  readonly token: string;
  readonly role: 'dial' | 'accept';
  readonly peer: string;
}

export interface BridgeServer {
  readonly port: number;
  expect(link: ExpectedLink): void;
  close(): Promise<void>;
}

const PREAMBLE = /^ABHL ([A-Za-z0-9][A-Za-z0-9._-]{0,127}) ([0-9a-f]{64})\n$/;
const PREAMBLE_MAX_BYTES = 256;
const PREAMBLE_WAIT_MS = 5_000;
const MAX_EXPECTED = 1_024;

export const bridgePreamble = (linkId: string, token: string): string => `ABHL ${linkId} ${token}\n`;
/** Sent back before any byte of the link, so that no byte is read past the preamble. */
export const BRIDGE_ACCEPTED = 'OK\n';

export async function startBridgeServer(options: {
  onLink: (link: ExpectedLink, socket: Socket) => void;
  logger: Logger;
}): Promise<BridgeServer> {
  const expected = new Map<string, ExpectedLink>();
  const open = new Set<Socket>();

  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    readPreamble(socket)
      .then((text) => {
        const link = take(text);
        if (!link) throw new AbhayaError('auth.refused', 'unknown link or token');
        socket.write(BRIDGE_ACCEPTED);
        options.onLink(link, socket);
      })
      .catch((error: Error) => {
        options.logger.warn('a bridge connection was refused', { message: error.message });
        socket.destroy();
      });
  });

  function take(text: string): ExpectedLink | undefined {
    const [, linkId, token] = PREAMBLE.exec(text) ?? [];
    const link = linkId ? expected.get(linkId) : undefined;
    if (!link || !token) return undefined;
    if (!timingSafeEqual(Buffer.from(link.token, 'hex'), Buffer.from(token, 'hex'))) return undefined;
    expected.delete(link.linkId);
    return link;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    expect(link) {
      if (expected.size >= MAX_EXPECTED) expected.delete(expected.keys().next().value ?? '');
      expected.set(link.linkId, link);
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readPreamble(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      settle();
    };
    const onClose = () => finish(() => reject(new AbhayaError('closed', 'closed before its preamble')));
    // Read byte by byte up to the newline: what follows belongs to the link.
    const onReadable = () => {
      for (let byte = socket.read(1) as Buffer | null; byte; byte = socket.read(1) as Buffer | null) {
        text += byte.toString('latin1');
        if (text.endsWith('\n')) return finish(() => resolve(text));
        if (text.length > PREAMBLE_MAX_BYTES) {
          return finish(() => reject(new AbhayaError('wire.malformed', 'the preamble is too long')));
        }
      }
    };
    const timer = setTimeout(
      () => finish(() => reject(new AbhayaError('timeout', 'no preamble came'))),
      PREAMBLE_WAIT_MS,
    );
    socket.on('readable', onReadable);
    socket.once('close', onClose);
  });
}
