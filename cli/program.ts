// The command line as a table of commands: parsing by commander, one function each, errors in one place.

import { Command, CommanderError, Option } from 'commander';
import { AbhayaError } from '#base';
import { localChecks } from '#lab/doctor';
import { benchCommands } from './bench-commands.ts';
import { demo } from './commands/demo.ts';
import {
  attach,
  connect,
  disconnect,
  type LinkOptions,
  linksAdd,
  linksList,
  linksRemove,
} from './commands/fleet.ts';
import { capture, devices, doctor, logs, servicesInstall, servicesList, tasks } from './commands/inspect.ts';
import { type RunOptions, run } from './commands/run.ts';
import { down, type UpOptions, up } from './commands/up.ts';
import { type CommandContext, createContext } from './context.ts';
import { historyCommands } from './history-commands.ts';
import { phoneVerbs } from './phone-verbs.ts';
import { describeError } from './print.ts';
import { sandboxCommands } from './sandbox-commands.ts';
import { sandboxHistoryCommands } from './sandbox-history-commands.ts';
import { wholeNumber } from './whole-number.ts';

export const USAGE_EXIT = 2;
/** The last is a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs one command line; resolves with the exit code and prints every error itself. */
export async function runCli(
  args: readonly string[],
  options: { hostCommand: readonly string[] },
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  let context: CommandContext | undefined;
  const json = args.includes('--json');
  try {
    const program = createProgram((globals) => {
      context = createContext({ ...globals, signal: interrupt.signal, hostCommand: options.hostCommand });
      return context;
    });
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return usageExit(error, json);
    const { document, text, exitCode } = describeError(
      interrupt.signal.aborted && !(error instanceof AbhayaError)
        ? new AbhayaError('cancelled', 'cancelled', { cause: error })
        : error,
    );
    // One JSON document on stdout: the error stands there only when the command printed nothing.
    if (json && !context?.printer.printed) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    process.stderr.write(`${text}\n`);
    if (exitCode === 1 && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return exitCode;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

function usageExit(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return 0; // --help, --version
  if (json) {
    const document = { error: { code: 'input.invalid', message: error.message } };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  }
  return USAGE_EXIT;
}

interface Globals {
  json: boolean;
  home: string | undefined;
}

function createProgram(open: (globals: Globals) => CommandContext): Command {
  const program = new Command('abhaya')
    .description('Control center for phones that compute together.')
    .option('--json', 'print one JSON document on stdout', false)
    .option('--home <dir>', 'state folder (default: ABHAYA_HOME or the platform data folder)')
    .exitOverride()
    .showHelpAfterError('Try: abhaya --help');

  // --json and --home may stand anywhere: before the command, as usual, or after it, as people type.
  const command = (nameAndArguments: string, description: string, parent = program): Command =>
    parent
      .command(nameAndArguments)
      .description(description)
      .addOption(new Option('--json', 'print one JSON document on stdout').hideHelp())
      .addOption(new Option('--home <dir>').hideHelp())
      .exitOverride();
  const context = (invoked: Command): CommandContext => {
    const globals = invoked.optsWithGlobals() as { json?: boolean; home?: string };
    return open({ json: globals.json === true, home: globals.home });
  };

  command('doctor', 'check this machine, and say how to fix what is missing').action(
    async (_options: object, invoked: Command) => doctor(context(invoked), localChecks),
  );

  command('up', 'start a lab host with virtual phones')
    .option('--phones <n>', 'how many', wholeNumber(0, 200), 5)
    .addOption(
      new Option('--topology <name>', 'how they are linked')
        .choices(['chain', 'ring', 'random', 'full'])
        .default('ring'),
    )
    .addOption(new Option('--profile <name>', 'all of one kind').choices(['flagship', 'mid-range', 'budget']))
    .option('--direct', 'link them by their own network, not over adb', false)
    .option('--detach', 'leave it running in the background', false)
    .action(async (options: UpOptions, invoked: Command) => up(context(invoked), options));

  command('down', 'stop the lab host and all that it started').action(
    async (_options: object, invoked: Command) => down(context(invoked)),
  );

  command('devices', 'list the phones').action(async (_options: object, invoked: Command) =>
    devices(context(invoked)),
  );

  command('attach', 'push the agent to a real phone and attach it')
    .requiredOption('-s, --serial <serial>', 'the phone')
    .action(async (options: { serial: string }, invoked: Command) =>
      attach(context(invoked), options.serial),
    );

  command('connect <address>', 'add a phone by its Wi-Fi address to your adb server').action(
    async (address: string, _options: object, invoked: Command) => connect(context(invoked), address),
  );
  command('disconnect <address>', 'take a Wi-Fi phone out of your adb server').action(
    async (address: string, _options: object, invoked: Command) => disconnect(context(invoked), address),
  );

  const phone = command('phone', 'cable, battery, heat and agent of a phone; add and remove virtual ones');
  phoneVerbs({ command: (name, description) => command(name, description, phone), context });

  const links = command('links', 'list the links between phones, add and remove them').action(
    async (_options: object, invoked: Command) => linksList(context(invoked)),
  );
  command('add <a> <b>', 'link two phones, or change the link between them', links)
    .option('--direct', 'by their own network; opens a port on one of them', false)
    .option('--delay <ms>', 'one-way delay', wholeNumber(0, 60_000), 0)
    .option('--loss <percent>', 'segments that come late, as if lost once', wholeNumber(0, 90), 0)
    .option('--rate <kB/s>', 'kilobytes per second; 0: as fast as it goes', wholeNumber(0, 10_000_000), 0)
    .action(async (a: string, b: string, options: LinkOptions, invoked: Command) =>
      linksAdd(context(invoked), a, b, options),
    );
  command('remove <linkId>', 'cut a link', links).action(
    async (linkId: string, _options: object, invoked: Command) => linksRemove(context(invoked), linkId),
  );

  const services = command('services', 'look at and fill the service libraries');
  command('list', 'list the services on all phones', services).action(
    async (_options: object, invoked: Command) => servicesList(context(invoked)),
  );
  command('install <file>', 'install a .meshsvc package', services)
    .option('-s, --serial <serial>', 'on this phone only')
    .action(async (file: string, options: { serial?: string }, invoked: Command) =>
      servicesInstall(context(invoked), file, options.serial),
    );

  command('run <packageId>', 'run a service on the fittest phone')
    .option('--input <name=path-or-value>', 'an input; repeat for several', collect, [])
    .option('--from <serial>', 'the phone that requests')
    .option('--on <serial>', 'the phone that executes')
    .option('--out <dir>', 'folder for the outputs')
    .option('--timeout <seconds>', 'deadline of the task', wholeNumber(1, 86_400))
    .action(
      async (
        packageId: string,
        options: { input: string[]; from?: string; on?: string; out?: string; timeout?: number },
        invoked: Command,
      ) => {
        const { input, timeout, ...rest } = options;
        const runOptions: RunOptions = {
          inputs: input,
          ...rest,
          ...(timeout ? { timeoutSeconds: timeout } : {}),
        };
        await run(context(invoked), packageId, runOptions);
      },
    );

  command('tasks [taskId]', 'list the tasks, or show one').action(
    async (taskId: string | undefined, _options: object, invoked: Command) => tasks(context(invoked), taskId),
  );

  historyCommands(command, context);
  benchCommands(command, context);
  sandboxCommands(command, context);

  command('logs', "show an agent's log")
    .requiredOption('-s, --serial <serial>', 'the phone')
    .option('-n, --lines <n>', 'how many of the last lines', wholeNumber(1, 100_000), 200)
    .option('-f, --follow', 'go on with new lines', false)
    .action(async (options: { serial: string; lines: number; follow: boolean }, invoked: Command) =>
      logs(context(invoked), options.serial, options),
    );

  command('capture', 'record the mesh frames that reach a phone')
    .requiredOption('-s, --serial <serial>', 'the phone')
    .requiredOption('--out <file>', 'a new file for the recording')
    .option('--seconds <n>', 'for how long', wholeNumber(1, 3_600), 10)
    .action(async (options: { serial: string; out: string; seconds: number }, invoked: Command) =>
      capture(context(invoked), options.serial, options),
    );

  command('demo', 'start phones, run wordcount on a file across the mesh, stop')
    .option('--phones <n>', 'how many', wholeNumber(2, 50), 5)
    .requiredOption('--input <file>', 'the file to count')
    .option('--out <dir>', 'folder for the outputs')
    .action(async (options: { phones: number; input: string; out?: string }, invoked: Command) =>
      demo(context(invoked), options),
    );

  sandboxHistoryCommands(program, command, context);
  return program;
}

const collect = (value: string, before: string[]): string[] => [...before, value];
