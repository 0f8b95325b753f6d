import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AbhayaError, Emitter, poll, Scope, silentLogger, systemClock } from '#base';
import { createAttackDesk, createSandboxRuns } from '#lab/sandbox-lab';
import {
  attackSummary,
  type KeptSandboxRun,
  type LabEvent,
  type SandboxAttackRun,
  type SandboxMeasured,
} from '#schemas';
import type { LabHost } from './lab-host-port.ts';
import { type ApiServer, startApiServer } from './server.ts';

const TOKEN = 'a'.repeat(64);
const measured: SandboxMeasured = {
  ...{ arch: 'x64', kernel: '6', cpu: 'c', cores: 2, runtimes: ['native'], lacks: {}, layers: [], notes: [] },
  series: [{ what: 'start', runtime: 'native', phase: 'cold', unit: 'ms', values: [1, 2, 3] }],
};
let scope: Scope;
let api: ApiServer;
const events = new Emitter<LabEvent>();

beforeAll(async () => {
  scope = new Scope('api');
  const kept = new Map<string, KeptSandboxRun>();
  const runs = scope.own(
    createSandboxRuns({
      async measure(place, _ask, { signal }) {
        if (place === 'local') return measured;
        if (place === 'GONE') throw new AbhayaError('device.offline', 'no agent is attached');
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AbhayaError('cancelled', 'cancelled')));
        });
      },
      store: {
        save: async (it) => void kept.set(it.run.runId, it),
        list: async () => [...kept.values()].map(({ run }) => run),
        get: async (runId) => kept.get(runId),
        remove: async (runId) => kept.delete(runId),
      },
      emit: (run) => events.emit({ event: 'sandbox-run', run }),
      clock: systemClock,
      logger: silentLogger,
    }),
    (it) => it.close(),
  );
  const offer = { place: 'local', runtimes: ['native'], lacks: { jvm: 'no Java' }, layers: ['seccomp'] };
  const sandboxLab = {
    runs,
    get attacks() {
      return attacks;
    },
    offers: async () => [offer],
    policy: async (runtime: string) => {
      if (runtime !== 'native') throw new AbhayaError('not-found', 'no such table');
      const calls = { allowed: ['read'], observed: [], reasons: {}, checks: {}, errno: [] };
      return { runtime, arch: 'x86_64', ...calls, instructions: 9, source: 'launcher' };
    },
  };
  const keptAttacks = new Map<string, SandboxAttackRun>();
  const denied = {
    name: 'openat',
    control: 'ok',
    outcome: 'denied',
    reported: true,
    reason: 'crashed',
  } as const;
  const attacks = scope.own(
    createAttackDesk({
      runtimes: ['native'],
      open: async () => ({
        async attack(runtime) {
          const none = { escapes: 0, unreported: 0, failedControls: 0 };
          return { runtime, arch: 'x86_64', kernel: '6', attacks: [denied], ...none };
        },
        close: async () => undefined,
      }),
      store: {
        save: async (run) => void keptAttacks.set(run.runId, run),
        list: async () => [...keptAttacks.values()].map(attackSummary),
        get: async (runId) => keptAttacks.get(runId),
        remove: async (runId) => keptAttacks.delete(runId),
      },
      emit: (attack) => events.emit({ event: 'sandbox-attack', attack }),
      ...{ clock: systemClock, logger: silentLogger },
    }),
    (it) => it.close(),
  );
  const host = { events, sandboxLab, history: {}, phones: () => [] } as unknown as LabHost;
  api = scope.own(await startApiServer({ host, token: TOKEN, version: '0', logger: silentLogger }), (it) =>
    it.close(),
  );
});
afterAll(() => scope.close());

