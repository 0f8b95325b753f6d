// What the window costs: time until it can be used, CPU when nothing happens, and the time from a change in the fleet to
// the pixel, beside a bare Electron window and beside a plain client of the event stream. --sizes 5,50 --starts 5

import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { sleep } from '#base';
import type { LabEvent } from '#schemas';
import { openBareWindow } from '../e2e/window/bare-window.tester.ts';
import { openWindow, type WindowTester } from '../e2e/window/window.tester.ts';
import { quantile, table } from './figures.ts';
import { totalOf, usageOf } from './process-tree.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5,50' },
    starts: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '30' },
    idle: { type: 'string', default: '20' },
  },
});
const idleMs = Number(values.idle) * 1_000;

interface Start {
  windowMs: number;
  connectedMs: number;
  readyMs: number;
  bareMs: number;
}

/** Interleaved with a bare window, so that both meet the same machine. */
async function measureStarts(rounds: number): Promise<Start[]> {
  const starts: Start[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bareAt = performance.now();
    const bare = await openBareWindow();
    const bareMs = performance.now() - bareAt;
    await bare.close();
    const startedAt = performance.now();
    const tester = await openWindow({ args: ['--phones', '5'] });
    try {
      const windowMs = performance.now() - startedAt;
      await tester.page
        .getByText(/phones running|No phones/)
        .first()
        .waitFor();
      const connectedMs = performance.now() - startedAt;
      await tester.meshReady(5);
      starts.push({ windowMs, connectedMs, readyMs: performance.now() - startedAt, bareMs });
    } finally {
      await tester.close();
    }
  }
  return starts;
}

interface Fleet {
  phones: number;
  appIdlePercent: number;
  labIdlePercent: number;
  appPssMB: number;
  /** From the event's arrival in a plain client to the pixel: what the window adds. */
  pixelMs: number[];
}

async function measureFleet(phones: number, rounds: number): Promise<Fleet> {
  const tester = await openWindow({ args: ['--phones', String(phones)] });
  try {
    await tester.meshReady(phones, 60_000 + phones * 3_000);
    await sleep(5_000);
    const app = tester.app.process().pid ?? 0;
    const { pid } = await (await tester.client()).host();
    // The lab host was started by the app, and lies below it.
    const all = async (pss: boolean) => {
      const [whole, lab] = [await usageOf(app, { pss }), await usageOf(pid, { pss })];
      return { whole: totalOf(whole), labTree: totalOf(lab), labHost: lab['lab host'] };
    };
    const cpu = async () => {
      const { whole, labTree, labHost } = await all(false);
      return { app: whole.cpuSeconds - labTree.cpuSeconds, lab: labHost?.cpuSeconds ?? 0 };
    };
    const before = await cpu();
    await sleep(idleMs);
    const after = await cpu();
    const share = (seconds: number) => (seconds / (idleMs / 1_000)) * 100;
    const memory = await all(true);
    return {
      phones,
      appIdlePercent: share(after.app - before.app),
      labIdlePercent: share(after.lab - before.lab),
      appPssMB: memory.whole.pssMB - memory.labTree.pssMB,
      ...(await measurePixels(tester, rounds)),
    };
  } finally {
    await tester.close();
  }
}

/** A change of the fleet as a plain client of the event stream hears it, and as the window shows it. */
async function measurePixels(tester: WindowTester, rounds: number): Promise<{ pixelMs: number[] }> {
  const client = await tester.client();
  let onEvent: (event: LabEvent) => void = () => undefined;
  const stream = await client.events((event) => onEvent(event));
  const pixelMs: number[] = [];
  await tester.page.getByRole('row', { name: /VP0001/ }).waitFor();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const out = round % 2 === 0;
      const [state, word] = out ? (['unplugged', 'Unplugged'] as const) : (['running', 'Running'] as const);
      const seen = new Promise<number>((resolve) => {
        onEvent = (event) => {
          if (event.event === 'phone' && event.phone.serial === 'VP0001' && event.phone.state === state)
            resolve(performance.now());
        };
      });
      const drawn = tester.page.evaluate(
        (wanted) =>
          new Promise<number>((resolve) => {
            const look = () => {
              const row = [...document.querySelectorAll('[role=row]')].find((it) =>
                it.textContent?.includes('VP0001'),
              );
              if (row?.textContent?.includes(wanted)) resolve(performance.timeOrigin + performance.now());
              else requestAnimationFrame(look);
            };
            look();
          }),
        word,
      );
      await client.command('VP0001', { action: out ? 'unplug' : 'plug-in' });
      // Both are told by the same event: the difference between them is the window's.
      const [clientAt, pixelAt] = await Promise.all([seen, drawn]);
      pixelMs.push(pixelAt - (performance.timeOrigin + clientAt));
      await sleep(out ? 300 : 1_500);
    }
  } finally {
    stream.close();
  }
  return { pixelMs };
}

const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, loadBefore: loadavg() };
const starts = await measureStarts(Number(values.starts));
const median = (pick: (start: Start) => number) => quantile(starts.map(pick), 0.5);
console.log(
  table(
    [`start, median of ${starts.length}`, 'ms', '× bare window'],
    (
      [
        ['peer: bare Electron window with a line of text', median(({ bareMs }) => bareMs)],
        ['window drawn', median(({ windowMs }) => windowMs)],
        ['lab host connected', median(({ connectedMs }) => connectedMs)],
        ['five phones, mesh ready', median(({ readyMs }) => readyMs)],
      ] as const
    ).map(([what, ms]) => [what, ms.toFixed(0), (ms / median(({ bareMs }) => bareMs)).toFixed(2)]),
  ),
);
const fleets: Fleet[] = [];
for (const size of values.sizes.split(',').map(Number))
  fleets.push(await measureFleet(size, Number(values.rounds)));
console.log(
  table(
    [
      'phones',
      'app idle, % of a core',
      'lab host idle, % of a core',
      'app PSS, MB',
      'event to pixel, ms: p50',
      'p95',
    ],
    fleets.map((fleet) => [
      String(fleet.phones),
      fleet.appIdlePercent.toFixed(1),
      fleet.labIdlePercent.toFixed(1),
      fleet.appPssMB.toFixed(0),
      quantile(fleet.pixelMs, 0.5).toFixed(0),
      quantile(fleet.pixelMs, 0.95).toFixed(0),
    ]),
  ),
);
if (process.env.ABHAYA_BENCH_OUT)
  await writeFile(process.env.ABHAYA_BENCH_OUT, JSON.stringify({ machine, starts, fleets }, null, 2));
