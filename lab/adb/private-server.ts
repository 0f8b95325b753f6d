// An adb server of our own for virtual phones: no USB, no emulators, its own port and keys, so it takes no phone from
// the user's server and reads no file of the user's. Restarted when it dies, ended with us.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AbhayaError, type Clock, type Logger, poll, type Random, sleep } from '#base';
import { openAdbServer } from './adb-server.ts';
import { freePort } from './free-port.ts';
import type { AdbServer } from './port.ts';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface PrivateServerOptions {
  /** The adb program. */
  readonly adb: string;
  /** Folder for its keys and logs; made when missing. */
  readonly home: string;
  /** Default: a free one. */
  readonly port?: number;
  /** phone-init, where there is one: its `tether` ends the server when we die without a word. */
  readonly tether?: string;
  readonly signal?: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface PrivateServer extends AdbServer {
  /** The line of adbkey.pub that phones must accept. */
  readonly publicKey: string;
  /** The server's process; changes when it was restarted. */
  readonly pid: number | undefined;
}

/** Resolves when the server answers. Throws `adb.server` or `cancelled`. */
export async function startPrivateServer(options: PrivateServerOptions): Promise<PrivateServer> {
  const { adb, home, logger, random, signal } = options;
  if (signal?.aborted) throw new AbhayaError('cancelled', 'cancelled');
  await mkdir(join(home, '.android'), { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort(random));
  const [program, ...prefix] = options.tether ? [options.tether, 'tether', adb] : [adb];
  const args = [...prefix, '-P', String(port), 'server', 'nodaemon'];
  let child: ChildProcess | undefined;
  let closed = false;
  let lastWords = '';

  const launch = (): Promise<void> => {
    const started = spawn(program as string, args, {
      env: serverEnvironment(home, port),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    started.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-2000);
    });
    return new Promise((resolve) => {
      started.on('error', (error) => {
        lastWords = error.message;
        resolve();
      });
      started.on('close', () => resolve());
    });
  };

  let ended = launch();
  const keepAlive = async () => {
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      await ended;
      if (closed) return;
      logger.warn('the private adb server died and is started again', {
        port,
        lastWords: lastWords.slice(-300),
      });
      await sleep(pause * (0.5 + random.float()));
      if (closed) return;
      const began = options.clock.monotonic();
      ended = launch();
      await ended;
      pause =
        options.clock.monotonic() - began > 10_000 ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  };
  const stop = async () => {
    closed = true;
    child?.kill('SIGTERM');
    const hard = setTimeout(() => child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(hard);
  };

  try {
    await Promise.race([
      poll(() => answers(port), { everyMs: 20, timeoutMs: START_TIMEOUT_MS, what: 'starting adb', signal }),
      ended.then(() => {
        throw new AbhayaError(
          'adb.server',
          `adb did not start on port ${port}: ${lastWords.trim() || 'it ended'}`,
        );
      }),
    ]);
    const publicKey = await poll(() => readKey(home), {
      everyMs: 20,
      timeoutMs: START_TIMEOUT_MS,
      what: 'making the adb key',
      signal,
    });
    void keepAlive();
    const server = openAdbServer({ ...options, host: '127.0.0.1', port, dropBroken: true });
    return {
      ...server,
      publicKey,
      get pid() {
        return child?.pid;
      },
      async close() {
        await server.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing of the user's adb settings gets through: not the server's socket, not the vendor keys, not the home. */
function serverEnvironment(home: string, port: number): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    ANDROID_USER_HOME: join(home, '.android'),
    ANDROID_SDK_HOME: home,
    ANDROID_ADB_SERVER_PORT: String(port),
    ADB_USB: '0',
    ADB_EMU: '0',
    ADB_MDNS: '0',
    // adb 29 knows none of those: this ends its scan for emulators before the first port.
    ADB_LOCAL_TRANSPORT_MAX_PORT: '5553',
    TMPDIR: home,
  };
}

async function readKey(home: string): Promise<string | undefined> {
  const key = await readFile(join(home, '.android', 'adbkey.pub'), 'utf8').catch(() => '');
  return key.length > 100 ? key.trim() : undefined;
}

/** True when the port accepts a connection. */
function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}
