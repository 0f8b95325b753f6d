// Starts a lab host as a process of its own, or finds the one that runs. App and CLI use the same few steps.

import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { AbhayaError, poll, sleep } from '#base';
import type { HostFile } from '#schemas';
import { type Home, isAlive, readRunningHost } from './home.ts';

export interface RunningHost {
  readonly host: HostFile;
  readonly token: string;
}

export interface StartedHost extends RunningHost {
  /** Open as long as we own the lab host: it stops when this ends, however we end. Absent when detached. */
  readonly leash?: Writable;
}

const START_TIMEOUT_MS = 30_000;

/** Starts a lab host; throws `host.already-running` or `host.setup` with the log's last lines. */
export async function startHost(
  home: Home,
  options: { command: readonly string[]; detached: boolean; signal?: AbortSignal },
): Promise<StartedHost> {
  const running = await readRunningHost(home);
  if (running) {
    throw new AbhayaError(
      'host.already-running',
      `a lab host already runs for ${home.dir} (pid ${running.host.pid})`,
    );
  }
  await mkdir(path.dirname(home.logFile), { recursive: true, mode: 0o700 });
  const log = await open(home.logFile, 'a', 0o600);
  const [program = process.execPath, ...args] = options.command;
  const child = spawn(program, [...args, '--home', home.dir, ...(options.detached ? [] : ['--leashed'])], {
    // Its own process group: a Ctrl-C in the terminal reaches us, and we end it in order.
    detached: true,
    stdio: [options.detached ? 'ignore' : 'pipe', log.fd, log.fd],
  });
  const died = new Promise<undefined>((resolve) => {
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
  await log.close();
  let exited = false;
  void died.then(() => {
    exited = true;
  });
  try {
    const started = await poll(
      async () => {
        const found = await readRunningHost(home);
        if (found?.host.pid === child.pid) return found;
        if (exited) throw await startFailure(home);
        return undefined;
      },
      { everyMs: 25, timeoutMs: START_TIMEOUT_MS, what: 'starting the lab host', signal: options.signal },
    );
    child.unref();
    if (child.stdin) {
      child.stdin.on('error', () => undefined); // the lab host ended first
      (child.stdin as unknown as { unref?: () => void }).unref?.();
    }
    return child.stdin ? { ...started, leash: child.stdin } : started;
  } catch (error) {
    if (child.pid && !exited) child.kill('SIGKILL');
    throw error;
  }
}

async function startFailure(home: Home): Promise<AbhayaError> {
  const log = await readFile(home.logFile, 'utf8').catch(() => '');
  const lines = log.trim().split('\n').slice(-5).join('\n');
  if (lines.includes('host.already-running')) {
    return new AbhayaError('host.already-running', `a lab host already runs for ${home.dir}`);
  }
  return new AbhayaError('host.setup', `the lab host did not start; ${home.logFile} ends with:\n${lines}`);
}

/** Waits until the lab host's process is gone; true when it was in time. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}
