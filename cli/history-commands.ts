// `abhaya history` and what stands below it, as arguments.

import { type Command, Option } from 'commander';
import { TaskState } from '#schemas';
import {
  type HistoryMeasurementsOptions,
  type HistoryTasksOptions,
  historyClear,
  historyExport,
  historyMeasurements,
  historyServices,
  historyStatus,
  historyTask,
  historyTasks,
} from './commands/history.ts';
import type { CommandContext } from './context.ts';
import { wholeNumber } from './whole-number.ts';

export function historyCommands(
  command: (nameAndArguments: string, description: string, parent?: Command) => Command,
  context: (invoked: Command) => CommandContext,
): void {
  const history = command('history', 'what is remembered of all runs').action(
    async (_options: object, invoked: Command) => historyStatus(context(invoked)),
  );
  command('tasks [taskId]', 'tasks of all runs, the latest first, or one of them', history)
    .option('-n, --limit <n>', 'how many', wholeNumber(1, 500), 50)
    .option('--before <next>', 'the page before; the last one says which')
    .option('--package <packageId>', 'of one service')
    .addOption(
      new Option('--state <state>', 'in one state').choices(TaskState.anyOf.map((state) => state.const)),
    )
    .action(async (taskId: string | undefined, options: HistoryTasksOptions, invoked: Command) => {
      if (taskId) return historyTask(context(invoked), taskId);
      const { limit, before, package: packageId, state } = options;
      await historyTasks(context(invoked), {
        limit,
        ...(before ? { before } : {}),
        ...(packageId ? { package: packageId } : {}),
        ...(state ? { state } : {}),
      });
    });
  command('services', 'runs, success, time and memory of each service', history).action(
    async (_options: object, invoked: Command) => historyServices(context(invoked)),
  );
  command('measurements', 'battery, heat, load and memory over time', history)
    .option('-s, --serial <serial>', 'of one phone')
    .option('--hours <n>', 'how far back', wholeNumber(1, 8_760), 1)
    .option('--step <seconds>', 'what is summed up in one line', wholeNumber(1, 31_536_000))
    .action(async (options: HistoryMeasurementsOptions, invoked: Command) =>
      historyMeasurements(context(invoked), options),
    );
  command('export', 'write everything of one kind to a new file', history)
    .addOption(
      new Option('--what <kind>', 'what')
        .choices(['tasks', 'measurements', 'events', 'links', 'task-samples'])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--format <format>', 'how').choices(['json', 'csv']).makeOptionMandatory())
    .requiredOption('--out <file>', 'a new file')
    .action(async (options: Parameters<typeof historyExport>[1], invoked: Command) =>
      historyExport(context(invoked), options),
    );
  command('clear', 'forget everything before now', history)
    .option('--yes', "don't ask", false)
    .action(async (options: { yes: boolean }, invoked: Command) => historyClear(context(invoked), options));
}
