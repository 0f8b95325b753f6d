// The commands that change the fleet: the agent of a real phone, and the links between phones.

import { AbhayaError, sleep } from '#base';
import type { LinkView } from '#schemas';
import type { CommandContext } from '../context.ts';
import { formatBytes, table } from '../print.ts';

const ATTACH_TIMEOUT_MS = 180_000;
const POLL_MS = 250;

/** Pushes the agent and waits until it runs; throws the phone's own problem when it doesn't. */
export async function attach(context: CommandContext, serial: string): Promise<void> {
  const client = await context.connect();
  await client.command(serial, { action: 'attach' });
  const deadline = performance.now() + ATTACH_TIMEOUT_MS;
  for (;;) {
    const phone = (await client.phones()).find((it) => it.serial === serial || it.adbSerial === serial);
    if (!phone) throw new AbhayaError('not-found', `there is no phone ${serial}`);
    if (phone.state === 'running') {
      context.printer.result(phone, () => `${phone.serial} is running.`);
      return;
    }
    const problem = phone.problem ? ` (${phone.problem.message})` : '';
    context.printer.progress(`${phone.serial}: ${phone.state}${problem}`);
    if (performance.now() > deadline) {
      throw new AbhayaError(
        'timeout',
        `${serial} is still ${phone.state}: ${phone.problem?.message ?? 'no reason known'}`,
      );
    }
    await sleep(POLL_MS, { signal: context.signal });
  }
}

export async function connect(context: CommandContext, address: string): Promise<void> {
  const phone = await (await context.connect()).connectPhone(address);
  context.printer.result(phone, () =>
    phone.state === 'unauthorized'
      ? `${phone.adbSerial} is there, and must still allow this computer: look at its screen.`
      : `${phone.adbSerial} is connected. Push the agent with: abhaya attach -s ${phone.serial}`,
  );
}

export async function disconnect(context: CommandContext, address: string): Promise<void> {
  await (await context.connect()).disconnectPhone(address);
  context.printer.result({ disconnected: address }, () => `Disconnected ${address}.`);
}

export interface LinkOptions {
  /** Milliseconds. */
  readonly delay: number;
  /** Percent. */
  readonly loss: number;
  /** Kilobytes per second. */
  readonly rate: number;
  readonly direct: boolean;
}

export async function linksList(context: CommandContext): Promise<void> {
  const { links } = await (await context.connect()).mesh();
  context.printer.result(links, () =>
    links.length ? linkTable(links) : 'No links. Add one with: abhaya links add SERIAL SERIAL',
  );
}

export async function linksAdd(
  context: CommandContext,
  a: string,
  b: string,
  options: LinkOptions,
): Promise<void> {
  const shape = {
    delayMs: options.delay,
    loss: options.loss / 100,
    rateBytesPerSecond: options.rate * 1_000,
  };
  const shaped = options.delay > 0 || options.loss > 0 || options.rate > 0;
  const link = await (await context.connect()).addLink(
    options.direct ? { a, b, kind: 'direct', ...(shaped ? { shape } : {}) } : { a, b, shape },
  );
  context.printer.result(link, () => linkTable([link]));
}

export async function linksRemove(context: CommandContext, linkId: string): Promise<void> {
  await (await context.connect()).removeLink(linkId);
  context.printer.result({ removed: linkId }, () => `Removed ${linkId}.`);
}

const linkTable = (links: readonly LinkView[]): string =>
  table(
    ['LINK', 'KIND', 'STATE', 'DELAY', 'LOSS', 'RATE', 'CARRIED', 'ADDRESS'],
    links.map(({ linkId, kind, state, shape, address, problem, bytesAtoB, bytesBtoA }) => [
      linkId,
      kind,
      problem ? `${state}: ${problem.message}` : state,
      ...(shape
        ? [
            `${shape.delayMs} ms`,
            `${Math.round(shape.loss * 100)} %`,
            shape.rateBytesPerSecond ? `${formatBytes(shape.rateBytesPerSecond)}/s` : 'full',
          ]
        : ['–', '–', '–']),
      formatBytes(bytesAtoB + bytesBtoA),
      address ?? '–',
    ]),
  );
