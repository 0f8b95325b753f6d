// `abhaya run`: requests a task, follows it, and writes its outputs to new files.

import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AbhayaError, isErrorCode, sleep } from '#base';
import { type LabClient, nameFor, namingOf } from '#lab/client';
import { finalTaskStates, type SubmitTask, type TaskView } from '#schemas';
import type { CommandContext } from '../context.ts';
import { formatBytes, formatMs } from '../print.ts';

export interface RunOptions {
  readonly inputs: readonly string[];
  readonly from?: string;
  readonly on?: string;
  readonly out?: string;
  readonly timeoutSeconds?: number;
}

/** What `run --json` prints: stable, see docs/CLI.md. */
export interface RunDocument {
  readonly taskId: string;
  readonly state: string;
  readonly device: string | undefined;
  readonly hops: number;
  readonly attempts: number;
  readonly outputs: readonly { name: string; path: string; sha256: string; bytes: number; value?: unknown }[];
  readonly timeline: TaskView['timeline'];
  readonly report: TaskView['report'] | null;
}

export async function run(context: CommandContext, packageId: string, options: RunOptions): Promise<void> {
  const client = await context.connect();
  const folder = path.resolve(options.out ?? path.join(context.home.dir, 'outputs'));
  await mkdir(folder, { recursive: true });
  const { document, task } = await runTask(client, context, { ...options, packageId, folder });
  context.printer.result(document, () => describe(document, task));
}

/** Runs one task to its end. Throws the task's own error when it isn't acknowledged. */
export async function runTask(
  client: LabClient,
  context: Pick<CommandContext, 'printer' | 'signal'>,
  options: RunOptions & { packageId: string; folder: string },
): Promise<{ document: RunDocument; task: TaskView }> {
  const { signal } = context;
  const request: SubmitTask = {
    packageId: options.packageId,
    inputs: await resolveInputs(client, options.inputs, context),
    ...(options.from ? { from: options.from } : {}),
    ...(options.on ? { on: options.on } : {}),
    ...(options.timeoutSeconds ? { deadlineMs: options.timeoutSeconds * 1_000 } : {}),
  };
  const submitted = await client.submit(request);
  const task = await follow(client, submitted, context);
  if (task.state !== 'acknowledged') throw failureOf(task);
  const outputs = [];
  const manifest = await client.manifestOf(task);
  for (const output of task.outputs) {
    const naming = namingOf(output, task, manifest);
    const names =
      naming.pattern === undefined
        ? namesByTask(output.name, task.taskId)
        : (counter: number) => nameFor(naming, new Date(), counter);
    const file = await saveUnique(client, task.taskId, output.name, options.folder, names);
    outputs.push({
      name: output.name,
      path: file,
      sha256: output.sha256,
      bytes: output.bytes,
      ...('value' in output ? { value: output.value } : {}),
    });
  }
  signal.throwIfAborted();
  const { taskId, state, device, hops, attempts, timeline } = task;
  const document = { taskId, state, device, hops, attempts, outputs, timeline, report: task.report ?? null };
  return { document, task };
}

