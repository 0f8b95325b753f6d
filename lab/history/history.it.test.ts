import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Emitter, ManualClock, poll, Scope, silentLogger, systemClock } from '#base';
import type { LabEvent, LinkView, PhoneView } from '#schemas';
import { exportStream } from './export-stream.ts';
import { type History, type HistoryOptions, openHistory } from './history.ts';
import { recordLab } from './record-lab.ts';
import { sampleMeasurement, sampleTask } from './testing/samples.ts';

/** Of today: what is older than the retention is not kept. */
const NOW = Date.now();
let scope: Scope;
let dir: string;
let file: string;

beforeEach(async () => {
  scope = new Scope('history');
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya history '));
  scope.add(() => rm(dir, { recursive: true, force: true }));
  file = path.join(dir, 'history.db');
});
afterEach(() => scope.close());

const open = (more: Partial<HistoryOptions> = {}): History =>
  scope.own(
    openHistory({ file, version: '1', clock: systemClock, logger: silentLogger, ...more }),
    (history) => history.close(),
  );
const storedTasks = (history: History, count: number) =>
  poll(async () => ((await history.status()).rows.tasks >= count ? true : undefined), {
    ...{ everyMs: 20, timeoutMs: 20_000, what: `storing ${count} tasks` },
  });

test('what was recorded is there after a restart, also what waited as it was closed', async () => {
  const first = open();
  for (let n = 0; n < 1_200; n += 1) first.record.task({ atMs: NOW, task: sampleTask(n) });
  first.record.phone(sampleMeasurement(Date.now() - 1_000));
  await first.close();
  const second = open({ version: '2' });
  expect((await second.status()).rows).toMatchObject({ tasks: 1_200, measurements: 1, runs: 2 });
  expect((await second.task('task-7')).task).toEqual(sampleTask(7));
  expect((await second.measurements({})).buckets).toMatchObject([{ serial: 'VP0001', samples: 1 }]);
  await expect(second.measurements({ from: 5, to: 4 })).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await second.runs()).toMatchObject([{ current: true }, { version: '1', tasks: 1_200 }]);
});

