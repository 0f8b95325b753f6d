// `abhaya phone power`: its options, as commander knows them.

import { type Command, InvalidArgumentError } from 'commander';
import type { PowerPolicy } from '#schemas';
import { phonePower } from './commands/power.ts';
import type { CommandContext } from './context.ts';
import { onOrOff } from './on-or-off.ts';
import { wholeNumber } from './whole-number.ts';

interface PowerOptions extends Partial<Omit<PowerPolicy, 'batteryFloorPercent' | 'essentialServices'>> {
  serial: string;
  batteryFloor?: number;
  essential?: string[];
}

export function powerVerb(command: Command, context: (invoked: Command) => CommandContext): void {
  command
    .option('--participation <on|off>', 'take tasks of others at all', onOrOff)
    .option('--charging-only <on|off>', 'only while the charger is connected', onOrOff)
    .option('--power-saving <on|off>', 'optional services pause', onOrOff)
    .option('--battery-floor <percent>', 'below it optional services pause; 0: never', wholeNumber(0, 90))
    .option('--essential <packages>', 'what goes on then: package ids with commas, or none', packageIds)
    .option('--thermal-protection <on|off>', 'off: only critical heat stops tasks', onOrOff)
    .option('--thermal-sensitivity <percent>', 'how soon heat stops tasks', wholeNumber(0, 100))
    .action(async ({ serial, batteryFloor, essential, ...rest }: PowerOptions, invoked: Command) =>
      phonePower(context(invoked), serial, {
        ...rest,
        ...(batteryFloor === undefined ? {} : { batteryFloorPercent: batteryFloor }),
        ...(essential === undefined ? {} : { essentialServices: essential }),
      }),
    );
}

function packageIds(text: string): string[] {
  if (text === 'none') return [];
  const ids = text.split(',').map((id) => id.trim());
  if (ids.every((id) => id !== '' && id.length <= 256)) return ids;
  throw new InvalidArgumentError('package ids with commas between them, or none, are wanted.');
}