/** name=path when there is such a file, else name=value: JSON where it parses, text otherwise. */
async function resolveInputs(
  client: LabClient,
  inputs: readonly string[],
  { printer, signal }: Pick<CommandContext, 'printer' | 'signal'>,
): Promise<SubmitTask['inputs']> {
  const resolved: SubmitTask['inputs'] = {};
  for (const input of inputs) {
    const at = input.indexOf('=');
    const [name, text] = [input.slice(0, at), input.slice(at + 1)];
    if (at <= 0) throw new AbhayaError('input.invalid', `--input wants name=path-or-value, not ${input}`);
    if (name in resolved) throw new AbhayaError('input.invalid', `the input ${name} is given twice`);
    const found = await stat(text).catch(() => undefined);
    if (found?.isDirectory()) throw new AbhayaError('input.invalid', `${text} is a folder, not a file`);
    if (found) {
      printer.progress(`sending ${text} (${formatBytes(found.size)})`);
      const { uploadId } = await client.upload(text, { signal });
      resolved[name] = { upload: uploadId };
    } else {
      resolved[name] = { value: parseValue(text) };
    }
  }
  return resolved;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const POLL_MS = 500;

/** Follows a task by events, and by asking now and then in case an event was lost. Ctrl-C cancels it. */
async function follow(
  client: LabClient,
  submitted: TaskView,
  { printer, signal }: Pick<CommandContext, 'printer' | 'signal'>,
): Promise<TaskView> {
  let task = submitted;
  let wake: () => void = () => undefined;
  const update = (next: TaskView) => {
    if (finalTaskStates.includes(task.state)) return;
    task = next;
    printer.progress(progressOf(task));
    wake();
  };
  const stream = await client.events((event) => {
    if (event.event === 'task' && event.task.taskId === submitted.taskId) update(event.task);
  });
  const onAbort = () => {
    client.cancel(submitted.taskId).then(update, () => undefined);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    while (!finalTaskStates.includes(task.state)) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([woken, sleep(POLL_MS)]);
      update(await client.task(submitted.taskId));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.close();
  }
  return task;
}

function progressOf(task: TaskView): string {
  const where = task.device ? ` on ${task.device}` : '';
  const bytes = task.progress?.bytesIn ? `, ${formatBytes(task.progress.bytesIn)} read` : '';
  return `${task.state}${where}${task.attempts > 1 ? `, attempt ${task.attempts}` : ''}${bytes}`;
}

/** The task's problem as an error with its code; the whole task is in the details. */
function failureOf(task: TaskView): AbhayaError {
  const fallback = { cancelled: 'task.cancelled', expired: 'task.expired' } as const;
  const code = task.problem && isErrorCode(task.problem.code) ? task.problem.code : undefined;
  const byState =
    task.state === 'cancelled' || task.state === 'expired' ? fallback[task.state] : 'task.failed';
  return new AbhayaError(code ?? byState, task.problem?.message ?? `the task is ${task.state}`, {
    details: { task },
  });
}

/** Where the manifest has no pattern. */
function namesByTask(name: string, taskId: string): (counter: number) => string {
  const { name: stem, ext } = path.parse(path.basename(name) || 'output');
  return (counter) => `${stem}-${taskId.slice(0, 8)}${counter ? `-${counter}` : ''}${ext}`;
}

/** Never overwrites: a counter follows the name where it is taken. */
async function saveUnique(
  client: LabClient,
  taskId: string,
  name: string,
  folder: string,
  names: (counter: number) => string,
): Promise<string> {
  for (let counter = 0; counter < 10_000; counter += 1) {
    const file = path.join(folder, names(counter));
    try {
      await client.saveOutput(taskId, name, file);
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new AbhayaError('conflict', `no free name for ${name} in ${folder}`);
}

function describe(document: RunDocument, task: TaskView): string {
  const end = document.timeline.at(-1)?.atMs ?? 0;
  const lines = [
    `${document.state} in ${formatMs(end)} on ${document.device ?? '?'} ` +
      `(${document.hops} ${document.hops === 1 ? 'hop' : 'hops'}, attempt ${document.attempts})`,
  ];
  for (const { state, atMs } of document.timeline) lines.push(`  ${formatMs(atMs).padStart(8)}  ${state}`);
  if (document.report) {
    const { cpuMs, peakMemoryBytes } = document.report;
    lines.push(`  sandbox: ${formatMs(cpuMs)} of CPU, ${formatBytes(peakMemoryBytes)} at most`);
  }
  for (const output of document.outputs) {
    lines.push(`${output.name} (${formatBytes(output.bytes)}): ${output.path}`);
    if (output.value !== undefined) lines.push(JSON.stringify(output.value, null, 2));
  }
  return task.problem ? [...lines, task.problem.message].join('\n') : lines.join('\n');
}
