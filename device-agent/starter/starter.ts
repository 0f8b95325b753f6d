// Starts the agent detached: it then belongs to nobody, and outlives the cable, the shell and the lab host.
// No imports but Node's: this is loaded at every attach (device-agent/start.ts).

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Longer than an agent waits for its sandbox (lifecycle/kept-sandbox.ts), on a busy machine. One that ends is seen at once. */
const READY_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 4_000;
const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** What the starter itself needs of the configuration (schemas/control/agent-calls.ts); the agent checks all of it. */
interface StartPaths {
  root: string;
  launcher: string;
  supervisor: string[];
  runtimes?: Record<string, { folder: string }>;
}

/** The agent's run file as JSON text. Throws when the agent does not get ready; the log's end is in the message. */
export async function startDetached(): Promise<string> {
  const config = absolute(JSON.parse(await text(process.stdin)) as StartPaths);
  await endPredecessor(config.root);
  const logFile = path.join(config.root, 'log', 'agent.log');
  const log = await openLog(logFile);
  const agent = fileURLToPath(new URL('agent.mjs', import.meta.url));
  const child = spawn(process.execPath, [agent, 'run'], {
    cwd: config.root,
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  await log.close();
  try {
    const ready = nextMessage(child);
    child.send(config);
    return JSON.stringify(await ready);
  } catch (cause) {
    child.kill('SIGKILL');
    const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${(cause as Error).message}; the log ends with:\n${lines}`, { cause });
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** Paths that begin with a dot are below the folder that we were started in. */
function absolute(config: StartPaths): StartPaths {
  const root = path.resolve(config.root);
  const resolve = (part: string) =>
    part.replace(/(^|=)(\.\/[^=]*)$/, (_all, before, file) => before + path.resolve(root, file));
  const places = Object.entries(config.runtimes ?? {});
  const runtimes = Object.fromEntries(
    places.map(([name, place]) => [name, { ...place, folder: resolve(place.folder) }]),
  );
  const supervisor = config.supervisor.map(resolve);
  return { ...config, root, launcher: resolve(config.launcher), supervisor, runtimes };
}

/** One old log is kept: a phone's storage is not ours to fill. */
async function openLog(file: string) {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > MAX_LOG_BYTES) await rename(file, `${file}.1`);
  return open(file, 'a', 0o600);
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the agent was not ready in time')), READY_TIMEOUT_MS);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    child.once('message', (message) => finish(() => resolve(message)));
    child.once('error', (error) => finish(() => reject(error)));
    child.once('exit', (code, signal) =>
      finish(() => reject(new Error(`the agent ended with ${signal ?? code}`))),
    );
  });
}

/** Asks the agent of the run file to end, then makes it; a pid that is no agent of ours is left alone. */
async function endPredecessor(root: string): Promise<void> {
  const written = await readFile(path.join(root, 'run', 'agent.json'), 'utf8').catch(() => '{}');
  const pid = Number(/"pid":(\d{1,10})\b/.exec(written)?.[1]);
  if (!pid || !(await isOurs(pid))) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + END_TIMEOUT_MS;
  while (await isOurs(pid)) {
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGKILL');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function isOurs(pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [, ...args] = commandLine.split('\0');
  return args.includes('run') && args.some((argument) => argument.endsWith('/agent.mjs'));
}
