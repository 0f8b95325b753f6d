// `abhaya sandbox` and what stands below it, as arguments.

import { type Command, Option } from 'commander';
import { listeners } from '#lab/sandbox-lab';
import type { SandboxRuntime } from '#schemas';
import { type AttackCommandOptions, sandboxAttack } from './commands/sandbox-attack.ts';
import { type ExecCommandOptions, sandboxExec } from './commands/sandbox-exec.ts';
import { sandboxPolicy } from './commands/sandbox-policy.ts';
import { sandboxRuntimesList } from './commands/sandbox-runtimes.ts';
import type { CommandContext } from './context.ts';
import { collectRuntime, runtimeOption } from './runtime-name.ts';
import { wholeNumber } from './whole-number.ts';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function sandboxCommands(
  command: (nameAndArguments: string, description: string, parent?: Command) => Command,
  context: (invoked: Command) => CommandContext,
): void {
  const sandbox = command('sandbox', 'the sandbox of phones, on this machine: try, read and attack it');

  command('runtimes', 'what this machine offers, and why not', sandbox).action(
    async (_options: object, invoked: Command) => sandboxRuntimesList(context(invoked)),
  );

  command('policy', 'what a runtime may ask of the kernel, read off the installed filter', sandbox)
    .addOption(runtimeOption('of which one').default('native'))
    .addOption(new Option('--flavour <name>', 'of jvm: on phones with ART').choices(['art']))
    .action(async (options: { runtime: SandboxRuntime; flavour?: string }, invoked: Command) =>
      sandboxPolicy(context(invoked), options),
    );

  command('exec <file>', 'run any program as a phone would: stdin and stdout are its pipes', sandbox)
    .addOption(runtimeOption('what it is run by; told by the file if absent'))
    .option('--memory <MB>', 'what it may use', wholeNumber(1, 65_536), 64)
    .option('--timeout <seconds>', 'of wall clock and of CPU', wholeNumber(1, 86_400), 30)
    .option('--max-output <MB>', 'what it may write', wholeNumber(0, 1_048_576), 256)
    .option('--report <file>', 'write the exit report to a file, as JSON')
    .option('--out <file>', 'write the output to a file, not to stdout')
    .action(async (file: string, options: ExecCommandOptions, invoked: Command) =>
      sandboxExec(context(invoked), file, options),
    );

  command('attack', 'let hostile programs try to get out, each beside its control', sandbox)
    .option('--runtime <name>', 'of this runtime only; repeat for several', collectRuntime)
    .option('--attack <name>', 'this attack only; repeat for several', collect)
    .option('--phone <serial>', 'a phone of the running lab, or `local`')
    .option('--junit <file>', 'write the outcomes to a file, for a CI')
    .addOption(
      new Option('--listener <how>', 'how calls are seen; trace: as on phones with an old kernel').choices(
        listeners,
      ),
    )
    .action(async (options: AttackCommandOptions, invoked: Command) =>
      sandboxAttack(context(invoked), options),
    );
}
