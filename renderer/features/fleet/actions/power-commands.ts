// What a form about battery, charger and heat orders. Pure.

import type { PhoneCommand } from '#schemas';

/** Android's thermal status (PowerManager.THERMAL_STATUS_*). */
export const heatChoices: readonly (readonly [string, string])[] = [
  ['0', '0: cool'],
  ['1', '1: light'],
  ['2', '2: moderate'],
  ['3', '3: severe, throttling'],
  ['4', '4: critical, takes no tasks'],
  ['5', '5: emergency'],
  ['6', '6: about to shut down'],
];

export interface PowerForm {
  readonly battery: string;
  readonly charger: '' | 'on' | 'off';
  readonly heat: string;
}

/** Empty fields order nothing; undefined when the battery is no whole number of percent. */
export function powerCommands({ battery, charger, heat }: PowerForm): readonly PhoneCommand[] | undefined {
  const commands: PhoneCommand[] = [];
  if (battery.trim() !== '') {
    const percent = Number(battery);
    if (!Number.isInteger(percent) || percent < 0 || percent > 100) return undefined;
    commands.push({ action: 'set-battery', percent });
  }
  if (charger !== '') commands.push({ action: 'set-charger', connected: charger === 'on' });
  if (heat !== '') commands.push({ action: 'set-heat', status: Number(heat) });
  return commands;
}
