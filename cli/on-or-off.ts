// A switch on the command line.

import { InvalidArgumentError } from 'commander';

export function onOrOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('on or off is wanted.');
}
