// What the history costs: measurements written per second beside a plain JSONL append, and how long its questions take
// with 100,000 and 1,000,000 of them. JSON out, a table shown.

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger, systemClock } from '#base';
import { openHistory } from '#lab/history';
import { sampleMeasurement, sampleTask } from '../lab/history/testing/samples.ts';
import { openWriteThrough } from '../lab/history/testing/write-through.ts';
import { quantile, table } from './figures.ts';

const SIZES = [100_000, 1_000_000];
const PHONES = 50;
const BATCH = 500;
const TASKS = 20_000;
const ROUNDS = 10;
/** As close together as a million of them of fifty phones are in two days. */
const END = Date.now();
const STEP_MS = 170;

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

async function measure(rows: number) {
  const file = path.join(dir, `${rows}.db`);
  const thread = await openWriteThrough(file);
  const insertMs = await clock(async () => {
    for (let n = 0; n < rows; n += BATCH) await thread.write(samplesOf(n, rows));
  });
  const tasksMs = await clock(async () => {
    for (let n = 0; n < TASKS; n += BATCH) {
      const tasks = Array.from({ length: BATCH }, (_, at) =>
        sampleTask(n + at, { packageId: `org.abhaya.s${at % 20}` }),
      );
      await thread.write([], tasks);
    }
  });
  await thread.close();
  const bytes = (await stat(file)).size;

  const history = openHistory({ file, version: 'bench', clock: systemClock, logger: silentLogger });
  const openMs = await clock(() => history.runs());
  const from = END - rows * STEP_MS;
  const span = { from, to: END + 1 };
  const times = {
    'one phone, all of it, 300 buckets, ms': await p50(() => history.measurements({ ...span, serial: 'P7' })),
    'one phone, its last hour, ms': await p50(() =>
      history.measurements({ serial: 'P7', from: END - 3_600_000, to: END + 1 }),
    ),
    'all phones, all of it, 300 buckets, ms': await p50(() => history.measurements(span)),
    'page of 100 tasks of 20,000, ms': await p50(() => history.tasks({ limit: 100 })),
    'service cards of 20,000 tasks, ms': await p50(() => history.services()),
  };
  const recordMs = await clock(async () => {
    for (const sample of samplesOf(0, rows)) history.record.phone(sample);
  });
  await history.close();
  return {
    rows,
    'measurements written per second': rows / (insertMs / 1_000),
    'peer: JSONL, appended in the same batches, per second':
      rows / ((await clock(async () => writeJsonl(rows))) / 1_000),
    'lab host busy for one record, µs': (recordMs / BATCH) * 1_000,
    'tasks written per second': TASKS / (tasksMs / 1_000),
    'file, bytes per measurement, with 20,000 tasks beside': bytes / rows,
    'open and check the file, ms': openMs,
    ...times,
    'peer: one phone, read and sum up the JSONL, ms': await p50(jsonlQuery(rows), 3),
  };
}

const samplesOf = (first: number, rows: number) =>
  Array.from({ length: BATCH }, (_, at) => {
    const n = first + at;
    return sampleMeasurement(END - (rows - n) * STEP_MS, `P${n % PHONES}`, { batteryPercent: n % 100 });
  });

/** The simplest thing that could keep them. */
function writeJsonl(rows: number): void {
  const fd = openSync(path.join(dir, `${rows}.jsonl`), 'w');
  for (let n = 0; n < rows; n += BATCH) {
    writeSync(
      fd,
      samplesOf(n, rows)
        .map((sample) => `${JSON.stringify(sample)}\n`)
        .join(''),
    );
  }
  closeSync(fd);
}

const jsonlQuery = (rows: number) => async () => {
  const text = await readFile(path.join(dir, `${rows}.jsonl`), 'utf8');
  const stepMs = (rows * STEP_MS) / 300;
  const buckets = new Map<number, { n: number; sum: number }>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { serial, atMs, batteryPercent } = JSON.parse(line);
    if (serial !== 'P7') continue;
    const key = Math.floor(atMs / stepMs);
    const bucket = buckets.get(key) ?? { n: 0, sum: 0 };
    buckets.set(key, { n: bucket.n + 1, sum: bucket.sum + batteryPercent });
  }
  return buckets;
};

async function clock(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function p50(work: () => Promise<unknown>, rounds = ROUNDS): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await clock(work));
  return quantile(times, 0.5);
}

const dir = await mkdtemp(path.join(tmpdir(), 'abhaya bench history '));
try {
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  for (const rows of SIZES) results.push(await measure(rows));
  console.log(
    table(
      ['what', ...SIZES.map((rows) => `${rows.toLocaleString('en')} rows`)],
      Object.keys(results[0] ?? {})
        .filter((name) => name !== 'rows')
        .map((name) => [name, ...results.map((it) => figure(it[name as keyof typeof it]))]),
    ),
  );
  if (process.env.ABHAYA_BENCH_OUT)
    writeFileSync(process.env.ABHAYA_BENCH_OUT, JSON.stringify(results, null, 2));
} finally {
  await rm(dir, { recursive: true, force: true });
}