describe('a lab host that is killed', () => {
  test('leaves a whole file with all that it had stored', async () => {
    let first = 0;
    for (let round = 0; round < 4; round += 1) {
      const { said, kill } = startWriter([], String(first));
      const stored = await said(({ tasks }) => tasks >= first + 100 + round * 37);
      await kill();
      const history = open();
      const { rows, movedAside } = await history.status();
      expect(movedAside).toBeUndefined();
      expect(rows.tasks).toBeGreaterThanOrEqual(stored.tasks);
      // In order and without a hole: a batch is there or it isn't.
      const { tasks } = await history.tasks({ limit: 1 });
      expect(tasks[0]?.taskId).toBe(`task-${rows.tasks - 1}`);
      first = rows.tasks;
      await history.close();
    }
    expect((await readdir(dir)).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});

describe('a disk', () => {
  test('that is full is said so, nothing is damaged, and writing goes on when there is room', async () => {
    // The kernel refuses to let any file of this process grow beyond a megabyte.
    const { said, child, kill } = startWriter(['sh', '-c', 'ulimit -Sf 2048; exec "$0" "$@"']);
    const full = await said(({ problem }) => problem !== undefined);
    expect(full.problem?.code).toBe('history.unavailable');
    await promisify(execFile)('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    const after = await said(({ problem, tasks }) => problem === undefined && tasks > full.tasks + 100);
    expect(after.tasks).toBeGreaterThan(full.tasks);
    await kill();
    const history = open();
    expect((await history.status()).movedAside).toBeUndefined();
    await storedTasks(history, after.tasks);
  });

  test('that stands still stops nobody: samples beyond the buffer are dropped and counted', async () => {
    const history = open({
      thread: deafThread(),
      buffer: { tasks: 10, events: 10, samples: 1_000 },
    });
    history.record.phone(sampleMeasurement(NOW));
    await poll(async () => ((await writesAsked(history)) > 0 ? true : undefined), {
      ...{ everyMs: 20, timeoutMs: 20_000, what: 'the first write' },
    });
    for (let n = 0; n < 5_000; n += 1) history.record.phone(sampleMeasurement(NOW + n));
    for (let n = 0; n < 25; n += 1) history.record.task({ atMs: NOW, task: sampleTask(n) });
    expect((await history.status()).dropped).toEqual({ tasks: 15, events: 0, samples: 4_000 });
  });
});

test('a damaged file is put aside with a warning, and the history goes on', async () => {
  await writeFile(file, 'not a database at all '.repeat(1_000));
  const warned: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
  const history = open({ logger });
  history.record.task({ atMs: NOW, task: sampleTask(1) });
  await storedTasks(history, 1);
  expect((await history.status()).movedAside).toMatch(/history\.db\.damaged-/);
  expect(warned).toEqual([expect.stringContaining('put aside')]);
});

test('a file that can’t be opened is a problem that is shown, and what waits is written when it is gone', async () => {
  file = path.join(dir, 'later', 'history.db');
  const history = open();
  history.record.task({ atMs: NOW, task: sampleTask(1) });
  await expect(history.tasks({ limit: 1 })).rejects.toMatchObject({ code: 'history.unavailable' });
  expect((await history.status()).problem?.code).toBe('history.unavailable');
  await promisify(execFile)('mkdir', [path.dirname(file)]);
  await storedTasks(history, 1);
});

test('a thread that dies is started again, and what was in its hands is written', async () => {
  const history = open({ thread: dyingThread(path.join(dir, 'died')) });
  history.record.task({ atMs: NOW, task: sampleTask(1) });
  await storedTasks(history, 1);
  expect((await history.status()).failedWrites).toBe(1);
  expect(await history.runs()).toHaveLength(1);
});

describe('an export', () => {
  const hostile = ['=HYPERLINK("http://evil.example")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', 'a,"b"\nc'];

  test('is whole, in both formats, and empty ones are valid', async () => {
    const history = open();
    expect(JSON.parse(await text(await exportStream(history, 'tasks', 'json')))).toEqual([]);
    expect(await text(await exportStream(history, 'events', 'csv'))).toBe(
      'atMs,runId,kind,subject,state,detail\n',
    );
    for (let n = 0; n < 2_500; n += 1) {
      history.record.task({ atMs: NOW, task: sampleTask(n) });
      history.record.phone(sampleMeasurement(NOW + n, 'VP0001', { celsius: -5.5 }));
    }
    await storedTasks(history, 2_500);
    const tasks = JSON.parse(await text(await exportStream(history, 'tasks', 'json')));
    expect(tasks).toHaveLength(2_500);
    expect(tasks[7]).toMatchObject({ taskId: 'task-7', requester: 'VP0001', task: sampleTask(7) });
    const csv = (await text(await exportStream(history, 'measurements', 'csv'))).trimEnd().split('\n');
    expect(csv).toHaveLength(2_501);
    expect(csv[1]).toBe(`${NOW},VP0001,80,0,0,-5.5,0.25,1000000,2000000`);
  });

  test('has no cell that a spreadsheet would run', async () => {
    const history = open();
    for (const [n, device] of hostile.entries()) {
      history.record.task({ atMs: NOW, task: sampleTask(n, { device }) });
    }
    await storedTasks(history, hostile.length);
    const csv = await text(await exportStream(history, 'tasks', 'csv'));
    for (const device of hostile.slice(0, 5)) expect(csv).toContain(`'${device.replaceAll('"', '""')}`);
    expect(csv).toContain('"a,""b""\nc"');
    expect(csv.split('\n').filter((line) => /(?:^|,)"?[=+@\t]/.test(line))).toEqual([]);
  });

  test('that nobody reads to the end holds nothing', async () => {
    const history = open();
    for (let n = 0; n < 1_000; n += 1) history.record.task({ atMs: NOW, task: sampleTask(n) });
    await storedTasks(history, 1_000);
    for (const format of ['json', 'csv'] as const) {
      const stream = await exportStream(history, 'tasks', format);
      stream.once('data', () => stream.destroy());
      await once(stream, 'close');
    }
    expect((await history.tasks({ limit: 1 })).tasks).toHaveLength(1);
  });
});

test('clearing forgets what waits and what is stored', async () => {
  const history = open();
  for (let n = 0; n < 100; n += 1) history.record.task({ atMs: NOW, task: sampleTask(n) });
  await storedTasks(history, 100);
  history.record.event({ atMs: NOW, kind: 'mesh', subject: '', state: 'ready' });
  await history.clear();
  expect((await history.status()).rows).toMatchObject({ tasks: 0, events: 0, runs: 1 });
});

test('events of the lab host become records, no more often than is useful', async () => {
  const history = open();
  const clock = new ManualClock(NOW);
  const events = new Emitter<LabEvent>();
  const links: LinkView[] = [];
  const recorder = scope.own(
    recordLab({ record: history.record, links: () => links, clock, version: '1' }),
    (it) => it.close(),
  );
  events.on((event) => recorder.take(event));
  const phone: PhoneView = { serial: 'P', adbSerial: 'P', kind: 'usb', state: 'ready' };
  for (const batteryPercent of [80, 79, 78])
    events.emit({ event: 'phone', phone: { ...phone, batteryPercent } });
  for (let n = 0; n < 30; n += 1) {
    events.emit({ event: 'measurement', ...sampleMeasurement(NOW + n * 500, 'P') });
    const progress = { cpuMs: n, memoryBytes: n, bytesIn: n, bytesOut: n };
    events.emit({ event: 'task', task: sampleTask(1, { state: 'running', progress }) });
    clock.advance(100);
  }
  events.emit({ event: 'task', task: sampleTask(1) });
  events.emit({ event: 'mesh', ready: true, atMs: NOW });
  events.emit({ event: 'phone-gone', serial: 'P' });
  events.emit({ event: 'stopping' });
  await storedTasks(history, 1);
  expect((await history.status()).rows).toMatchObject({
    events: 5,
    measurements: 3,
    taskSamples: 3,
    tasks: 1,
  });
  const stored = JSON.parse(await text(await exportStream(history, 'events', 'json')));
  expect(stored.map((it: { kind: string; state: string }) => `${it.kind} ${it.state}`)).toEqual([
    ...['host started', 'phone ready', 'mesh ready', 'phone gone', 'host stopped'],
  ]);
  expect((await history.task('task-1')).samples.map(({ cpuMs }) => cpuMs)).toEqual([0, 10, 20]);
});

interface Said {
  tasks: number;
  problem?: { code: string };
}

/** Starts testing/history-writer.ts, by a command in front where there is one. */
function startWriter(before: readonly string[], first = '0') {
  const program = fileURLToPath(new URL('./testing/history-writer.ts', import.meta.url));
  const [command = '', ...args] = [
    ...before,
    ...[process.execPath, '--disable-warning=ExperimentalWarning', program, file, first],
  ];
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  scope.add(kill);
  if (!child.stdout) throw new Error('no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = async (holds: (said: Said) => boolean): Promise<Said> => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const said = JSON.parse(line.value) as Said;
      if (holds(said)) return said;
    }
    throw new Error('the writer ended');
  };
  return { child, said, kill };
}

const threadOf = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

/** Opens, counts the writes that it was asked for, and answers none. */
const deafThread = (): URL =>
  threadOf(`import { parentPort } from 'node:worker_threads';
    let writes = 0;
    const rows = () => ({ runs: writes, tasks: 0, events: 0, measurements: 0, links: 0, taskSamples: 0 });
    parentPort.on('message', ({ id, call }) => {
      if (call === 'write') writes += 1;
      else parentPort.postMessage({ id, answer: call === 'countRows' ? { bytes: 0, rows: rows() } : undefined });
    });`);
const writesAsked = async (history: History): Promise<number> => (await history.status()).rows.runs;

/** The real thread, which dies in its first write and not again. */
const dyingThread = (mark: string): URL =>
  threadOf(`import { parentPort } from 'node:worker_threads';
    import { existsSync, writeFileSync } from 'node:fs';
    const mark = ${JSON.stringify(mark)};
    const on = parentPort.on.bind(parentPort);
    parentPort.on = (name, listener) =>
      on(name, (message) => {
        if (message.call !== 'write' || existsSync(mark)) return listener(message);
        writeFileSync(mark, '');
        process.exit(1);
      });
    await import(${JSON.stringify(new URL('./history-thread.ts', import.meta.url).href)});`);
