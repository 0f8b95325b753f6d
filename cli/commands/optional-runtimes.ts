// Optional runtimes on one phone, some or all: each is told by itself, and one that can't be told stops no other.

import { AbhayaError, type ErrorShape, isErrorCode, toErrorShape } from '#base';
import type { PhoneView } from '#schemas';
import type { CommandContext } from '../context.ts';
import { phoneCommand } from './phone.ts';
import { phoneTable } from './up.ts';

export interface OptionalRuntimesOptions {
  readonly serial?: readonly string[];
  readonly all?: boolean;
  readonly offered: boolean;
}

interface Refused {
  readonly serial: string;
  readonly error: Pick<ErrorShape, 'code' | 'message'>;
}

/** Throws the first phone's reason when some could not be told; those that could are printed before. */
export async function optionalRuntimes(
  context: CommandContext,
  { serial = [], all = false, offered }: OptionalRuntimesOptions,
): Promise<void> {
  if (all === serial.length > 0)
    throw new AbhayaError('input.invalid', 'name phones with --serial, or say --all');
  const order = { action: 'optional-runtimes', offered } as const;
  const [only] = serial;
  if (only !== undefined && serial.length === 1) return phoneCommand(context, only, order);

  const client = await context.connect();
  const serials = all ? (await client.phones()).map((phone) => phone.serial) : [...new Set(serial)];
  if (serials.length === 0) throw new AbhayaError('not-found', 'there are no phones');
  const [phones, failed]: [PhoneView[], Refused[]] = [[], []];
  for (const one of serials) {
    context.printer.progress(`${phones.length + failed.length} of ${serials.length} phones told`);
    try {
      phones.push(await client.command(one, order));
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'bug' || code === 'host.unreachable') throw error;
      failed.push({ serial: one, error: { code, message } });
    }
  }
  context.printer.result({ phones, failed }, () => (phones.length > 0 ? phoneTable(phones) : ''));
  const [first] = failed;
  if (!first) return;
  const { code } = first.error;
  const reasons = failed.map((it) => `${it.serial}: ${it.error.message}`).join('; ');
  throw new AbhayaError(
    isErrorCode(code) ? code : 'device.offline',
    `${failed.length} of ${serials.length} could not be told: ${reasons}`,
  );
}
