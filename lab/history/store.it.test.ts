import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Batch } from './core/index.ts';
import { openDatabase } from './database.ts';
import { defaultRetention } from './retention.ts';
import { openStore, type Store, type StoreOptions } from './store.ts';
import { sampleMeasurement, sampleTask } from './testing/samples.ts';

const NOW = 1_700_000_000_000;
const none: Batch = { tasks: [], events: [], phones: [], links: [], taskSamples: [] };
const noLoss = { tasks: 0, events: 0, samples: 0 };

let dir: string;
let file: string;
let stores: Store[];
let aside: string[];

beforeEach(async () => {
  // Names that a URL would read otherwise.
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya history #1?mode=ro%20'));
  file = path.join(dir, 'history.db');
  stores = [];
  aside = [];
});
afterEach(async () => {
  for (const store of stores) store.close({ nowMs: NOW, dropped: noLoss });
  await rm(dir, { recursive: true, force: true });
});

function open(more: Partial<StoreOptions> = {}): Store {
  const store = openStore(
    {
      ...{ file, maxBytes: 64 * 1024 * 1024, retention: defaultRetention },
      run: { startedAt: NOW, version: '1' },
      ...more,
    },
    (where) => aside.push(where),
  );
  stores.push(store);
  return store;
}

function close(store: Store): void {
  stores = stores.filter((it) => it !== store);
  store.close({ nowMs: NOW + 1, dropped: noLoss });
}

const writeTasks = (store: Store, ...tasks: ReturnType<typeof sampleTask>[]) =>
  store.write({ ...none, tasks: tasks.map((task) => ({ atMs: NOW, task })) }, NOW);

