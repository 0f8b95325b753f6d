// Starts one program and waits for it: bounded time, whole process group ended on timeout or abort,
// no orphans when set-up itself is killed (Linux: parent-death signal).

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';
/** Of each stream, by default, the last part is kept. */
const usualBytes = 256 * 1024;

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, signal?: AbortSignal,
 *   onLine?: (line: string) => void, stdio?: 'pipe' | 'inherit', input?: string,
 *   keepBytes?: number}} [options]
 * @returns {Promise<{code: number, signal: string | null, timedOut: boolean, stdout: string, stderr: string}>}
 *   Never rejects for a failing program; code is 127 when it could not be started.
 */
export function run(command, args, options = {}) {
  const { keepBytes = usualBytes } = options;
  const posix = process.platform !== 'win32';
  const dieWithUs = process.platform === 'linux' && existsSync(setpriv);
  const [file, argv] = dieWithUs
    ? [setpriv, ['--pdeathsig=KILL', '--', command, ...args]]
    : [command, [...args]];
  return new Promise((resolve) => {
    const inherit = options.stdio === 'inherit';
    const child = spawn(file, argv, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      // With the terminal inherited, Ctrl-C must reach the child as well: stay in its group.
      detached: posix && !inherit,
      stdio: inherit
        ? ['ignore', 'inherit', 'inherit']
        : [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let timedOut = false;
    let hard;
    const end = (signal) => {
      try {
        if (posix && !inherit) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has ended already.
      }
    };
    const stop = () => {
      end('SIGTERM');
      hard = setTimeout(() => end('SIGKILL'), 2_000);
    };
    const timer = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeoutMs)
      : undefined;
    options.signal?.addEventListener('abort', stop, { once: true });
    if (options.signal?.aborted) stop();

    const collect = (stream) => {
      const box = { text: '', pending: '' };
      stream?.setEncoding('utf8');
      stream?.on('data', (chunk) => {
        box.text = (box.text + chunk).slice(-keepBytes);
        if (!options.onLine) return;
        const lines = (box.pending + chunk).split(/\r?\n|\r/);
        box.pending = lines.pop() ?? '';
        for (const line of lines) if (line.trim() !== '') options.onLine(line);
      });
      return box;
    };
    const out = collect(child.stdout);
    const err = collect(child.stderr);
    if (options.input !== undefined) {
      child.stdin.on('error', () => {});
      child.stdin.end(options.input);
    }
    let settled = false;
    const finish = (code, signal) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(hard);
      options.signal?.removeEventListener('abort', stop);
      resolve({ code, signal, timedOut, stdout: out.text, stderr: err.text });
    };
    child.once('error', (error) => {
      err.text += error.message;
      finish(127, null);
    });
    child.once('close', (code, signal) => finish(code ?? 128, signal));
  });
}
