// A phone's power settings: what it takes of others, and why; changed where something is given.

import type { PowerPolicy, PowerView } from '#schemas';
import type { CommandContext } from '../context.ts';

export async function phonePower(
  context: CommandContext,
  serial: string,
  changes: Partial<PowerPolicy>,
): Promise<void> {
  const client = await context.connect();
  let power = await client.power(serial);
  if (Object.keys(changes).length > 0) power = await client.setPower(serial, { ...power.policy, ...changes });
  context.printer.result({ serial, ...power }, () => powerText(serial, power));
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');

function powerText(serial: string, { policy, limits, takes, reasons }: PowerView): string {
  const { battery, heat } = limits;
  const why = reasons.map((reason) => `  ${reason}`);
  const essential = policy.essentialServices.join(', ') || 'none';
  return [
    `${serial} takes ${takes === 'all' ? 'all tasks' : takes === 'essential' ? 'essential services only' : 'no tasks'} of others`,
    ...why,
    `participation ${onOff(policy.participation)}, charging only ${onOff(policy.chargingOnly)}, power saving ${onOff(policy.powerSaving)}`,
    battery
      ? `battery: optional services pause below ${battery.pausesBelow} %, until ${battery.goesOnFrom} %`
      : 'battery: no floor',
    `heat: no tasks from ${heat.stopsFrom} on, until ${heat.goesOnFrom} (sensitivity ${policy.thermalSensitivity} %, protection ${onOff(policy.thermalProtection)})`,
    `essential services: ${essential}`,
  ].join('\n');
}
