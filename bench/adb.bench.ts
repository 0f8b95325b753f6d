// How fast our adbd is beside Debian trixie's real one and beside a plain copy over the loopback: push, pull, shell
// round trip, interleaved in one run; then what idle phones cost. Writes bench/out/adb.json and prints a table.
// Usage: node bench/adb.bench.ts [rounds] [phones]

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Table from 'cli-table3';
import { openPhoneBench } from '../lab/virtual-phone/testing/phone-bench.ts';

const rounds = Number(process.argv[2] ?? 7);
const phoneCount = Number(process.argv[3] ?? 5);
const BYTES = 100_000_000;
const SHELLS = 20;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** One file through one loopback TCP connection into another file: the floor under every push. */
async function plainCopy(from: string, to: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const received = new Promise<void>((resolve, reject) =>
    server.once('connection', (socket) => pipeline(socket, createWriteStream(to)).then(resolve, reject)),
  );
  const { port } = server.address() as { port: number };
  await pipeline(createReadStream(from, { highWaterMark: 262_144 }), connect(port, '127.0.0.1'));
  await received;
  server.close();
}

/** CPU seconds and proportional memory of a process and its children. */
async function cost(pid: number): Promise<{ cpuMs: number; pssKb: number }> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const own = {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    pssKb: Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0),
  };
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .trim()
    .split(' ')
    .filter(Boolean);
  for (const child of children) {
    const { cpuMs, pssKb } = await cost(Number(child)).catch(() => ({ cpuMs: 0, pssKb: 0 }));
    own.cpuMs += cpuMs;
    own.pssKb += pssKb;
  }
  return own;
}

const phones: number[] = [];
const bench = await openPhoneBench();
try {
  const big = join(bench.dir, 'big');
  await writeFile(big, Buffer.alloc(BYTES, 'benchmark'));
  const ours = (await bench.phone()).adbAddress;
  const theirs = (await bench.reference()).adbAddress;
  for (const address of [ours, theirs]) await bench.server.connect(address);
  const samples: Record<string, number[]> = {};
  const note = (name: string, value: number) => {
    samples[name] ??= [];
    samples[name].push(value);
  };
  const rate = (ms: number) => BYTES / 1e6 / (ms / 1000);
  const transports = { ours: await bench.server.open(ours), trixie: await bench.server.open(theirs) };
  for (let round = 0; round < rounds; round++) {
    note('copy plain', rate(await time(() => plainCopy(big, join(bench.dir, 'copy')))));
    for (const [name, serial] of [
      ['ours', ours],
      ['trixie', theirs],
    ] as const) {
      const back = join(bench.dir, 'back');
      note(`push ${name}`, rate(await time(() => bench.adb(serial, 'push', big, '/data/local/tmp/big'))));
      await rm(back, { force: true });
      note(`pull ${name}`, rate(await time(() => bench.adb(serial, 'pull', '/data/local/tmp/big', back))));
      for (let i = 0; i < SHELLS; i++)
        note(`shell ${name}`, await time(() => transports[name].shell('true')));
    }
  }
  const startMs = await time(async () => {
    const started = await Promise.all(Array.from({ length: phoneCount }, () => bench.phone()));
    await Promise.all(started.map((phone) => bench.server.connect(phone.adbAddress)));
    phones.push(...started.map(({ pid }) => pid));
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const before = await Promise.all(phones.map(cost));
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const after = await Promise.all(phones.map(cost));
  const medians = Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
  const value = (name: string): number => medians[name] ?? Number.NaN;
  const result = {
    at: new Date().toISOString(),
    /** How busy the machine was, by the end: averages of 1, 5 and 15 minutes. */
    load: loadavg(),
    rounds,
    bytes: BYTES,
    medians,
    ratios: {
      'push ours / trixie': value('push ours') / value('push trixie'),
      'pull ours / trixie': value('pull ours') / value('pull trixie'),
      'push ours / plain copy': value('push ours') / value('copy plain'),
      'shell ours / trixie': value('shell ours') / value('shell trixie'),
    },
    idle: {
      phones: phoneCount,
      startedAndConnectedMs: startMs,
      pssMbPerPhone: median(after.map(({ pssKb }) => pssKb)) / 1024,
      cpuPercentOfACorePerPhone: median(after.map(({ cpuMs }, i) => (cpuMs - (before[i]?.cpuMs ?? 0)) / 100)),
    },
    samples,
  };
  const out = join(import.meta.dirname, 'out');
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'adb.json'), `${JSON.stringify(result, null, 2)}\n`);
  const table = new Table({ head: ['median of one run', 'our adbd', "trixie's adbd", 'plain copy'] });
  table.push(
    [
      'push, MB/s',
      value('push ours').toFixed(0),
      value('push trixie').toFixed(0),
      value('copy plain').toFixed(0),
    ],
    ['pull, MB/s', value('pull ours').toFixed(0), value('pull trixie').toFixed(0), ''],
    ['shell round trip, ms', value('shell ours').toFixed(1), value('shell trixie').toFixed(1), ''],
  );
  console.log(table.toString());
  console.log(JSON.stringify(result.idle));
} finally {
  await bench.close();
}
