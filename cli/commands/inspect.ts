// The commands that only look: devices, services, tasks, logs, doctor.

import { AbhayaError, sleep } from '#base';
import type { DoctorCheck, TaskView } from '#schemas';
import type { CommandContext } from '../context.ts';
import { formatBytes, formatMs, table } from '../print.ts';
import { phoneTable } from './up.ts';

export async function devices(context: CommandContext): Promise<void> {
  const phones = await (await context.connect()).phones();
  context.printer.result(phones, () =>
    phones.length ? phoneTable(phones) : 'No phones. Start some with: abhaya up --phones 5',
  );
}

export async function servicesList(context: CommandContext): Promise<void> {
  const services = await (await context.connect()).services();
  context.printer.result(services, () =>
    services.length
      ? table(
          ['PACKAGE', 'VERSION', 'SIZE', 'SIGNED', 'PHONES', 'AUTHOR'],
          services.map((service) => [
            service.packageId,
            service.version,
            formatBytes(service.packedBytes),
            service.signed ? 'yes' : 'no',
            service.phones
              .map(({ serial, verdict }) => (verdict === 'ok' ? serial : `${serial} (${verdict})`))
              .join(' '),
            service.author,
          ]),
        )
      : 'No services. Install one with: abhaya services install FILE.meshsvc',
  );
}

export async function servicesInstall(context: CommandContext, file: string, serial?: string): Promise<void> {
  const service = await (await context.connect()).installService(file, serial);
  for (const problem of service.problems ?? [])
    context.printer.note(`${problem.serial} did not take it: ${problem.message} (${problem.code})`);
  context.printer.result(
    service,
    () =>
      `Installed ${service.packageId} ${service.version} on ${service.phones.map((it) => it.serial).join(', ')}.`,
  );
}

export async function tasks(context: CommandContext, taskId?: string): Promise<void> {
  const client = await context.connect();
  if (taskId) {
    const task = await client.task(taskId);
    context.printer.result(task, () => JSON.stringify(task, null, 2));
    return;
  }
  const all = await client.tasks();
  context.printer.result(all, () =>
    all.length
      ? table(['TASK', 'PACKAGE', 'FROM', 'ON', 'STATE', 'TOOK'], all.map(taskRow))
      : 'No tasks yet.',
  );
}

const taskRow = (task: TaskView): string[] => [
  task.taskId,
  task.packageId,
  task.from,
  task.device ?? '–',
  task.problem ? `${task.state}: ${task.problem.message}` : task.state,
  formatMs(task.timeline.at(-1)?.atMs ?? 0),
];

const FOLLOW_MS = 1_000;

export async function logs(
  context: CommandContext,
  serial: string,
  options: { lines: number; follow: boolean },
): Promise<void> {
  const client = await context.connect();
  const log = await client.log(serial, options.lines);
  context.printer.result(log, () => log.lines.join('\n'));
  let last = log.lines;
  while (options.follow && !context.signal.aborted) {
    await sleep(FOLLOW_MS, { signal: context.signal }).catch(() => undefined);
    const next = (await client.log(serial, options.lines)).lines;
    const fresh = newLines(last, next);
    if (fresh.length) context.printer.result({ serial, lines: fresh }, () => fresh.join('\n'));
    last = next;
  }
}

/** The lines of `next` after the end of `last`; all of them when the two don't meet. */
export function newLines(last: readonly string[], next: readonly string[]): readonly string[] {
  const tail = last.at(-1);
  if (tail === undefined) return next;
  for (let at = next.length - 1; at >= 0; at -= 1) {
    if (next[at] === tail) return next.slice(at + 1);
  }
  return next;
}

/** Records what reaches a phone from its neighbours until Ctrl-C or the time is over, into a new file. */
export async function capture(
  context: CommandContext,
  serial: string,
  options: { seconds: number; out: string },
): Promise<void> {
  const client = await context.connect();
  await client.startCapture(serial);
  context.printer.note(`Recording on ${serial} for ${options.seconds} s; Ctrl-C ends it earlier.`);
  await sleep(options.seconds * 1_000, { signal: context.signal }).catch(() => undefined);
  const summary = await client.stopCapture(serial);
  await client.saveCapture(serial, options.out);
  const document = { serial, ...summary, path: options.out };
  context.printer.result(
    document,
    () => `${summary.frames} frames, ${formatBytes(summary.bytes)}: ${options.out}`,
  );
}

export async function doctor(context: CommandContext, local: () => Promise<DoctorCheck[]>): Promise<void> {
  const running = await context.connect().catch(() => undefined);
  // A lab host's doctor looks at the machine too.
  const checks = await (running ? running.doctor() : local());
  if (!running) {
    checks.push({ name: 'lab host', ok: true, found: `none runs for ${context.home.dir}` });
  }
  context.printer.result(checks, () =>
    checks
      .map(
        ({ name, ok, found, fix }) =>
          `${ok ? 'ok  ' : 'FAIL'} ${name}: ${found}${fix ? `\n     ${fix}` : ''}`,
      )
      .join('\n'),
  );
  const broken = checks.filter(({ ok }) => !ok);
  if (broken.length) {
    throw new AbhayaError('host.setup', `${broken.length} of ${checks.length} checks failed`, {
      details: { failed: broken.map(({ name }) => name) },
    });
  }
}
