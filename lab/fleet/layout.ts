// Where things lie on a phone. The Node runtime's path is fixed when it is built (its ELF interpreter stands in it).

import { posix } from 'node:path';
import type { RuntimeModule } from '#schemas';
import type { Payload } from './payload.ts';

export const PHONE_ROOT = '/data/local/tmp/abhaya';

export interface PhoneLayout {
  readonly runtimeDir: string;
  readonly agentDir: string;
  readonly modules: Readonly<Partial<Record<RuntimeModule, string>>>;
  readonly node: string;
  readonly starter: string;
  readonly launcher: string;
  readonly supervisorJar: string;
  readonly supervisorDex: string;
  readonly runFile: string;
  readonly attachDir: string;
  readonly logFile: string;
}

export function phoneLayout({ runtime, agent, modules }: Payload): PhoneLayout {
  const runtimeDir = posix.join(PHONE_ROOT, 'runtime', runtime.hash);
  const agentDir = posix.join(PHONE_ROOT, 'agent', agent.hash);
  return {
    runtimeDir,
    agentDir,
    modules: Object.fromEntries(
      Object.entries(modules).map(([name, { hash }]) => [name, posix.join(PHONE_ROOT, name, hash)]),
    ),
    node: posix.join(runtimeDir, 'bin/node'),
    starter: posix.join(agentDir, 'start.mjs'),
    launcher: posix.join(agentDir, 'abhaya-launcher'),
    supervisorJar: posix.join(agentDir, 'supervisor.jar'),
    supervisorDex: posix.join(agentDir, 'supervisor.dex.jar'),
    runFile: posix.join(PHONE_ROOT, 'run/agent.json'),
    attachDir: posix.join(PHONE_ROOT, 'run/attach'),
    logFile: posix.join(PHONE_ROOT, 'log/agent.log'),
  };
}

/** For a POSIX shell: nothing inside is special. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
