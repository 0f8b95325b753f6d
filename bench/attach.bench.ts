// How long the agent takes to be attached: to bare phones (everything is pushed), to phones as they come (runtime and
// agent are there), and warm (the agent runs), for N phones at once. Beside it, the same bytes pushed by plain
// `adb push`.

import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadToolchain } from '#lab/toolchain';
import type { PhoneView } from '#schemas';
import { createLabTester, type LabTester } from '../e2e/lab.tester.ts';
import { quantile, table } from './figures.ts';

const SIZES = [1, 5, 10];
const WARM_ROUNDS = 5;

interface Row {
  name: string;
  phones: number;
  allMs: number;
  medianMs: number;
  megabytes: number;
  peer?: string;
}

const rows: Row[] = [];
for (const phones of SIZES) {
  const lab = await createLabTester();
  try {
    const up = await lab.json<{ adbPort: number }>('up', '--phones', '0', '--detach');
    rows.push(await cold(lab, phones, true), await cold(lab, phones, false));
    if (phones === 1) rows.push(await plainPush(lab, up.adbPort), await warm(lab));
  } finally {
    await lab.close();
  }
}
console.log(
  table(
    ['what', 'phones', 'all running after, ms', 'attach of one, median ms', 'pushed to each, MB'],
    rows.map((row) => [
      row.name,
      String(row.phones),
      row.allMs.toFixed(0),
      row.medianMs.toFixed(0),
      row.megabytes.toFixed(1),
    ]),
  ),
);
if (process.env.ABHAYA_BENCH_OUT)
  await writeFile(process.env.ABHAYA_BENCH_OUT, JSON.stringify({ load: loadavg(), rows }, null, 2));

/** Adds phones and waits until all of them run; removes them again. */
async function cold(lab: LabTester, count: number, bare: boolean): Promise<Row> {
  const client = await lab.client();
  const startedAt = performance.now();
  const added = await client.addPhones({ count, bare, topology: 'chain' });
  const running = await Promise.all(
    added.map(({ serial }) => lab.phoneWhen(serial, ({ state }) => state === 'running', 180_000)),
  );
  const allMs = performance.now() - startedAt;
  if (count > 1) for (const { serial } of running) await client.removePhone(serial);
  return {
    name: bare ? 'bare phones' : 'phones as they come',
    phones: count,
    allMs,
    ...figures(running),
  };
}

function figures(phones: readonly PhoneView[]): { medianMs: number; megabytes: number } {
  return {
    medianMs: quantile(
      phones.map(({ lastAttach }) => lastAttach?.tookMs ?? Number.NaN),
      0.5,
    ),
    megabytes:
      quantile(
        phones.map(({ lastAttach }) => lastAttach?.pushedBytes ?? Number.NaN),
        0.5,
      ) / 1e6,
  };
}

/** The agent goes on while the cable is out: attaching again pushes and starts nothing. */
async function warm(lab: LabTester): Promise<Row> {
  const client = await lab.client();
  const [phone] = await client.phones();
  const serial = phone?.serial ?? '';
  const took: PhoneView[] = [];
  const startedAt = performance.now();
  for (let round = 0; round < WARM_ROUNDS; round += 1) {
    await client.command(serial, { action: 'unplug' });
    await lab.phoneWhen(serial, ({ state }) => state === 'unplugged');
    await client.command(serial, { action: 'plug-in' });
    took.push(await lab.phoneWhen(serial, ({ state }) => state === 'running'));
  }
  return {
    name: 'warm, agent running',
    phones: 1,
    allMs: (performance.now() - startedAt) / WARM_ROUNDS,
    ...figures(took),
  };
}

async function plainPush(lab: LabTester, adbPort: number): Promise<Row> {
  const { dist, need } = loadToolchain();
  const [phone] = await (await lab.client()).phones();
  const source = path.join(dist, 'phone', phone?.abi ?? 'x86_64', 'runtime');
  const startedAt = performance.now();
  const args = ['-P', String(adbPort), '-s', phone?.adbSerial ?? '', 'push', source, '/data/local/tmp/peer'];
  await promisify(execFile)(need('adb'), args);
  const tookMs = performance.now() - startedAt;
  const node = (await stat(path.join(source, 'bin/node'))).size;
  return {
    name: 'plain adb push of the runtime',
    phones: 1,
    allMs: tookMs,
    medianMs: tookMs,
    megabytes: node / 1e6,
    peer: 'adb push',
  };
}
