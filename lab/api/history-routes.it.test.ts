import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Emitter, poll, Scope, silentLogger, systemClock } from '#base';
import { type History, openHistory } from '#lab/history';
import type { LabEvent } from '#schemas';
import { sampleMeasurement, sampleTask } from '../history/testing/samples.ts';
import type { LabHost } from './lab-host-port.ts';
import { type ApiServer, startApiServer } from './server.ts';

const TOKEN = 'a'.repeat(64);
const NOW = Date.now();
let scope: Scope;
let api: ApiServer;
let history: History;

// One history for all: nothing but the last test changes it.
beforeAll(async () => {
  scope = new Scope('api');
  const dir = await mkdtemp(path.join(tmpdir(), 'abhaya history api '));
  scope.add(() => rm(dir, { recursive: true, force: true }));
  history = scope.own(
    openHistory({
      file: path.join(dir, 'history.db'),
      version: '1',
      clock: systemClock,
      logger: silentLogger,
    }),
    (it) => it.close(),
  );
  const host = { events: new Emitter<LabEvent>(), history } as unknown as LabHost;
  api = scope.own(await startApiServer({ host, token: TOKEN, version: '0', logger: silentLogger }), (it) =>
    it.close(),
  );
  for (let n = 0; n < 30; n += 1) history.record.task({ atMs: NOW, task: sampleTask(n) });
  history.record.task({ atMs: NOW, task: sampleTask(30, { state: 'failed', device: '=1+1' }) });
  history.record.phone(sampleMeasurement(NOW - 5_000));
  history.record.phone(sampleMeasurement(NOW - 4_000, 'VP0002'));
  await poll(async () => ((await history.status()).rows.tasks === 31 ? true : undefined), {
    ...{ everyMs: 20, timeoutMs: 20_000, what: 'storing' },
  });
});
afterAll(() => scope.close());

async function call(target: string, init: RequestInit = {}) {
  const response = await fetch(`${api.url}/api/v1${target}`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
  });
  const body = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(body) : body };
}

describe('the history is behind the doors', () => {
  test.each([
    '/history',
    '/history/runs',
    '/history/tasks',
    '/history/tasks/task-1',
    '/history/services',
    '/history/measurements',
    '/history/export?what=tasks&format=csv',
  ])('%s', async (target) => {
    expect((await call(target, { headers: { authorization: '' } })).status).toBe(401);
    expect((await call(target, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
  });

  test('and so is forgetting it', async () => {
    for (const headers of [{ authorization: '' }, { authorization: 'Bearer x' }, { origin: 'null' }]) {
      expect((await call('/history', { method: 'DELETE', headers })).status).toBeGreaterThanOrEqual(401);
    }
    expect((await history.status()).rows.tasks).toBe(31);
  });
});

test.each([
  '/history/tasks?limit=0',
  '/history/tasks?limit=501',
  '/history/tasks?limit=-1',
  '/history/tasks?limit=1e2',
  '/history/tasks?limit=5&limit=6',
  '/history/tasks?before=1;DROP TABLE tasks',
  `/history/tasks?before=${'9'.repeat(16)}`,
  '/history/tasks?state=nonsense',
  `/history/tasks?package=${'x'.repeat(257)}`,
  '/history/tasks?colour=red',
  '/history/tasks?__proto__=1',
  '/history/measurements?from=-1',
  '/history/measurements?from=2&to=1',
  '/history/measurements?step=0',
  '/history/measurements?from=0&to=1700000000000&step=1000',
  '/history/measurements?serial=',
  '/history/measurements?serial[]=a',
  '/history/measurements?to=NaN',
  '/history/export',
  '/history/export?what=tasks',
  '/history/export?what=sqlite_master&format=csv',
  '/history/export?what=tasks&format=exe',
  '/history/export?what=__proto__&format=json',
])('%s is refused with a code', async (target) => {
  const { status, body } = await call(target);
  expect([status, body.code]).toEqual([400, 'input.invalid']);
});

test('tasks come in pages, by service and by state', async () => {
  const first = (await call('/history/tasks?limit=20')).body;
  expect(first.tasks).toHaveLength(20);
  const second = (await call(`/history/tasks?limit=20&before=${first.next}`)).body;
  expect(second.tasks).toHaveLength(11);
  expect(second.next).toBeUndefined();
  expect((await call('/history/tasks?state=failed')).body.tasks).toMatchObject([{ taskId: 'task-30' }]);
  expect((await call('/history/tasks?package=no.such')).body.tasks).toEqual([]);
  expect((await call('/history/tasks?limit=1&before=0')).body.tasks).toHaveLength(0);
});

test('one task, and one that is not there', async () => {
  expect((await call('/history/tasks/task-3')).body).toMatchObject({
    task: sampleTask(3),
    interrupted: false,
  });
  const missing = await call(`/history/tasks/${encodeURIComponent("x' OR 1=1 --")}`);
  expect([missing.status, missing.body.code]).toEqual([404, 'not-found']);
});

test('services, runs and measurements', async () => {
  expect((await call('/history/services')).body).toMatchObject([{ runs: 31, succeeded: 30, failed: 1 }]);
  expect((await call('/history/runs')).body).toMatchObject([{ current: true, tasks: 31 }]);
  const { body } = await call(
    `/history/measurements?serial=VP0002&from=${NOW - 60_000}&to=${NOW}&step=60000`,
  );
  expect(body).toMatchObject({
    stepMs: 60_000,
    buckets: [{ serial: 'VP0002', samples: 1, thermal: { max: 0 } }],
  });
  expect((await call('/history/measurements')).body.buckets).toHaveLength(2);
});

test('exports are files', async () => {
  const csv = await call('/history/export?what=tasks&format=csv');
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="abhaya-tasks.csv"');
  expect(csv.body.trimEnd().split('\n')).toHaveLength(32);
  expect(csv.body).toContain(",'=1+1,");
  expect((await call('/history/export?what=measurements&format=json')).body).toHaveLength(2);
});

test('forgetting leaves nothing', async () => {
  expect((await call('/history', { method: 'DELETE' })).body).toEqual({});
  expect((await call('/history')).body.rows).toMatchObject({ tasks: 0, measurements: 0, runs: 1 });
});
