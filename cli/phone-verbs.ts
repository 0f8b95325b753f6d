// `abhaya phone …`: the verbs of one phone, as commander knows them.

import { type Command, Option } from 'commander';
import type { AddPhones, PhoneCommand, Profile } from '#schemas';
import { optionalRuntimes } from './commands/optional-runtimes.ts';
import { phoneAdd, phoneCommand, phoneRemove } from './commands/phone.ts';
import type { CommandContext } from './context.ts';
import { onOrOff } from './on-or-off.ts';
import { powerVerb } from './power-verb.ts';
import { wholeNumber } from './whole-number.ts';

interface Tools {
  /** Makes a command below `phone`. */
  readonly command: (nameAndArguments: string, description: string) => Command;
  readonly context: (invoked: Command) => CommandContext;
}

interface AddOptions {
  count: number;
  profile?: Profile;
  topology?: NonNullable<AddPhones['topology']>;
  bare: boolean;
}

const plainVerbs = {
  unplug: "pull the cable: adb's connection breaks",
  'plug-in': 'put the cable back',
  stall: 'no byte passes any more, the connection stays',
  resume: 'bytes pass again',
  'deny-auth': 'forget all computers: the phone is unauthorized',
  'allow-auth': 'allow the computers that ask',
  'kill-agent': 'kill the agent without warning (real phones too)',
  'stop-agent': 'end the agent in order; none runs until attach (real phones too)',
  'remove-agent': 'end the agent and delete everything of it (real phones too)',
  'restart-agent': 'end the agent in order and start it anew (real phones too)',
} as const;

export function phoneVerbs({ command, context }: Tools): void {
  const verb = (nameAndArguments: string, description: string) =>
    command(nameAndArguments, description).requiredOption('-s, --serial <serial>', 'the phone');
  const withValue = <V>(
    nameAndArgument: string,
    description: string,
    parse: (text: string) => V,
    toCommand: (value: V) => PhoneCommand,
  ) => {
    const [, argument = ''] = nameAndArgument.split(' ');
    verb(nameAndArgument.split(' ')[0] ?? '', description)
      .argument(argument, '', parse)
      .action(async (value: V, { serial }: { serial: string }, invoked: Command) =>
        phoneCommand(context(invoked), serial, toCommand(value)),
      );
  };

  for (const [action, description] of Object.entries(plainVerbs)) {
    verb(action, description).action(async ({ serial }: { serial: string }, invoked: Command) =>
      phoneCommand(context(invoked), serial, { action: action as keyof typeof plainVerbs }),
    );
  }
  withValue(
    'fail-after <bytes>',
    'break the connection after so many more bytes from the computer',
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
    (bytes) => ({ action: 'fail-after', bytes }),
  );
  withValue('set-battery <percent>', 'the level of the battery', wholeNumber(0, 100), (percent) => ({
    action: 'set-battery',
    percent,
  }));
  withValue('set-charger <on|off>', 'a USB charger or none', onOrOff, (connected) => ({
    action: 'set-charger',
    connected,
  }));
  withValue(
    'set-heat <status>',
    'thermal status, 0 to 6; from 4 on the phone takes no tasks, or earlier by its settings',
    wholeNumber(0, 6),
    (status) => ({ action: 'set-heat', status }),
  );

  command(
    'optional-runtimes',
    'offer JavaScript, WebAssembly and Python also where the profile alone would not; phones remember',
  )
    .argument('<on|off>', '', onOrOff)
    .option('-s, --serial <serial>', 'the phone; again for another one', (one, others: string[] = []) => [
      ...others,
      one,
    ])
    .option('--all', 'all phones of the lab')
    .action(async (offered: boolean, options: { serial?: string[]; all?: boolean }, invoked: Command) =>
      optionalRuntimes(context(invoked), { ...options, offered }),
    );

  powerVerb(verb('power', 'what a phone takes of others, and why; with options: change it'), context);

  command('add', 'start more virtual phones and wait until they run')
    .option('--count <n>', 'how many', wholeNumber(1, 200), 1)
    .addOption(new Option('--profile <name>', 'all of one kind').choices(['flagship', 'mid-range', 'budget']))
    .addOption(
      new Option('--topology <name>', 'how they are linked to each other').choices([
        'chain',
        'ring',
        'random',
        'full',
      ]),
    )
    .option('--bare', 'without the Node runtime: everything is pushed', false)
    .action(async ({ bare, ...rest }: AddOptions, invoked: Command) =>
      phoneAdd(context(invoked), { ...rest, ...(bare ? { bare } : {}) }),
    );
  verb('remove', 'stop a virtual phone and delete it').action(
    async ({ serial }: { serial: string }, invoked: Command) => phoneRemove(context(invoked), serial),
  );
}
