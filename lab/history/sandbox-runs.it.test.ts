import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attackSummary, type KeptSandboxRun, type SandboxAttackRun } from '#schemas';
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

const attack = (n: number): SandboxAttackRun => ({
  ...{ runId: n.toString(16).padStart(16, '0'), place: 'VP1', startedAt: NOW + n, state: 'done', tookMs: 5 },
  ...{ notOffered: [{ runtime: 'jvm', why: 'no Java' }] },
  reports: [
    {
      ...{ runtime: 'native', arch: 'x86_64', kernel: '6', escapes: 1, unreported: 0, failedControls: 0 },
      attacks: [
        { name: `"'; --`, control: 'ok', outcome: 'escaped', reported: true, reason: 'completed', ms: 3 },
      ],
    },
  ],
});

test('an attack outlives the lab host with every outcome; lists only count; forgetting is by name', () => {
  const first = open();
  first.saveSandboxAttack(attack(1));
  first.saveSandboxAttack(attack(2));
  first.saveSandboxAttack(attack(2));
  close(first);
  const second = open();
  expect(second.sandboxAttacks()).toEqual([attackSummary(attack(2)), attackSummary(attack(1))]);
  expect(second.sandboxAttack(attack(1).runId)).toEqual(attack(1));
  expect(second.sandboxAttack("x' OR 1=1 --")).toBeUndefined();
  expect(['x', attack(1).runId, attack(1).runId].map((it) => second.removeSandboxAttack(it))).toEqual([
    ...[false, true, false],
  ]);
  expect(second.sandboxAttacks()).toHaveLength(1);
  second.saveSandboxRun(sample(1));
  expect([second.removeSandboxRun('x'), second.removeSandboxRun(sample(1).run.runId)]).toEqual([false, true]);
});

test('attacks are bounded, the oldest go first, and clearing forgets them', () => {
  const store = open();
  for (let n = 0; n < 310; n += 1) store.saveSandboxAttack(attack(n));
  const kept = store.sandboxAttacks();
  expect([kept.length, kept[0]?.startedAt, kept.at(-1)?.startedAt]).toEqual([300, NOW + 309, NOW + 10]);
  store.clear();
  expect(store.sandboxAttacks()).toEqual([]);
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
  db.exec('DROP TABLE sandboxAttacks');
  db.pragma('user_version = 1');
  db.close();
  const after = open();
  after.saveSandboxRun(sample(1));
  expect(after.sandboxRuns()).toHaveLength(1);
  expect(after.taskPage({ limit: 5 }).tasks).toHaveLength(1);
});
