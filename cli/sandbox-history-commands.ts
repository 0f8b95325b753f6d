// What of `abhaya sandbox` looks at kept measurements and attacks, as arguments.

import { type Command, Option } from 'commander';
import {
  sandboxCompare,
  sandboxExport,
  sandboxForget,
  sandboxHistory,
  sandboxShow,
} from './commands/sandbox-history.ts';
import type { CommandContext } from './context.ts';

/** Below `sandbox`, which is made here if nobody has made it. */
export function sandboxHistoryCommands(
  program: Command,
  command: (nameAndArguments: string, description: string, parent?: Command) => Command,
  context: (invoked: Command) => CommandContext,
): void {
  const sandbox =
    program.commands.find((it) => it.name() === 'sandbox') ?? command('sandbox', 'the sandbox of phones');
  command('history [runId]', 'measurements and attacks that were kept, or one of them', sandbox).action(
    async (runId: string | undefined, _options: object, invoked: Command) =>
      sandboxHistory(context(invoked), runId),
  );
  command('show <runId>', 'one measurement or attack in full', sandbox).action(
    async (runId: string, _options: object, invoked: Command) => sandboxShow(context(invoked), runId),
  );
  command('export <runId>', 'write one measurement or attack to a new file', sandbox)
    .addOption(
      new Option('--format <format>', 'how; junit for attacks')
        .choices(['json', 'csv', 'junit'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'a new file')
    .action(
      async (runId: string, options: { format: 'csv' | 'json' | 'junit'; out: string }, invoked: Command) =>
        sandboxExport(context(invoked), runId, options),
    );
  command('compare <a> <b>', 'what became of B, seen from A', sandbox).action(
    async (a: string, b: string, _options: object, invoked: Command) =>
      sandboxCompare(context(invoked), a, b),
  );
  command('forget <runId>', 'take one measurement or attack out of the history', sandbox).action(
    async (runId: string, _options: object, invoked: Command) => sandboxForget(context(invoked), runId),
  );
}
