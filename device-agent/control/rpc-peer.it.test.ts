import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from 'typebox';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Scope, silentLogger } from '#base';
import { createRpcPeer, type Handlers, type RpcPeer } from './rpc-peer.ts';

const calls = {
  add: { params: Type.Object({ a: Type.Number(), b: Type.Number() }), result: Type.Number() },
  wait: { params: Type.Object({}), result: Type.String() },
  lie: { params: Type.Object({}), result: Type.Number() },
};
const events = { tick: Type.Object({ at: Type.Number() }) };
type Calls = {
  add: { params: { a: number; b: number }; result: number };
  wait: { params: object; result: string };
  lie: { params: object; result: number };
};
type Events = { tick: { at: number } };

let scope = new Scope('rpc');
afterEach(async () => {
  await scope.close();
  scope = new Scope('rpc');
});

async function pair(handlers: Handlers<Calls>): Promise<{
  client: RpcPeer<Calls, Events>;
  server: RpcPeer<Calls, Events>;
  raw: WebSocket;
}> {
  const http = scope.own(createServer(), (it) => {
    it.closeAllConnections();
    it.close();
  });
  const sockets = new WebSocketServer({ server: http });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const common = { calls, events, maxFrameBytes: 10_000, logger: silentLogger };
  const accepted = new Promise<RpcPeer<Calls, Events>>((resolve) =>
    sockets.once('connection', (socket) => resolve(createRpcPeer({ socket, handlers, ...common }))),
  );
  const raw = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  await new Promise((resolve) => raw.once('open', resolve));
  const client = scope.own(createRpcPeer<Calls, Events>({ socket: raw, ...common }), (it) => it.close());
  return { client, server: await accepted, raw };
}

const handlers: Handlers<Calls> = {
  add: ({ a, b }) => a + b,
  wait: (_params, { signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'))),
  lie: () => 'not a number' as unknown as number,
};

describe('a control connection', () => {
  test('answers calls and carries events', async () => {
    const { client, server } = await pair(handlers);
    expect(await client.call('add', { a: 2, b: 3 })).toBe(5);
    const tick = new Promise((resolve) => client.on('tick', resolve));
    server.emit('tick', { at: 7 });
    expect(await tick).toEqual({ at: 7 });
  });

  test('refuses parameters and results that do not match the table', async () => {
    const { client } = await pair(handlers);
    await expect(client.call('add', { a: '2', b: 3 } as never)).rejects.toMatchObject({
      code: 'input.invalid',
    });
    await expect(client.call('lie', {})).rejects.toMatchObject({ code: 'wire.malformed' });
    await expect(client.call('nothing' as never, {} as never)).rejects.toMatchObject({ code: 'not-found' });
    expect(await client.call('add', { a: 1, b: 1 })).toBe(2);
  });

  test('ends waiting calls when the other side dies, and says why', async () => {
    const { client, server } = await pair(handlers);
    const waiting = client.call('wait', {});
    const failed = expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await client.call('add', { a: 0, b: 0 });
    server.close();
    await failed;
    expect(await client.disconnected).toBe('closed');
    await expect(client.call('add', { a: 0, b: 0 })).rejects.toMatchObject({ code: 'closed' });
  });

  test('gives up on time and on abort', async () => {
    const { client } = await pair(handlers);
    await expect(client.call('wait', {}, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
    const abort = new AbortController();
    const waiting = client.call('wait', {}, { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  test.each([
    ['not JSON', 'hello'],
    ['a frame of no kind', '{"x":1}'],
    ['an oversize frame', JSON.stringify({ event: 'tick', payload: 'x'.repeat(20_000) })],
  ])('%s ends the connection', async (_name, text) => {
    const { raw, server } = await pair(handlers);
    raw.send(text);
    expect(await server.disconnected).toBe('bad frame');
  });
});
