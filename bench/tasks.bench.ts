// What a task costs beside its work: request to acknowledgement of a service that does nothing, on five virtual phones,
// interleaved with what lies under it (an adb shell round trip to the same phone, an API call). JSON out, a table shown.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { loadToolchain } from '#lab/toolchain';
import { finalTaskStates, type TaskView } from '#schemas';
import { createLabTester, type LabTester } from '../e2e/lab.tester.ts';
import { quantile, table } from './figures.ts';

const ROUNDS = 40;
const AT_ONCE = 8;
const PARALLEL_TASKS = 80;
const NOOP = { packageId: 'org.abhaya.noop', from: 'VP0001', inputs: {} };

const lab = await createLabTester();
try {
  const up = await lab.json<{ adbPort: number; phones: { serial: string; adbSerial: string }[] }>(
    'up',
    '--phones',
    '5',
    '--topology',
    'chain',
    '--detach',
  );
  if (up.exitCode !== 0) throw new Error(JSON.stringify(up));
  const result = await measure(lab, up);
  console.log(
    table(
      ['what', 'p50 ms', 'p95 ms', 'n'],
      result.rows.map((row) => [row.name, row.p50Ms.toFixed(1), row.p95Ms.toFixed(1), String(row.n)]),
    ),
  );
  console.log(`tasks per second, ${AT_ONCE} at a time: ${result.tasksPerSecond.toFixed(1)}`);
  if (process.env.ABHAYA_BENCH_OUT)
    await writeFile(process.env.ABHAYA_BENCH_OUT, JSON.stringify(result, null, 2));
} finally {
  await lab.close();
}

async function measure(
  tester: LabTester,
  up: { adbPort: number; phones: { serial: string; adbSerial: string }[] },
) {
  const client = await tester.client();
  const waiting = new Map<string, (task: TaskView) => void>();
  const ended = new Map<string, TaskView>();
  const stream = await client.events((event) => {
    if (event.event !== 'task' || !finalTaskStates.includes(event.task.state)) return;
    ended.set(event.task.taskId, event.task);
    waiting.get(event.task.taskId)?.(event.task);
  });
  const runTask = async (on?: string): Promise<TaskView> => {
    const { taskId } = await client.submit(on ? { ...NOOP, on } : NOOP);
    const task =
      ended.get(taskId) ?? (await new Promise<TaskView>((resolve) => waiting.set(taskId, resolve)));
    if (task.state !== 'acknowledged')
      throw new Error(`a task ended as ${task.state}: ${task.problem?.message}`);
    return task;
  };
  const adb = loadToolchain().need('adb');
  const far = up.phones[4]?.adbSerial ?? '';
  const shell = () => promisify(execFile)(adb, ['-P', String(up.adbPort), '-s', far, 'shell', 'true']);

  // Packages are fetched once; what follows is the steady state.
  for (const on of ['VP0002', 'VP0005']) await runTask(on);
  const samples: Record<string, number[]> = {};
  const clock = async (name: string, work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await work();
    const list = samples[name] ?? [];
    samples[name] = list;
    list.push(performance.now() - startedAt);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await clock('task, 1 hop', () => runTask('VP0002'));
    await clock('task, 4 hops', () => runTask('VP0005'));
    await clock('task, fittest phone', () => runTask());
    await clock('adb shell true', shell);
    await clock('API call', () => client.host());
  }
  const startedAt = performance.now();
  let left = PARALLEL_TASKS;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await runTask();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const tasksPerSecond = PARALLEL_TASKS / ((performance.now() - startedAt) / 1_000);
  stream.close();
  return {
    rows: Object.entries(samples).map(([name, list]) => ({
      name,
      p50Ms: quantile(list, 0.5),
      p95Ms: quantile(list, 0.95),
      n: list.length,
      ...(name === 'adb shell true' || name === 'API call' ? { peer: name } : {}),
    })),
    tasksPerSecond,
  };
}
