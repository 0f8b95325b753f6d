// What every command gets: where it may print, which home it works on, and how it reaches the lab host.

import { AbhayaError } from '#base';
import { createLabClient, type LabClient } from '#lab/client';
import { type Home, homeOf, readRunningHost } from '#lab/home';
import { createPrinter, type Printer } from './print.ts';

export interface CommandContext {
  readonly home: Home;
  readonly printer: Printer;
  /** Aborted by Ctrl-C, SIGTERM and the end of the terminal. */
  readonly signal: AbortSignal;
  /** Command line of the lab host's process. */
  readonly hostCommand: readonly string[];
  /** A client of the lab host that runs; throws `host.unreachable` with what to type. */
  connect(): Promise<LabClient>;
}

export function createContext(options: {
  json: boolean;
  home: string | undefined;
  signal: AbortSignal;
  hostCommand: readonly string[];
}): CommandContext {
  const home = homeOf(process.env, options.home);
  return {
    home,
    printer: createPrinter({ json: options.json, stdout: process.stdout, stderr: process.stderr }),
    signal: options.signal,
    hostCommand: options.hostCommand,
    async connect() {
      const running = await readRunningHost(home);
      if (!running) {
        throw new AbhayaError(
          'host.unreachable',
          `no lab host runs for ${home.dir}; start one with: abhaya up --phones 5 --detach`,
        );
      }
      return createLabClient({ apiUrl: running.host.apiUrl, token: running.token });
    },
  };
}
