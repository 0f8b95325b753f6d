// The commands that do to a phone what hands do: cables, battery, heat, its agent; and that add and remove virtual ones.

import { AbhayaError, sleep } from '#base';
import type { LabClient } from '#lab/client';
import type { AddPhones, PhoneCommand, PhoneView } from '#schemas';
import type { CommandContext } from '../context.ts';
import { phoneTable } from './up.ts';

const POLL_MS = 250;
const ADD_TIMEOUT_MS = 180_000;
const ADD_TIMEOUT_EACH_MS = 10_000;

/** Tells the phone as it is right after; what follows from it shows in `devices`. */
export async function phoneCommand(
  context: CommandContext,
  serial: string,
  command: PhoneCommand,
): Promise<void> {
  const phone = await (await context.connect()).command(serial, command);
  context.printer.result(phone, () => phoneTable([phone]));
}

/** Starts virtual phones and waits until their agents run. */
export async function phoneAdd(context: CommandContext, request: AddPhones): Promise<void> {
  const client = await context.connect();
  context.printer.progress(`starting ${request.count} phones`);
  const serials = (await client.addPhones(request)).map(({ serial }) => serial);
  const phones = await untilRunning(context, client, serials);
  context.printer.result(phones, () => phoneTable(phones));
}

export async function phoneRemove(context: CommandContext, serial: string): Promise<void> {
  await (await context.connect()).removePhone(serial);
  context.printer.result({ removed: serial }, () => `Removed ${serial}.`);
}

async function untilRunning(
  { printer, signal }: CommandContext,
  client: LabClient,
  serials: readonly string[],
): Promise<PhoneView[]> {
  const deadline = performance.now() + ADD_TIMEOUT_MS + ADD_TIMEOUT_EACH_MS * serials.length;
  for (;;) {
    const phones = (await client.phones()).filter(({ serial }) => serials.includes(serial));
    const waiting = phones.filter(({ state }) => state !== 'running');
    if (waiting.length === 0) return phones;
    printer.progress(`${phones.length - waiting.length} of ${serials.length} running`);
    const failed = waiting.find(({ state }) => state === 'failed');
    const why = failed?.problem?.message ?? waiting.find(({ problem }) => problem)?.problem?.message;
    if (failed) throw new AbhayaError('device.lost', `${failed.serial} failed: ${why ?? 'no reason known'}`);
    if (performance.now() > deadline) {
      const names = waiting.map(({ serial, state }) => `${serial} is ${state}`).join(', ');
      throw new AbhayaError('timeout', why ? `${names}: ${why}` : names);
    }
    await sleep(POLL_MS, { signal });
  }
}
