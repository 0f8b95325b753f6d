// What a fleet of virtual phones costs: time and CPU until every phone routes to every other, memory, and CPU when
// nothing is asked of it, by kind of process. Sizes and topology: --sizes 5,20,50 --topology ring.

import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { sleep } from '#base';
import { createLabTester } from '../e2e/lab.tester.ts';
import { table } from './figures.ts';
import { endedChildrenSeconds, type TreeUsage, totalOf, usageOf } from './process-tree.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5,20,50' },
    topology: { type: 'string', default: 'ring' },
    idle: { type: 'string', default: '30' },
  },
});
const SETTLE_MS = 5_000;
const idleSeconds = Number(values.idle);

interface Result {
  phones: number;
  topology: string;
  readySeconds: number;
  /** Until the mesh was ready, by kind of process. */
  start: TreeUsage;
  commandLineCpuSeconds: number;
  pssMB: number;
  /** Of one core, in all. */
  idlePercent: number;
  idle: Record<string, number>;
}

async function measure(phones: number): Promise<Result> {
  const lab = await createLabTester();
  try {
    const cliBefore = await endedChildrenSeconds();
    const startedAt = performance.now();
    await lab.json('up', '--phones', String(phones), '--topology', values.topology, '--detach');
    const readySeconds = (performance.now() - startedAt) / 1_000;
    const commandLineCpuSeconds = (await endedChildrenSeconds()) - cliBefore;
    const host = await lab.hostPid();
    const start = await usageOf(host, { pss: false });
    await sleep(SETTLE_MS);
    const withPss = await usageOf(host, { pss: true });
    for (const [kind, { pssMB, processes }] of Object.entries(withPss))
      start[kind] = { cpuSeconds: start[kind]?.cpuSeconds ?? 0, processes, pssMB };
    const before = await usageOf(host, { pss: false });
    await sleep(idleSeconds * 1_000);
    const after = await usageOf(host, { pss: false });
    const idle = Object.fromEntries(
      Object.entries(after).map(([kind, { cpuSeconds }]) => [
        kind,
        ((cpuSeconds - (before[kind]?.cpuSeconds ?? 0)) / idleSeconds) * 100,
      ]),
    );
    return {
      phones,
      topology: values.topology,
      readySeconds,
      start,
      commandLineCpuSeconds,
      pssMB: totalOf(start).pssMB,
      idlePercent: Object.values(idle).reduce((sum, it) => sum + it, 0),
      idle,
    };
  } finally {
    await lab.close();
  }
}

const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, loadBefore: loadavg() };
const results: Result[] = [];
for (const size of values.sizes.split(',').map(Number)) {
  const result = await measure(size);
  results.push(result);
  console.log(
    `${result.phones} phones, ${result.topology}: ready after ${result.readySeconds.toFixed(1)} s; ` +
      `${(totalOf(result.start).cpuSeconds + result.commandLineCpuSeconds).toFixed(1)} CPU-s; ` +
      `${(result.pssMB / 1_000).toFixed(2)} GB PSS; idle ${result.idlePercent.toFixed(1)} % of a core`,
  );
  console.log(
    table(
      ['kind', 'processes', 'CPU until ready, s', 'PSS, MB', 'idle, % of a core'],
      [
        ...Object.entries(result.start)
          .sort(([, a], [, b]) => b.cpuSeconds - a.cpuSeconds)
          .map(([kind, { processes, cpuSeconds, pssMB }]) => [
            kind,
            String(processes),
            cpuSeconds.toFixed(1),
            pssMB.toFixed(0),
            (result.idle[kind] ?? 0).toFixed(2),
          ]),
        ['abhaya up', '', result.commandLineCpuSeconds.toFixed(1), '', ''],
      ],
    ),
  );
}
if (process.env.ABHAYA_BENCH_OUT)
  await writeFile(process.env.ABHAYA_BENCH_OUT, JSON.stringify({ machine, results }, null, 2));
