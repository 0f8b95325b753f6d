// Where things lie on a phone. The runtime's path is fixed when it is built (its ELF interpreter stands in it).

import { posix } from 'node:path';

export const PHONE_ROOT = '/data/local/tmp/abhaya';

export interface PhoneLayout {
  readonly runtimeDir: string;
  readonly agentDir: string;
  readonly node: string;
  readonly starter: string;
  readonly launcher: string;
  readonly supervisorJar: string;
  readonly supervisorDex: string;
  readonly runFile: string;
  readonly attachDir: string;
  readonly logFile: string;
}

export function phoneLayout(hashes: { runtime: string; agent: string }): PhoneLayout {
  const runtimeDir = posix.join(PHONE_ROOT, 'runtime', hashes.runtime);
  const agentDir = posix.join(PHONE_ROOT, 'agent', hashes.agent);
  return {
    runtimeDir,
    agentDir,
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
