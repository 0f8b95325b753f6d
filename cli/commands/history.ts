// `abhaya history …`: what the lab host remembers of this run and those before.

import { createInterface } from 'node:readline/promises';
import { AbhayaError } from '#base';
import type { HistoryBucket, HistoryExportFormat, HistoryExportWhat, HistoryTask } from '#schemas';
import type { CommandContext } from '../context.ts';
import { formatBytes, formatMs, table } from '../print.ts';

export interface HistoryTasksOptions {
  readonly limit: number;
  readonly before?: string;
  readonly package?: string;
  readonly state?: string;
}

export interface HistoryMeasurementsOptions {
  readonly serial?: string;
  readonly hours: number;
  readonly step?: number;
}

const HOUR_MS = 3_600_000;

export async function historyStatus(context: CommandContext): Promise<void> {
  const client = await context.connect();
  const [status, runs] = await Promise.all([client.history(), client.historyRuns()]);
  context.printer.result({ ...status, runs }, () => {
    const { rows, dropped } = status;
    const lost = dropped.tasks + dropped.events + dropped.samples;
    return [
      `${status.file}, ${formatBytes(status.bytes)}: ${rows.tasks} tasks, ${rows.measurements} measurements, ` +
        `${rows.events} events of ${rows.runs} runs of the lab host`,
      ...(status.problem ? [`not working: ${status.problem.message}`] : []),
      ...(status.movedAside ? [`a damaged file was put aside: ${status.movedAside}`] : []),
      ...(lost > 0 ? [`${lost} records of this run were not written`] : []),
    ].join('\n');
  });
}

export async function historyTasks(context: CommandContext, options: HistoryTasksOptions): Promise<void> {
  const page = await (await context.connect()).historyTasks(options);
  context.printer.result(page, () =>
    page.tasks.length
      ? [
          table(
            ['WHEN', 'TASK', 'PACKAGE', 'FROM', 'ON', 'STATE', 'TOOK', 'MEMORY'],
            page.tasks.map(taskRow),
          ),
          ...(page.next ? [`More: abhaya history tasks --before ${page.next}`] : []),
        ].join('\n')
      : 'No such tasks.',
  );
}

export async function historyTask(context: CommandContext, taskId: string): Promise<void> {
  const found = await (await context.connect()).historyTask(taskId);
  context.printer.result(found, () => JSON.stringify(found, null, 2));
}

const taskRow = (task: HistoryTask): string[] => [
  when(task.startedAt),
  task.taskId,
  `${task.packageId}${task.version ? ` ${task.version}` : ''}`,
  task.from,
  task.device ?? '',
  task.interrupted ? `${task.state} (interrupted)` : task.state,
  task.durationMs === undefined ? '' : formatMs(task.durationMs),
  task.peakMemoryBytes === undefined ? '' : formatBytes(task.peakMemoryBytes),
];

export async function historyServices(context: CommandContext): Promise<void> {
  const services = await (await context.connect()).historyServices();
  context.printer.result(services, () =>
    services.length
      ? table(
          ['PACKAGE', 'VERSION', 'RUNS', 'SUCCESS', 'P50', 'P95', 'MEMORY'],
          services.map((it) => [
            it.packageId,
            it.version ?? '',
            String(it.runs),
            it.successRate === undefined ? '' : `${Math.round(it.successRate * 100)} %`,
            it.p50DurationMs === undefined ? '' : formatMs(it.p50DurationMs),
            it.p95DurationMs === undefined ? '' : formatMs(it.p95DurationMs),
            it.p50PeakMemoryBytes === undefined ? '' : formatBytes(it.p50PeakMemoryBytes),
          ]),
        )
      : 'No task has ended yet.',
  );
}

export async function historyMeasurements(
  context: CommandContext,
  { serial, hours, step }: HistoryMeasurementsOptions,
): Promise<void> {
  const to = Date.now();
  const asked = { from: to - hours * HOUR_MS, to, ...(step ? { step: step * 1_000 } : {}) };
  const found = await (await context.connect()).historyMeasurements(serial ? { ...asked, serial } : asked);
  context.printer.result(found, () =>
    found.buckets.length
      ? table(
          ['WHEN', 'PHONE', 'BATTERY', 'CHARGING', 'THERMAL', '°C', 'CPU', 'FREE MEMORY', 'SAMPLES'],
          found.buckets.map(bucketRow),
        )
      : 'Nothing was measured in that time.',
  );
}

const bucketRow = (bucket: HistoryBucket): string[] => [
  when(bucket.atMs),
  bucket.serial,
  `${Math.round(bucket.batteryPercent.avg)} %`,
  `${Math.round(bucket.charging * 100)} %`,
  String(bucket.thermal.max),
  bucket.celsius ? bucket.celsius.avg.toFixed(1) : '',
  `${Math.round(bucket.cpuLoad.avg * 100)} %`,
  formatBytes(Math.round(bucket.availableMemoryBytes.avg)),
  String(bucket.samples),
];

export async function historyExport(
  context: CommandContext,
  options: { what: HistoryExportWhat; format: HistoryExportFormat; out: string },
): Promise<void> {
  const { what, format, out } = options;
  try {
    await (await context.connect()).saveHistory(what, format, out);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new AbhayaError('conflict', `${out} is there already`, { cause: error });
  }
  context.printer.result({ what, format, path: out }, () => `${what}: ${out}`);
}

/** Asks on a terminal; elsewhere only --yes will do. */
export async function historyClear(context: CommandContext, { yes }: { yes: boolean }): Promise<void> {
  const client = await context.connect();
  const { rows } = await client.history();
  if (!yes && !(await isMeant(`Forget ${rows.tasks} tasks and ${rows.measurements} measurements? [y/N] `))) {
    throw new AbhayaError('cancelled', 'nothing was forgotten');
  }
  await client.clearHistory();
  context.printer.result({ cleared: true, rows }, () => 'The history is empty.');
}

async function isMeant(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new AbhayaError('input.invalid', 'without a terminal, say --yes');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await prompt.question(question)).trim());
  } finally {
    prompt.close();
  }
}

const when = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