describe('tasks', () => {
  test('survive the end of the run, and those that had not ended are interrupted', () => {
    const first = open();
    writeTasks(first, sampleTask(1), sampleTask(2, { state: 'running' }));
    expect(first.taskPage({ limit: 10 }).tasks.map(({ interrupted }) => interrupted)).toEqual([false, false]);
    close(first);
    const second = open({ run: { startedAt: NOW + 5, version: '2' } });
    expect(second.taskPage({ limit: 10 }).tasks).toMatchObject([
      { taskId: 'task-2', state: 'running', interrupted: true, runId: 1 },
      { taskId: 'task-1', state: 'acknowledged', interrupted: false, durationMs: 101 },
    ]);
    expect(second.taskDetail('task-1').task).toEqual(sampleTask(1));
    expect(second.runs()).toMatchObject([
      { runId: 2, current: true, tasks: 0 },
      { runId: 1, current: false, endedAt: NOW + 1, tasks: 2 },
    ]);
    // The phone still has it, and tells its end.
    writeTasks(second, sampleTask(2));
    expect(second.taskDetail('task-2')).toMatchObject({ interrupted: false, runId: 2 });
    expect(() => second.taskDetail('task-3')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  test('never change once they have ended', () => {
    const store = open();
    writeTasks(store, sampleTask(1));
    writeTasks(store, sampleTask(1, { state: 'failed' }));
    expect(store.taskDetail('task-1').task.state).toBe('acknowledged');
  });

  test('come in pages, and filtered', () => {
    const store = open();
    writeTasks(store, ...Array.from({ length: 25 }, (_, n) => sampleTask(n)));
    writeTasks(
      store,
      sampleTask(100, { packageId: 'a.b', state: 'failed', problem: { code: 'x', message: 'y' } }),
    );
    const seen: string[] = [];
    for (let before: number | undefined, more = true; more; ) {
      const page = store.taskPage({ limit: 10, ...(before ? { before } : {}) });
      seen.push(...page.tasks.map(({ taskId }) => taskId));
      more = page.next !== undefined;
      before = Number(page.next);
    }
    expect(new Set(seen).size).toBe(26);
    expect(seen[0]).toBe('task-100');
    expect(store.taskPage({ limit: 5, packageId: 'a.b' }).tasks).toMatchObject([{ problem: { code: 'x' } }]);
    expect(store.taskPage({ limit: 5, packageId: "a.b' OR '1'='1" }).tasks).toEqual([]);
    expect(store.taskPage({ limit: 5, state: 'failed' }).tasks).toHaveLength(1);
    expect(store.services()).toMatchObject([
      { packageId: 'org.abhaya.wordcount', runs: 25, successRate: 1, p50DurationMs: 112 },
      { packageId: 'a.b', runs: 1, successRate: 0 },
    ]);
  });

  test('keep texts that are hard to keep', () => {
    const store = open();
    const note = `NUL \0, quote ', emoji 😀, half of one \ud83d`;
    writeTasks(store, sampleTask(1, { device: note, timeline: [{ state: 'acknowledged', atMs: 1, note }] }));
    expect(store.taskDetail('task-1').task.timeline[0]?.note?.slice(0, 20)).toBe(note.slice(0, 20));
  });
});

describe('measurements', () => {
  test('are summed up as a plain calculation says', () => {
    const store = open();
    let times = 0;
    void fc.assert(
      fc.property(
        fc.array(
          fc.record({ at: fc.integer({ min: 0, max: 99_999 }), battery: fc.integer({ min: 0, max: 100 }) }),
          {
            maxLength: 60,
          },
        ),
        fc.integer({ min: 1_000, max: 40_000 }),
        (points, stepMs) => {
          const serial = `P${times++}`;
          const phones = points.map(({ at, battery }) =>
            sampleMeasurement(NOW + at, serial, { batteryPercent: battery, charging: battery > 50 }),
          );
          store.write({ ...none, phones }, NOW);
          const { buckets } = store.measurements({ from: NOW, to: NOW + 100_000, stepMs }, serial);
          const expected = new Map<number, number[]>();
          for (const { at, battery } of points) {
            const begin = NOW + Math.floor(at / stepMs) * stepMs;
            expected.set(begin, [...(expected.get(begin) ?? []), battery]);
          }
          expect(buckets.map(({ atMs }) => atMs)).toEqual([...expected.keys()].sort((a, b) => a - b));
          for (const bucket of buckets) {
            const values = expected.get(bucket.atMs) ?? [];
            expect(bucket.samples).toBe(values.length);
            expect(bucket.batteryPercent.min).toBe(Math.min(...values));
            expect(bucket.batteryPercent.max).toBe(Math.max(...values));
            expect(bucket.batteryPercent.avg).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length);
            expect(bucket.charging).toBeCloseTo(values.filter((it) => it > 50).length / values.length);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('of all phones come by serial; a phone without a sensor has no temperature', () => {
    const store = open();
    const { celsius: _none, ...without } = sampleMeasurement(NOW + 10, 'B');
    store.write(
      { ...none, phones: [sampleMeasurement(NOW, 'C'), without, sampleMeasurement(NOW, 'A')] },
      NOW,
    );
    const { buckets } = store.measurements({ from: NOW, to: NOW + 1_000, stepMs: 1_000 }, undefined);
    expect(buckets.map(({ serial, celsius }) => [serial, celsius?.avg])).toEqual([
      ['A', 25.5],
      ['B', undefined],
      ['C', 25.5],
    ]);
  });

  test('stay bounded by rows', () => {
    const retention = {
      ...defaultRetention,
      measurements: { maxRows: 1_000, maxAgeMs: Number.MAX_SAFE_INTEGER },
    };
    const store = open({ retention });
    for (let n = 0; n < 100_000; n += 500) {
      const phones = Array.from({ length: 500 }, (_, at) => sampleMeasurement(NOW + n + at));
      store.write({ ...none, phones }, NOW);
      expect(store.countRows().rows.measurements).toBeLessThanOrEqual(1_000);
    }
    expect(store.exportPage('measurements', 0).rows.at(-1)?.atMs).toBe(NOW + 99_999);
  });

  test('stay bounded by age and by the size of the file, with whatever is large', async () => {
    const retention = { ...defaultRetention, events: { maxRows: 1_000_000, maxAgeMs: 1_000 } };
    const store = open({ retention, maxBytes: 4 * 1024 * 1024 });
    store.write({ ...none, events: [{ atMs: NOW - 1_001, kind: 'mesh', subject: '', state: 'old' }] }, NOW);
    expect(store.countRows().rows.events).toBe(0);
    for (let n = 0; n < 100; n += 1) {
      const value = 'x'.repeat(100_000);
      writeTasks(store, sampleTask(n, { outputs: [{ ...sampleOutput, value }] }));
    }
    const { rows, bytes } = store.countRows();
    expect(rows.tasks).toBeGreaterThan(10);
    expect(bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(store.taskPage({ limit: 1 }).tasks[0]?.taskId).toBe('task-99');
    close(store);
    expect((await stat(file)).size).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});

describe('the file', () => {
  test('is its owner’s alone, with its log', async () => {
    const store = open();
    writeTasks(store, sampleTask(1));
    for (const name of await readdir(dir)) {
      expect([name, ((await stat(path.join(dir, name))).mode & 0o777).toString(8)]).toEqual([name, '600']);
    }
    expect(await readdir(dir)).toContain('history.db-wal');
  });

  test.each([
    ['not a database', async () => writeFile(file, 'nonsense '.repeat(10_000))],
    ['cut in half', async () => writeFile(file, (await readFile(file)).subarray(0, 20_000))],
    ['scribbled over', async () => writeFile(file, (await readFile(file)).fill(0xa5, 4_096))],
    ['without our tables', async () => void (await emptyDatabaseSayingItIsOurs())],
  ])('%s is put aside whole, and a new one begun', async (_name, damage) => {
    const before = open();
    writeTasks(before, ...Array.from({ length: 50 }, (_, n) => sampleTask(n)));
    close(before);
    await damage();
    const damaged = await readFile(file);
    const store = open();
    expect(aside).toHaveLength(1);
    expect(path.dirname(aside[0] ?? '')).toBe(dir);
    expect((await readFile(aside[0] ?? '')).equals(damaged)).toBe(true);
    writeTasks(store, sampleTask(1));
    expect(store.taskPage({ limit: 10 }).tasks).toHaveLength(1);
  });

  async function emptyDatabaseSayingItIsOurs(): Promise<void> {
    await rm(file);
    const { db } = openDatabase({ file, maxBytes: 1_000_000, nowMs: NOW });
    db.exec('DROP TABLE taskSamples');
    db.close();
  }

  test('that turns out to be damaged in use is put aside, and what was asked is done on a new one', async () => {
    const before = open();
    writeTasks(before, ...Array.from({ length: 3_000 }, (_, n) => sampleTask(n)));
    close(before);
    // More than its cache holds, so that pages must be read again; the first stays, so that it opens.
    const store = open();
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xa5, 8_192), { flag: 'r+' });
    const batch = Array.from({ length: 3_000 }, (_, n) => sampleTask(10_000 + n));
    writeTasks(store, ...batch);
    expect(store.taskPage({ limit: 1 }).tasks).toMatchObject([{ taskId: 'task-12999' }]);
    expect(store.countRows().rows.tasks).toBe(3_000);
    expect(aside).toHaveLength(1);
  });

  test('of a newer release is left as it is', async () => {
    const { db } = openDatabase({ file, maxBytes: 1_000_000, nowMs: NOW });
    db.pragma('user_version = 999');
    db.close();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'history.unavailable' }));
    expect(aside).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  test('that can’t be opened is said so', async () => {
    expect(() => open({ file: path.join(dir, 'no', 'folder.db') })).toThrow(
      expect.objectContaining({ code: 'history.unavailable' }),
    );
  });

  test('is empty and small after clearing, and the run goes on', async () => {
    const store = open();
    writeTasks(store, ...Array.from({ length: 500 }, (_, n) => sampleTask(n)));
    store.clear();
    expect(store.countRows()).toMatchObject({ rows: { runs: 1, tasks: 0, measurements: 0 } });
    expect((await stat(file)).size).toBeLessThan(200_000);
    expect((await stat(`${file}-wal`)).size).toBe(0);
    expect((await readFile(file)).includes('org.abhaya.wordcount')).toBe(false);
    writeTasks(store, sampleTask(1));
    expect(store.runs()).toMatchObject([{ runId: 1, tasks: 1 }]);
  });
});

const sampleOutput = { name: 'result', bytes: 3, sha256: 'd'.repeat(64), mediaType: 'text/plain' };
