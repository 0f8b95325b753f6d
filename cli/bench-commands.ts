// `abhaya bench …` as arguments.

import { type Command, Option } from 'commander';
import { SANDBOX_BENCH_ROUNDS_MAX, sandboxBenchParts } from '#schemas';
import { type BenchOptions, benchSandbox } from './commands/bench.ts';
import type { CommandContext } from './context.ts';
import { wholeNumber } from './whole-number.ts';

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function benchCommands(
  command: (nameAndArguments: string, description: string, parent?: Command) => Command,
  context: (invoked: Command) => CommandContext,
): void {
  const bench = command('bench', 'measure what the lab is made of');
  command('sandbox', 'starts, pipes, memory and denials of the sandbox, beside other ways', bench)
    .option('--runtime <name>', 'only this runtime; repeat for several', collect)
    .option('--rounds <n>', 'starts of each kind', wholeNumber(1, SANDBOX_BENCH_ROUNDS_MAX), 30)
    .addOption(
      new Option('--part <name>', 'only this part; repeat for several')
        .choices([...sandboxBenchParts])
        .argParser(collect),
    )
    .option('--phone <serial>', 'a phone of the running lab, or `local`; repeat for several', collect)
    .option('--csv <file>', 'also write a table, a new file')
    .action(async (options: BenchOptions, invoked: Command) => benchSandbox(context(invoked), options));
}
