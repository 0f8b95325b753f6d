// Drives the product as a user does: the built CLI, a home of its own, and the API where the CLI has no word for it.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { poll } from '#base';
import { createLabClient, type LabClient } from '#lab/client';
import { homeOf, processStartTime, readRunningHost } from '#lab/home';
import type { PhoneView, TaskView } from '#schemas';

const here = path.dirname(fileURLToPath(import.meta.url));
const abhaya = path.join(here, '..', 'bin', 'abhaya.js');

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LabTester {
  readonly home: string;
  cli(...args: readonly string[]): Promise<CliResult>;
  /** Runs with --json; the document, whatever the exit code. */
  json<T>(...args: readonly string[]): Promise<T & { exitCode: number }>;
  /** Starts a command and leaves it running. */
  start(...args: readonly string[]): ChildProcess;
  client(): Promise<LabClient>;
  phones(): Promise<PhoneView[]>;
  /** The task once the condition holds. */
  taskWhen(taskId: string, holds: (task: TaskView) => boolean, timeoutMs?: number): Promise<TaskView>;
  phoneWhen(serial: string, holds: (phone: PhoneView) => boolean, timeoutMs?: number): Promise<PhoneView>;
  /** Every running phone routes to every other. */
  meshReady(timeoutMs?: number): Promise<void>;
  hostPid(): Promise<number>;
  /** Processes that have the home's path in their command line, environment or mounts, with what they are. */
  processes(): Promise<string[]>;
  file(name: string, content: string | Uint8Array): Promise<string>;
  close(): Promise<void>;
}

export async function createLabTester(more: Readonly<Record<string, string>> = {}): Promise<LabTester> {
  const home = await mkdtemp(path.join(tmpdir(), 'abhaya e2e '));
  const env = { ...process.env, ABHAYA_HOME: home, ...more };
  const started: ChildProcess[] = [];

  const cli = (...args: readonly string[]): Promise<CliResult> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [abhaya, ...args],
        { env, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr });
        },
      );
    });
  const client = async (): Promise<LabClient> => {
    const running = await readRunningHost(homeOf({}, home));
    if (!running) throw new Error('no lab host runs');
    return createLabClient({ apiUrl: running.host.apiUrl, token: running.token });
  };

  return {
    home,
    cli,
    client,
    async json<T>(...args: readonly string[]) {
      const { exitCode, stdout, stderr } = await cli(...args, '--json');
      try {
        return { ...(JSON.parse(stdout) as T), exitCode };
      } catch {
        throw new Error(`not one JSON document: ${stdout}\n${stderr}`);
      }
    },
    start(...args) {
      const child = spawn(process.execPath, [abhaya, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      started.push(child);
      return child;
    },
    phones: async () => (await client()).phones(),
    async taskWhen(taskId, holds, timeoutMs = 60_000) {
      const lab = await client();
      const look = async () => {
        const task = await lab.task(taskId);
        return holds(task) ? task : undefined;
      };
      return poll(look, { everyMs: 50, timeoutMs, what: `task ${taskId}` });
    },
    async phoneWhen(serial, holds, timeoutMs = 60_000) {
      const lab = await client();
      const look = async () => (await lab.phones()).find((phone) => phone.serial === serial && holds(phone));
      return poll(look, { everyMs: 50, timeoutMs, what: `phone ${serial}` });
    },
    async meshReady(timeoutMs = 60_000) {
      const look = async () => (await (await client()).host()).meshReady || undefined;
      await poll(look, { everyMs: 100, timeoutMs, what: 'the mesh' });
    },
    hostPid: async () => (await readRunningHost(homeOf({}, home)))?.host.pid ?? 0,
    processes: () => processesOf(home),
    async file(name, content) {
      const file = path.join(home, name);
      await writeFile(file, content);
      return file;
    },
    async close() {
      for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
      await cli('down');
      try {
        await endOfProcesses(home);
      } finally {
        await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    },
  };
}

/** Throws, with their names, when there are still some after a while; these are killed, lest other tests meet them. */
export async function endOfProcesses(home: string): Promise<void> {
  let left: string[] = [];
  const none = async () => {
    left = await processesOf(home);
    return left.length === 0 ? true : undefined;
  };
  try {
    await poll(none, { everyMs: 100, timeoutMs: 30_000, what: 'the end of all processes' });
  } catch (cause) {
    for (const line of left) {
      try {
        process.kill(Number.parseInt(line, 10), 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    throw new Error(`left behind: ${left.join('; ')}`, { cause });
  }
}

/** Everything that a home's lab host started carries its path somewhere; processes inside phones by their root. */
export async function processesOf(home: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [cmdline, environ, mounts] = await Promise.all([
      read('cmdline'),
      read('environ'),
      read('mountinfo'),
    ]);
    const ours = cmdline.includes(home) || environ.includes(home) || mounts.includes(escaped(home));
    if (ours && (await processStartTime(Number(pid))) !== '')
      found.push(`${pid} ${cmdline.replaceAll('\0', ' ').slice(0, 200)}`);
  }
  return found;
}

/** /proc/PID/mountinfo writes a space as \040. */
const escaped = (file: string): string => file.replaceAll(' ', '\\040');
