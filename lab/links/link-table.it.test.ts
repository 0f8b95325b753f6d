import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ExpectedLink, startBridgeServer } from '#agent/control';
import { Scope, seededRandom, silentLogger, systemClock } from '#base';
import type { LinkEnd } from './link-end.ts';
import { createLinkTable } from './link-table.ts';

let scope: Scope;
beforeEach(() => {
  scope = new Scope('links');
});
afterEach(() => scope.close());

/** An agent as links see it: the real bridge server, and the links that came in. */
async function agent(nodeId: string) {
  const links: { link: ExpectedLink; socket: Socket }[] = [];
  const waiting: ((it: { link: ExpectedLink; socket: Socket }) => void)[] = [];
  const server = scope.own(
    await startBridgeServer({
      logger: silentLogger,
      onLink: (link, socket) => {
        scope.add(() => void socket.destroy());
        socket.on('error', () => undefined);
        links.push({ link, socket });
        waiting.shift()?.({ link, socket });
      },
    }),
    (it) => it.close(),
  );
  const end: LinkEnd = {
    nodeId,
    expectLink: async (link) => server.expect(link),
    openBridge: async () => {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    directHost: '127.0.0.1',
    setDirectLinks: async () => ({ links: [] }),
  };
  const next = () => new Promise<{ link: ExpectedLink; socket: Socket }>((resolve) => waiting.push(resolve));
  return { end, next, links, port: server.port };
}

/** Also by a reset, which events.once takes for a failure. */
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

function tableOf(ends: Map<string, LinkEnd>) {
  return scope.own(
    createLinkTable({
      endOf: (serial) => ends.get(serial),
      onChange: () => undefined,
      onGone: () => undefined,
      clock: systemClock,
      random: seededRandom(1),
      logger: silentLogger,
    }),
    (it) => it.close(),
  );
}

describe('bridged links', () => {
  test('open when both agents are there, carry bytes, and come back after a break', async () => {
    const [left, right] = [await agent('aa'), await agent('bb')];
    const ends = new Map<string, LinkEnd>([['L', left.end]]);
    const table = tableOf(ends);
    expect(await table.add('R', 'L')).toMatchObject({ a: 'L', b: 'R', state: 'down' });
    for (const round of [1, 2]) {
      const both = Promise.all([left.next(), right.next()]);
      ends.set('R', right.end);
      await table.attached('R');
      const [dialler, acceptor] = await both;
      expect([dialler.link.role, dialler.link.peer]).toEqual(['dial', 'bb']);
      expect([acceptor.link.role, acceptor.link.peer]).toEqual(['accept', 'aa']);
      dialler.socket.write(`round ${round}`);
      expect(String((await once(acceptor.socket, 'data'))[0])).toBe(`round ${round}`);
      acceptor.socket.destroy();
      await closed(dialler.socket);
    }
    await table.remove('L.R');
    expect(table.list()).toEqual([]);
    await expect(table.remove('L.R')).rejects.toMatchObject({ code: 'not-found' });
  });

  test.each([
    ['a wrong token', `ABHL L.R ${'0'.repeat(64)}\n`],
    ['no preamble', 'GET / HTTP/1.1\r\n\r\n'],
    ['a preamble without end', 'A'.repeat(10_000)],
  ])('%s on the bridge port is refused', async (_name, bytes) => {
    const { port, links } = await agent('aa');
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    await closed(socket);
    expect(links).toEqual([]);
  });
});