async function call(target: string, init: RequestInit & { json?: unknown } = {}) {
  const { json, ...rest } = init;
  const body = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) };
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${api.url}/api/v1${target}`, {
    ...body,
    ...rest,
    headers: { authorization: `Bearer ${TOKEN}`, ...type, ...init.headers },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
const ended = (runId: string) =>
  poll(
    async () => {
      const { body } = await call(`/sandbox/runs/${runId}`);
      return body.run.state === 'running' ? undefined : body;
    },
    { everyMs: 10, timeoutMs: 20_000, what: 'the end of the measurement' },
  );

test.each([
  '/sandbox/attacks',
  '/sandbox/offers',
  '/sandbox/policies/native',
  '/sandbox/runs',
  '/sandbox/compare?a=1&b=2',
])('%s is behind the doors', async (target) => {
  expect((await call(target, { headers: { authorization: '' } })).status).toBe(401);
  expect((await call(target, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
});

test.each([
  {},
  { places: [], rounds: 1 },
  { places: ['local', 'local'], rounds: 1 },
  { places: ['local'], rounds: 0 },
  { places: ['local'], rounds: 501 },
  { places: ['local'], rounds: '5' },
  { places: ['local'], rounds: 5, runtimes: ['../bin/sh'] },
  { places: ['local'], rounds: 5, parts: ['everything'] },
  { places: ['local'], rounds: 5, shell: 'true' },
  { places: Array.from({ length: 33 }, (_, n) => `VP${n}`), rounds: 5 },
])('%j is no measurement', async (json) => {
  const { status, body } = await call('/sandbox/runs', { json });
  expect([status, body.code]).toEqual([400, 'input.invalid']);
});

describe('a measurement', () => {
  test('is started, told, kept, exported and compared', async () => {
    const told: string[] = [];
    const off = events.on((event) => {
      if (event.event === 'sandbox-run') told.push(event.run.state);
    });
    const { body: started } = await call('/sandbox/runs', { json: { places: ['GONE', 'local'], rounds: 3 } });
    const { run, result } = await ended(started.runId);
    off();
    expect(told).toEqual(['running', 'done']);
    expect(run).toMatchObject({ state: 'done', request: { rounds: 3 } });
    expect(result.rows).toMatchObject([{ place: 'local', runtime: 'native', phase: 'cold', medianMs: 2 }]);
    expect(result.places).toMatchObject([{ place: 'GONE', problem: { code: 'device.offline' } }, {}]);
    expect((await call('/sandbox/runs')).body).toMatchObject([{ runId: started.runId }]);
    const csv = await call(`/sandbox/runs/${started.runId}/export?format=csv`);
    expect(csv.headers.get('content-disposition')).toContain(`abhaya-sandbox-${started.runId}.csv`);
    expect(csv.body).toContain('local,native,start,cold');
    const file = await call(`/sandbox/runs/${started.runId}/export?format=json`);
    expect(file.body).toMatchObject({ run: { runId: started.runId }, rows: [{ n: 3 }] });
    const { body: same } = await call(`/sandbox/compare?a=${started.runId}&b=${started.runId}`);
    expect(same.differences).toMatchObject([{ verdict: 'same', ratio: 1 }]);
    const forget = () => call(`/sandbox/runs/${started.runId}`, { method: 'DELETE' });
    expect([(await forget()).status, (await forget()).status]).toEqual([200, 404]);
  });

  test('is alone, and is cancelled', async () => {
    const { body: started } = await call('/sandbox/runs', { json: { places: ['SLOW'], rounds: 1 } });
    const second = await call('/sandbox/runs', { json: { places: ['local'], rounds: 1 } });
    expect([second.status, second.body.code]).toEqual([409, 'conflict']);
    const { body } = await call(`/sandbox/runs/${started.runId}/cancel`, { method: 'POST' });
    expect(body.state).toBe('cancelled');
  });

  test('that is not there is not found, whatever is asked of it', async () => {
    const nobody = '0'.repeat(16);
    for (const target of [
      `/runs/${nobody}`,
      `/runs/${nobody}/export?format=csv`,
      `/compare?a=${nobody}&b=${nobody}`,
    ])
      expect((await call(`/sandbox${target}`)).status).toBe(404);
    for (const target of [
      '/runs/..%2f..',
      '/runs/x',
      `/runs/${nobody}/export?format=exe`,
      '/policies/--help',
    ])
      expect((await call(`/sandbox${target}`)).status).toBe(400);
  });
});

test('an attack is started, kept, looked at, exported, compared and forgotten', async () => {
  expect((await call('/sandbox/attack')).body).toMatchObject({ state: 'never' });
  const { body: started } = await call('/sandbox/attack', { json: { runtimes: ['native'], place: 'VP1' } });
  expect(started).toMatchObject({ state: 'running', place: 'VP1' });
  const done = async () => ((await call('/sandbox/attack')).body.state === 'done' ? true : undefined);
  await poll(done, { everyMs: 10, timeoutMs: 20_000, what: 'the end of the attack' });
  expect((await call('/sandbox/attack/cancel', { method: 'POST' })).body.state).toBe('done');
  const at = `/sandbox/attacks/${started.runId}`;
  expect((await call('/sandbox/attacks')).body).toMatchObject([{ place: 'VP1', reports: [{ attacks: 1 }] }]);
  expect((await call(at)).body.reports[0].attacks).toMatchObject([{ name: 'openat' }]);
  for (const [format, ending, text] of [
    ['csv', 'csv', 'VP1,native,x86_64'],
    ['json', 'json', 'openat'],
    ['junit', 'xml', '<testsuites'],
  ] as const) {
    const file = await call(`${at}/export?format=${format}`);
    expect(file.headers.get('content-disposition')).toContain(`abhaya-attack-${started.runId}.${ending}`);
    expect(JSON.stringify(file.body)).toContain(text);
  }
  const two = await call(`/sandbox/compare-attacks?a=${started.runId}&b=${started.runId}`);
  expect(two.body).toMatchObject({ changes: [], same: 1 });
  const forget = () => call(at, { method: 'DELETE' });
  expect([(await forget()).status, (await forget()).status]).toEqual([200, 404]);
  for (const gone of [at, `${at}/export?format=csv`]) expect((await call(gone)).status).toBe(404);
});

test.each([
  ...[{ runtimes: [] }, { runtimes: ['A B'] }, { attack: 'all' }, { attacks: [] }, { place: '' }],
  { attacks: Array.from({ length: 201 }, (_, n) => `a${n}`) },
])('%j is no attack', async (json) => {
  expect((await call('/sandbox/attack', { json })).status).toBe(400);
});

test('offers say why not, policies are of known runtimes', async () => {
  expect((await call('/sandbox/offers')).body).toMatchObject([{ place: 'local', lacks: { jvm: 'no Java' } }]);
  expect((await call('/sandbox/policies/native')).body).toMatchObject({ allowed: ['read'] });
  expect((await call('/sandbox/policies/cobol')).status).toBe(404);
});
