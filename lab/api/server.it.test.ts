import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AbhayaError, Emitter, Scope, silentLogger } from '#base';
import type { LabEvent, PhoneView } from '#schemas';
import type { LabHost } from './lab-host-port.ts';
import { type ApiServer, startApiServer } from './server.ts';

const TOKEN = 'a'.repeat(64);
const phone: PhoneView = { serial: 'VP-1', adbSerial: '127.0.0.1:5', kind: 'virtual', state: 'running' };

/** A lab host that remembers what reached it: doors must let nothing through. */
function recordingHost() {
  const reached: string[] = [];
  const events = new Emitter<LabEvent>();
  const host = new Proxy({ events } as LabHost, {
    get: (target, name) => {
      if (name === 'events') return target.events;
      return async (argument: unknown) => {
        reached.push(String(name));
        if (name === 'phones') return [phone];
        if (name === 'upload') {
          const body = await text(argument as Readable);
          return { uploadId: 'u1', bytes: body.length, sha256: '0'.repeat(64) };
        }
        if (name === 'task') throw new AbhayaError('not-found', 'there is no such task');
        if (name === 'tasks') throw new TypeError('a bug');
        if (name === 'openOutput') return Readable.from([Buffer.from([0, 255, 10])]);
        return {};
      };
    },
  });
  return {
    host: Object.assign(Object.create(host), { events, phones: () => [phone] }) as LabHost,
    reached,
    events,
  };
}

let scope: Scope;
let api: ApiServer;
let recorded: ReturnType<typeof recordingHost>;
beforeEach(async () => {
  scope = new Scope('api');
  recorded = recordingHost();
  api = scope.own(
    await startApiServer({ host: recorded.host, token: TOKEN, version: '0', logger: silentLogger }),
    (it) => it.close(),
  );
});
afterEach(() => scope.close());

async function call(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const outgoing = request(
      `${api.url}${path}`,
      { method: options.method ?? 'GET', headers: { authorization: `Bearer ${TOKEN}`, ...options.headers } },
      async (response) => resolve({ status: response.statusCode ?? 0, body: await text(response) }),
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

describe('the doors of the API', () => {
  test.each([
    ['no token', { authorization: '' }, 401, 'auth.missing'],
    ['a wrong token', { authorization: `Bearer ${'b'.repeat(64)}` }, 403, 'auth.refused'],
    ['a foreign origin', { origin: 'http://evil.example' }, 403, 'auth.refused'],
    ['a sandboxed page', { origin: 'null' }, 403, 'auth.refused'],
    ['a rebound host name', { host: 'evil.example' }, 403, 'auth.refused'],
    ['the right host on another port', { host: '127.0.0.1:1' }, 403, 'auth.refused'],
  ])('%s is refused and reaches nothing', async (_name, headers, status, code) => {
    const answer = await call('/api/v1/phones/VP-1/command', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"action":"unplug"}',
    });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([status, code]);
    expect(recorded.reached).toEqual([]);
  });

  test('a token in the URL does not count', async () => {
    const answer = await call(`/api/v1/phones?token=${TOKEN}`, { headers: { authorization: '' } });
    expect(answer.status).toBe(401);
  });

  test('the documentation is open and complete', async () => {
    const document = JSON.parse((await call('/docs/json', { headers: { authorization: '' } })).body);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/v1/phones', '/api/v1/tasks']));
    expect((await call('/docs/json', { headers: { authorization: '', host: 'evil.example' } })).status).toBe(
      403,
    );
  });
});

describe('calls', () => {
  test('take and give what their schemas say', async () => {
    expect(JSON.parse((await call('/api/v1/phones')).body)).toEqual([phone]);
  });

  test.each([
    ['a string for a number', '{"count":"5"}'],
    ['an unknown field', '{"count":5,"colour":"red"}'],
    ['too many', '{"count":100000}'],
    ['not JSON', '{'],
  ])('%s is refused unchanged', async (_name, body) => {
    const answer = await call('/api/v1/phones', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'input.invalid']);
    expect(recorded.reached).toEqual([]);
  });

  test('give errors their code and status, and bugs no stack', async () => {
    const missing = await call('/api/v1/tasks/t1');
    expect([missing.status, JSON.parse(missing.body)]).toEqual([
      404,
      { code: 'not-found', message: 'there is no such task' },
    ]);
    const bug = await call('/api/v1/tasks');
    expect([bug.status, JSON.parse(bug.body)]).toEqual([500, { code: 'bug', message: 'a bug' }]);
    expect((await call('/api/v1/nothing')).status).toBe(404);
  });

  test('stream files both ways', async () => {
    const stored = await call('/api/v1/uploads?name=a%20dog.jpg', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'x'.repeat(3_000_000),
    });
    expect(JSON.parse(stored.body).bytes).toBe(3_000_000);
    const output = await call('/api/v1/tasks/t1/outputs/result');
    expect(output.status).toBe(200);
  });
});

describe('events', () => {
  const open = (headers: Record<string, string>, protocols: string[] = ['abhaya.events.v1']) =>
    new Promise<{ socket: WebSocket; first: unknown }>((resolve, reject) => {
      const socket = new WebSocket(`${api.url.replace('http', 'ws')}/api/v1/events`, protocols, { headers });
      scope.add(() => socket.terminate());
      socket.once('message', (data) => resolve({ socket, first: JSON.parse(String(data)) }));
      socket.once('error', reject);
    });

  test('begin with the state and go on with changes', async () => {
    const { socket, first } = await open({ authorization: `Bearer ${TOKEN}` });
    expect(first).toEqual({ event: 'phone', phone });
    const next = new Promise((resolve) =>
      socket.once('message', (data) => resolve(JSON.parse(String(data)))),
    );
    recorded.events.emit({ event: 'phone-gone', serial: 'VP-1' });
    expect(await next).toEqual({ event: 'phone-gone', serial: 'VP-1' });
  });

  test('take the token as a subprotocol, as browsers need it', async () => {
    const { first } = await open({}, ['abhaya.events.v1', `abhaya.token.${TOKEN}`]);
    expect(first).toMatchObject({ event: 'phone' });
  });

  test('are refused without a token or from a foreign page', async () => {
    await expect(open({})).rejects.toThrow('401');
    await expect(open({ authorization: `Bearer ${TOKEN}`, origin: 'http://evil.example' })).rejects.toThrow(
      '403',
    );
  });
});
