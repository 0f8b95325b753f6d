// `abhaya up` and `abhaya down`: a lab host with virtual phones, and its end.

import { isAbhayaError } from '#base';
import { createLabClient } from '#lab/client';
import { readRunningHost, startHost, waitForExit } from '#lab/home';
import type { AddPhones, PhoneView } from '#schemas';
import type { CommandContext } from '../context.ts';
import { formatMs, table } from '../print.ts';
import { waitForMesh } from '../wait-for-mesh.ts';

export interface UpOptions {
  readonly phones: number;
  readonly topology: NonNullable<AddPhones['topology']>;
  readonly profile?: NonNullable<AddPhones['profile']>;
  readonly direct: boolean;
  readonly detach: boolean;
}

const meshTimeoutMs = (phones: number): number => 60_000 + phones * 3_000;
const SHUTDOWN_TIMEOUT_MS = 20_000;

export async function up(context: CommandContext, options: UpOptions): Promise<void> {
  const { printer, signal, home } = context;
  const startedAt = performance.now();
  printer.note(`Starting a lab host for ${home.dir}`);
  const started = await startHost(home, { command: context.hostCommand, detached: options.detach, signal });
  const client = createLabClient({ apiUrl: started.host.apiUrl, token: started.token });
  try {
    const phones = await startPhones();
    const document = { apiUrl: started.host.apiUrl, adbPort: started.host.adbPort, phones };
    const running = phones.filter(({ state }) => state === 'running').length;
    printer.note(`mesh ready: ${running} phones in ${formatMs(performance.now() - startedAt)}`);
    if (options.detach) {
      printer.result(document, () => [phoneTable(phones), '', nextSteps(true)].join('\n'));
      return;
    }
    printer.result(document, () => [phoneTable(phones), '', 'mesh ready', '', nextSteps(false)].join('\n'));
    await untilEnd();
  } finally {
    if (!options.detach || signal.aborted) await stop();
  }

  async function startPhones(): Promise<PhoneView[]> {
    const over = new AbortController();
    try {
      const timeoutMs = meshTimeoutMs(options.phones);
      // The first phones run while the last ones start: progress is told from the beginning.
      const waiting = waitForMesh(client, {
        phones: options.phones,
        timeoutMs,
        printer,
        signal: AbortSignal.any([signal, over.signal]),
      });
      waiting.catch(() => undefined); // what adding says comes first
      if (options.phones > 0) {
        await client.addPhones({
          count: options.phones,
          topology: options.topology,
          ...(options.direct ? { links: 'direct' as const } : {}),
          ...(options.profile ? { profile: options.profile } : {}),
        });
      }
      return await waiting;
    } catch (error) {
      over.abort();
      if (options.detach) await stop();
      throw error;
    }
  }

  /** Ends with Ctrl-C, or with the lab host's own end. */
  async function untilEnd(): Promise<void> {
    const ended = (await client.events(() => undefined)).closed;
    await Promise.race([
      ended,
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    ]);
    printer.note('Stopping …');
  }

  async function stop(): Promise<void> {
    await client.shutdown().catch(() => undefined);
    started.leash?.end();
    if (!(await waitForExit(started.host.pid, SHUTDOWN_TIMEOUT_MS)))
      process.kill(started.host.pid, 'SIGKILL');
  }
}

export async function down(context: CommandContext): Promise<void> {
  const { printer, home } = context;
  const running = await readRunningHost(home);
  if (!running) {
    printer.result({ stopped: false }, () => 'No lab host was running.');
    return;
  }
  const client = createLabClient({ apiUrl: running.host.apiUrl, token: running.token });
  await client.shutdown().catch((error: unknown) => {
    if (!isAbhayaError(error, 'host.unreachable')) throw error;
  });
  const clean = await waitForExit(running.host.pid, SHUTDOWN_TIMEOUT_MS);
  if (!clean) process.kill(running.host.pid, 'SIGKILL');
  printer.result({ stopped: true, pid: running.host.pid, clean }, () =>
    clean ? 'Stopped.' : 'The lab host did not end in time and was killed; the next start cleans up.',
  );
}

/** A runtime that is on its way while the phone runs. */
const pushingText = ({ pushing }: PhoneView): string =>
  pushing
    ? `, ${pushing.runtime} ${Math.floor((pushing.sentBytes / Math.max(1, pushing.totalBytes)) * 100)} %`
    : '';

export function phoneTable(phones: readonly PhoneView[]): string {
  return table(
    ['SERIAL', 'ADB SERIAL', 'KIND', 'PROFILE', 'ABI', 'STATE', 'BATTERY'],
    phones.map((phone) => [
      phone.serial,
      phone.adbSerial,
      phone.kind,
      phone.profile ?? '–',
      phone.abi ?? '–',
      phone.problem ? `${phone.state}: ${phone.problem.message}` : `${phone.state}${pushingText(phone)}`,
      phone.batteryPercent === undefined
        ? '–'
        : `${phone.batteryPercent} %${phone.charging ? ' charging' : ''}`,
    ]),
  );
}

const nextSteps = (detached: boolean): string =>
  [
    detached ? 'Next:' : 'Next, in another terminal:',
    '  npx abhaya devices',
    '  npx abhaya run org.abhaya.wordcount --input text=README.md',
    detached ? '  npx abhaya down' : 'Ctrl-C here ends everything.',
  ].join('\n');
