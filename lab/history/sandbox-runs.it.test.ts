import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeptSandboxRun } from '#schemas';
import { openDatabase } from './database.ts';
import { defaultRetention } from './retention.ts';
import { openStore, type Store } from './store.ts';
import { sampleTask } from './testing/samples.ts';

const NOW = 1_700_000_000_000;
const MAX_BYTES = 64 * 1024 * 1024;
let dir: string;
let stores: Store[];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya sandbox runs '));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) close(store);
  await rm(dir, { recursive: true, force: true });
});

function open(): Store {
  const store = openStore(
    {
      ...{ file: path.join(dir, 'history.db'), maxBytes: MAX_BYTES, retention: defaultRetention },
      run: { startedAt: NOW, version: '1' },
    },
    () => undefined,
  );
  stores.push(store);
  return store;
}
function close(store: Store): void {
  stores = stores.filter((it) => it !== store);
  store.close({ nowMs: NOW, dropped: { tasks: 0, events: 0, samples: 0 } });
}

const sample = (n: number): KeptSandboxRun => ({
  run: {
    ...{ runId: n.toString(16).padStart(16, '0'), startedAt: NOW + n, state: 'done', tookMs: 5 },
    request: { places: ['local'], rounds: 3 },
  },
  places: [{ place: 'local', problem: { code: 'timeout', message: `"'; DROP TABLE tasks; --` } }],
});

test('a measurement outlives the lab host, as it was', () => {
  const first = open();
  first.saveSandboxRun(sample(1));
  first.saveSandboxRun(sample(2));
  close(first);
  const second = open();
  expect(second.sandboxRuns()).toEqual([sample(2).run, sample(1).run]);
  expect(second.sandboxRun(sample(1).run.runId)).toEqual(sample(1));
  expect(second.sandboxRun("x' OR 1=1 --")).toBeUndefined();
});

test('measurements are bounded, the oldest go first, and clearing forgets them', () => {
  const store = open();
  for (let n = 0; n < 310; n += 1) store.saveSandboxRun(sample(n));
  const kept = store.sandboxRuns();
  expect([kept.length, kept[0]?.startedAt, kept.at(-1)?.startedAt]).toEqual([300, NOW + 309, NOW + 10]);
  store.clear();
  expect(store.sandboxRuns()).toEqual([]);
});

test('a file of the release before gets the table and keeps its tasks', () => {
  const before = open();
  before.write(
    { tasks: [{ atMs: NOW, task: sampleTask(1) }], events: [], phones: [], links: [], taskSamples: [] },
    NOW,
  );
  close(before);
  const { db } = openDatabase({ file: path.join(dir, 'history.db'), maxBytes: MAX_BYTES, nowMs: NOW });
  db.exec('DROP TABLE sandboxRuns');
  db.pragma('user_version = 1');
  db.close();
  const after = open();
  after.saveSandboxRun(sample(1));
  expect(after.sandboxRuns()).toHaveLength(1);
  expect(after.taskPage({ limit: 5 }).tasks).toHaveLength(1);
});
