// Runs a program in our place: it has our terminal, gets our signals, and we end as it ends.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';

export function runInForeground(command, args, { env = process.env } = {}) {
  // Should we be killed outright, the program is told to end: what it started must not outlive the command.
  const setpriv = '/usr/bin/setpriv';
  const [file, argv] =
    process.platform === 'linux' && existsSync(setpriv)
      ? [setpriv, ['--pdeathsig=TERM', '--', command, ...args]]
      : [command, args];
  const child = spawn(file, argv, { stdio: 'inherit', env });
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const forward = (signal) => () => {
    // Ctrl-C in a terminal reaches the whole group, the child too; a second one would mean "now, at once".
    if (signal === 'SIGINT' && terminal) return;
    child.kill(signal);
  };
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, forward(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${command} can't be started: ${error.message}`);
      process.exitCode = 127;
      resolve();
    });
    child.once('exit', (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler);
      // What a shell says of a program that a signal ended.
      process.exitCode = signal ? 128 + constants.signals[signal] : code;
      resolve();
    });
  });
}
