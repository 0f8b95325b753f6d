// What of `abhaya sandbox` looks at kept measurements, as arguments.

import { type Command, Option } from 'commander';
import { sandboxCompare, sandboxExport, sandboxHistory } from './commands/sandbox-history.ts';
import type { CommandContext } from './context.ts';

/** Below `sandbox`, which is made here if nobody has made it. */
export function sandboxHistoryCommands(
  program: Command,
  command: (nameAndArguments: string, description: string, parent?: Command) => Command,
  context: (invoked: Command) => CommandContext,
): void {
  const sandbox =
    program.commands.find((it) => it.name() === 'sandbox') ?? command('sandbox', 'the sandbox of phones');
  command('history [runId]', 'measurements that were kept, or one of them', sandbox).action(
    async (runId: string | undefined, _options: object, invoked: Command) =>
      sandboxHistory(context(invoked), runId),
  );
  command('export <runId>', 'write one measurement to a new file', sandbox)
    .addOption(new Option('--format <format>', 'how').choices(['json', 'csv']).makeOptionMandatory())
    .requiredOption('--out <file>', 'a new file')
    .action(async (runId: string, options: { format: 'csv' | 'json'; out: string }, invoked: Command) =>
      sandboxExport(context(invoked), runId, options),
    );
  command('compare <a> <b>', 'what became of B, seen from A', sandbox).action(
    async (a: string, b: string, _options: object, invoked: Command) =>
      sandboxCompare(context(invoked), a, b),
  );
}
