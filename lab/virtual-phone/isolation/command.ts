// Starts commands through phone-init's `enter`, for both kinds of walls.

import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { CommandOptions, RunningCommand } from './walls.ts';

export interface EnterOptions {
  readonly phoneInit: string;
  /** Descriptors of ours that the command's process joins; empty for no namespaces. */
  readonly namespaces: readonly number[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const FIRST_FD = 3;

/** Runs argv inside. Owns the process until it has ended. */
export function enter(
  argv: readonly string[],
  how: EnterOptions,
  options: CommandOptions = {},
): RunningCommand {
  const fds = how.namespaces.map((_, index) => FIRST_FD + index);
  const control = FIRST_FD + fds.length;
  const args = ['enter'];
  if (options.merge) args.push('--merge');
  if (options.pty) args.push('--pty', String(control), options.pty.size);
  args.push(fds.length > 0 ? fds.join(',') : 'none', '--', ...argv);
  const child = spawn(how.phoneInit, args, {
    stdio: ['pipe', 'pipe', 'pipe', ...how.namespaces, ...(options.pty ? (['pipe'] as const) : [])],
    env: { ...how.env, ...(options.pty ? { TERM: options.pty.term } : {}) },
    ...(how.cwd ? { cwd: how.cwd } : {}),
  });
  const stdin = child.stdin as Writable;
  stdin.on('error', () => {}); // the command closed its input: its exit code says the rest
  const sizes = options.pty ? (child.stdio[control] as unknown as Writable) : undefined;
  sizes?.on('error', () => {});
  const exit = new Promise<number>((resolve) => {
    child.on('error', () => resolve(126));
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 129)));
  });
  return {
    stdin,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    exit,
    resize: (size) => sizes?.write(`${size}\n`),
    hangUp: () => {
      child.kill('SIGHUP');
      stdin.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
      sizes?.destroy();
    },
  };
}
